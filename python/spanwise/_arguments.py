"""What callers may write for durations, times and inputs.

The engine takes whole nanoseconds and plain paths. Texts are read by the
engine itself, so they mean the same here as on the command line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import BinaryIO, TypeAlias

from spanwise import _native
from spanwise.errors import UsageError

Duration: TypeAlias = str | int | timedelta
"""A text such as ``"500ms"``, whole nanoseconds, or a timedelta."""

Time: TypeAlias = str | int | datetime
"""A text (RFC 3339, epoch number, ``-15m``), nanoseconds since the epoch, or a
datetime (UTC where it has no zone)."""

Path: TypeAlias = str | os.PathLike[str]
"""A file, a folder, a glob, or ``-`` for standard input."""

Input: TypeAlias = Path | bytes | BinaryIO
"""A path, bytes in memory, or a file open for reading bytes."""

Source: TypeAlias = Input | Sequence[Input]
"""One input, or several that are read as one."""

Spool: TypeAlias = Callable[[object, str], tuple[str, bytes] | _native.Spooled]
"""Keeps what a stream holds, under a name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def duration_ns(duration: Duration) -> int:
    """The whole nanoseconds of a duration.

    >>> duration_ns("1.5ms"), duration_ns(timedelta(seconds=1)), duration_ns(7)
    (1500000, 1000000000, 7)
    """
    if isinstance(duration, str):
        return _native.duration_ns(duration)
    if isinstance(duration, timedelta):
        return _timedelta_ns(duration)
    return duration


def between(name: str, number: float, most: float) -> float:
    """A number of this name that lies between nothing and the most.

    >>> between("share", 0.5, 1)
    0.5
    """
    if 0 <= number <= most:
        return number
    raise UsageError(f"{name} {number} is not between 0 and {most:g}")


def time_ns(time: Time) -> int:
    """The whole nanoseconds since the epoch of a time.

    >>> time_ns("1970-01-01T00:00:01Z"), time_ns(datetime(1970, 1, 2))
    (1000000000, 86400000000000)
    """
    if isinstance(time, str):
        return _native.time_unix_nano(time)
    if isinstance(time, datetime):
        aware = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
        return _timedelta_ns(aware - _EPOCH)
    return time


def optional_duration_ns(duration: Duration | None) -> int | None:
    """The whole nanoseconds of a duration, where there is one.

    >>> optional_duration_ns("1us"), optional_duration_ns(None)
    (1000, None)
    """
    return None if duration is None else duration_ns(duration)


def optional_time_ns(time: Time | None) -> int | None:
    """The whole nanoseconds since the epoch of a time, where there is one.

    >>> optional_time_ns("1970-01-01"), optional_time_ns(None)
    (0, None)
    """
    return None if time is None else time_ns(time)


def to_datetime(unix_nano: int) -> datetime:
    """The datetime in UTC, cut to microseconds.

    >>> to_datetime(1_500_000_999)
    datetime.datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=datetime.timezone.utc)
    """
    return _EPOCH + timedelta(microseconds=unix_nano // 1_000)


def to_timedelta(nanoseconds: int) -> timedelta:
    """The timedelta, cut to microseconds.

    >>> to_timedelta(1_999)
    datetime.timedelta(microseconds=1)
    """
    return timedelta(microseconds=nanoseconds // 1_000)


def inputs(source: object) -> list[str | tuple[str, bytes]]:
    """Paths as texts, and bytes under the names that messages call them by.

    >>> import io
    >>> inputs(["a.json", b"{}", io.BytesIO(b"[]")])
    ['a.json', ('<bytes>', b'{}'), ('<file>', b'[]')]
    """
    if isinstance(source, list | tuple):
        return [_input(one) for one in source]
    return [_input(source)]


def streams(source: object, spool: Spool) -> list[str | tuple[str, bytes] | _native.Spooled]:
    """As :func:`inputs`, with files and standard input as ``spool`` keeps them.

    >>> import io
    >>> streams(["a.json", io.BytesIO(b"[]")], lambda stream, name: (name, stream.read()))
    ['a.json', ('<file>', b'[]')]
    """
    sources = source if isinstance(source, list | tuple) else [source]
    return [_stream(one, spool) for one in sources]


def _stream(source: object, spool: Spool) -> str | tuple[str, bytes] | _native.Spooled:
    if source == "-":
        return spool(sys.stdin.buffer, "-")
    if isinstance(source, str | os.PathLike | bytes | bytearray | memoryview):
        return _input(source)
    if not hasattr(source, "read"):
        raise TypeError(f"cannot read traces from {type(source).__name__}")
    if isinstance(source.read(0), str):
        raise TypeError("a file must be open for reading bytes: open(path, 'rb')")
    return spool(source, _name(source))


def _input(source: object) -> str | tuple[str, bytes]:
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    if isinstance(source, bytes | bytearray | memoryview):
        return "<bytes>", bytes(source)
    read = getattr(source, "read", None)
    if read is None:
        raise TypeError(f"cannot read traces from {type(source).__name__}")
    content = read()
    if not isinstance(content, bytes):
        raise TypeError("a file must be open for reading bytes: open(path, 'rb')")
    return _name(source), content


def _name(file: object) -> str:
    name = getattr(file, "name", None)
    return name if isinstance(name, str) else "<file>"


def _timedelta_ns(delta: timedelta) -> int:
    microseconds = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    # pandas' Timedelta is a timedelta with nanoseconds besides; a difference
    # of its Timestamps is one too.
    return microseconds * 1_000 + int(getattr(delta, "nanoseconds", 0))


def span_list(
    attributes: Sequence[str], *, canonical: bool | Sequence[str]
) -> tuple[list[str], bool, list[str]]:
    """The columns of a listing of spans, as the engine takes them.

    >>> span_list(["user"], canonical=True), span_list([], canonical=["http.route"])
    ((['user'], True, []), ([], False, ['http.route']))
    """
    if isinstance(canonical, bool):
        return list(attributes), canonical, []
    return list(attributes), False, list(canonical)
