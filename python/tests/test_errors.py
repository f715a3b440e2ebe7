from __future__ import annotations

import copy
import errno
import pickle

import pytest

import spanwise as sw
from spanwise import errors

CLASSES = [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_survives_pickling(kind: type[sw.SpanwiseError]) -> None:
    error = kind("not json", file="a.json", record=3, offset=17)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert type(twin) is kind
        assert str(twin) == "not json"
        assert (twin.file, twin.record, twin.offset) == ("a.json", 3, 17)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_is_at_the_top(kind: type[sw.SpanwiseError]) -> None:
    assert getattr(sw, kind.__name__) is kind
    assert issubclass(kind, sw.SpanwiseError)
    assert kind.__doc__


def test_builtins_are_bases() -> None:
    assert issubclass(sw.FormatError, ValueError)
    assert issubclass(sw.ReadError, OSError)
    assert issubclass(sw.NotFoundError, FileNotFoundError)
    assert issubclass(sw.LimitError, MemoryError)
    error = sw.NotFoundError("no such file", file="a.json")
    assert (error.errno, error.filename, str(error)) == (errno.ENOENT, "a.json", "no such file")
