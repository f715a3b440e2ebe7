"""Exceptions: one class for each kind of error.

Bad data is not an error: it is counted in :meth:`spanwise.Traces.issues`.
What is raised is what stops a run. Every class derives from
:class:`SpanwiseError`, and from the builtin that a caller would expect, so
``except FileNotFoundError`` works as it does for ``open``.

>>> import spanwise as sw
>>> try:
...     sw.read("no/such/file.json")
... except FileNotFoundError as error:
...     print(type(error).__name__, error.file)
NotFoundError no/such/file.json
"""

from __future__ import annotations

import errno

__all__ = [
    "FormatError",
    "LimitError",
    "MergeError",
    "NoSpansError",
    "NotFoundError",
    "ReadError",
    "SpanwiseError",
    "StrictError",
    "UsageError",
]


class SpanwiseError(Exception):
    """An error of this package, with the place a person can go to.

    Attributes:
        file: The file, as it was named; ``None`` where there is none.
        record: The record (line, message or document) in it, from 1.
        offset: The byte offset in it, from 0, after decompression.

    >>> SpanwiseError("not json", file="a.json", record=3).record
    3
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        record: int | None = None,
        offset: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.record = record
        self.offset = offset

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.file, self.record, self.offset)


class FormatError(SpanwiseError, ValueError):
    """The bytes are of no format that is known, or not what was promised."""


class ReadError(SpanwiseError, OSError):
    """The system could not read or write."""


class NotFoundError(ReadError, FileNotFoundError):
    """A path does not exist, or a pattern matches nothing."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        record: int | None = None,
        offset: int | None = None,
    ) -> None:
        super().__init__(message, file=file, record=record, offset=offset)
        self.errno = errno.ENOENT
        self.filename = file


class LimitError(SpanwiseError, MemoryError):
    """A limit that guards against hostile input was reached."""


class NoSpansError(SpanwiseError, ValueError):
    """Everything was read, and there was no span in it."""


class UsageError(SpanwiseError, ValueError):
    """An option or argument makes no sense."""


class StrictError(SpanwiseError, ValueError):
    """The run was strict, and there were issues."""


class MergeError(SpanwiseError, ValueError):
    """Partial results that must not be merged."""


def _rebuild(
    kind: type[SpanwiseError],
    message: str,
    file: str | None,
    record: int | None,
    offset: int | None,
) -> SpanwiseError:
    return kind(message, file=file, record=record, offset=offset)
