"""From one format to another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from spanwise import _arguments, _native, _progress
from spanwise._read import read_arguments
from spanwise._write import Written, write_arguments, written

if TYPE_CHECKING:
    from datetime import timedelta

    from spanwise._typing import Limits


def convert(
    source: _arguments.Source,
    output: str | os.PathLike[str] | BinaryIO,
    *,
    to: str,
    strict: bool = False,
    threads: int | None = None,
    format: str | None = None,  # noqa: A002 - the word everybody looks for.
    progress: bool | _progress.Show | None = None,
    limits: Limits | None = None,
    anonymise: str | None = None,
    shift: timedelta | str | None = None,
) -> Written:
    """Writes the records of an export in another format.

    Records stay as they came: nothing is folded, split or cut.

    Args:
        source: What to read, as in :func:`read`.
        output: The file to write: a path, compressed where it ends in ``.gz``
            or ``.zst``, or a file open for writing bytes.
        to: The name of the format to write, one of
            :func:`formats` with ``written``.
        strict: As in :func:`read`.
        threads: As in :func:`read`.
        format: As in :func:`read`.
        progress: As in :func:`read`.
        limits: As in :func:`read`.
        anonymise: A key under which names, ids and values are hashed; see
            :meth:`Traces.anonymise`.
        shift: By how much times are moved then.

    Returns:
        How many records there were, and what the format could not hold of them.

    >>> import io
    >>> import spanwise as sw
    >>> out = io.BytesIO()
    >>> sw.convert(b"cart GET /cart 0..5", out, to="otlp-json")
    Written(spans=1, lost={})
    >>> [trace.root for trace in sw.read(out.getvalue())]
    ['cart GET /cart']
    """
    named = _arguments.inputs(source)
    arguments = read_arguments(strict=strict, threads=threads, format=format, limits=limits)
    how = write_arguments(to, anonymise, shift)
    path = os.fspath(output) if isinstance(output, str | os.PathLike) else None
    with _progress.shown(progress) as show:
        told, content = _native.convert(named, arguments, (how, path), show)
    if content is not None and not isinstance(output, str | os.PathLike):
        output.write(content)
    return written(told)


def formats(*, written: bool = False) -> list[str]:
    """The names of the formats that are read.

    Args:
        written: Only those that are written too.

    >>> import spanwise as sw
    >>> "otlp-json" in sw.formats() and "otlp-json" in sw.formats(written=True)
    True
    """
    return _native.formats(written)
