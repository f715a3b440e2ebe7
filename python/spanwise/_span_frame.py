"""Frames of spans as input: from DuckDB, Parquet, or earlier work with spans.

The columns are those of :meth:`spanwise.Traces.spans`, so what was saved as a
frame is read again; columns that are computed are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeGuard

from spanwise import _native
from spanwise.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from spanwise._typing import SpanColumns

_NEEDED = ("trace_id", "span_id", "start")
_TEXTS = (
    "parent_span_id",
    "service",
    "instance",
    "scope",
    "operation",
    "kind",
    "status",
    "status_message",
)
_COMPUTED = ("self_time", "critical_time", "outcome", "errs", "origin")
_KNOWN = {*_NEEDED, *_TEXTS, *_COMPUTED, "duration", "end", "status_error"}


class SpanFrame(Protocol):
    """Whatever gives its columns as an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, as the Arrow PyCapsule interface has it."""


def is_frame(source: object) -> TypeGuard[SpanFrame]:
    """True for frames and tables of the common libraries.

    >>> is_frame("export.json"), is_frame(b"{}")
    (False, False)
    """
    return hasattr(source, "__arrow_c_stream__")


def from_frame(source: SpanFrame, attributes: str | Sequence[str]) -> _native.Traces:
    """The traces of a frame of spans."""
    import polars as pl  # noqa: PLC0415 - only when there is a frame.

    columns = _columns(pl.DataFrame(source))
    if attributes == "all":
        return _native.from_columns(columns)
    return _native.from_columns(columns, [] if isinstance(attributes, str) else list(attributes))


def _columns(frame: pl.DataFrame) -> SpanColumns:
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise UsageError(f"a frame of spans needs the columns {', '.join(missing)}")
    for name in _NEEDED:
        if frame.get_column(name).null_count():
            raise UsageError(f"a frame of spans has no nulls in {name}")
    others = [name for name in frame.columns if name not in _KNOWN]
    return {
        "trace_id": _texts(frame, "trace_id"),
        "span_id": _texts(frame, "span_id"),
        "parent_span_id": _texts(frame, "parent_span_id"),
        "service": _texts(frame, "service"),
        "instance": _texts(frame, "instance"),
        "scope": _texts(frame, "scope"),
        "operation": _texts(frame, "operation"),
        "kind": _texts(frame, "kind"),
        "start_unix_nano": _nanoseconds(frame, "start"),
        "duration_ns": _durations(frame),
        "status": _texts(frame, "status"),
        "status_message": _texts(frame, "status_message"),
        "status_error": _flags(frame, "status_error"),
        "attributes": [(name, _scalars(frame.get_column(name))) for name in others],
    }


def _texts(frame: pl.DataFrame, name: str) -> list[Any]:
    import polars as pl  # noqa: PLC0415 - as above.

    if name not in frame.columns:
        return []
    values: list[Any] = frame.get_column(name).cast(pl.String).to_list()
    return values


def _flags(frame: pl.DataFrame, name: str) -> list[bool | None]:
    import polars as pl  # noqa: PLC0415 - as above.

    if name not in frame.columns:
        return []
    flags: list[bool | None] = frame.get_column(name).cast(pl.Boolean).to_list()
    return flags


def _nanoseconds(frame: pl.DataFrame, name: str) -> list[Any]:
    import polars as pl  # noqa: PLC0415 - as above.

    column = frame.get_column(name)
    if isinstance(column.dtype, pl.Datetime):
        column = column.dt.epoch("ns")
    if isinstance(column.dtype, pl.Duration):
        column = column.dt.total_nanoseconds()
    if column.dtype.is_integer():
        values: list[Any] = column.to_list()
        return values
    raise UsageError(f"{name}: {column.dtype} is no time, duration or whole number of nanoseconds")


def _durations(frame: pl.DataFrame) -> list[int | None]:
    if "duration" in frame.columns:
        return _nanoseconds(frame, "duration")
    if "end" not in frame.columns:
        raise UsageError("a frame of spans needs a column duration or end")
    pairs = zip(_nanoseconds(frame, "start"), _nanoseconds(frame, "end"), strict=True)
    return [None if end is None else end - start for start, end in pairs]


def _scalars(column: pl.Series) -> list[Any]:
    values: list[Any] = column.to_list()
    if column.dtype.is_numeric() or column.dtype.to_python() is bool:
        return values
    return [None if value is None else str(value) for value in values]
