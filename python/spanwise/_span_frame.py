"""Frames of spans as input: from a warehouse, or earlier work with spans.

Whatever gives its columns as an Arrow stream is handed to the engine as one;
which column holds what is decided there, as for files of Parquet.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Protocol, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spanwise._typing import Columns


class SpanFrame(Protocol):
    """Whatever gives its columns as an Arrow stream."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The stream, as the Arrow PyCapsule interface has it."""


FORMAT = "table-arrow"
"""The format in which the engine is given a frame."""


def is_frame(source: object) -> TypeGuard[SpanFrame]:
    """True for frames and tables of the common libraries.

    >>> is_frame("export.json"), is_frame(b"{}")
    (False, False)
    """
    return hasattr(source, "__arrow_c_stream__")


def stream(source: SpanFrame) -> tuple[str, bytes]:
    """A frame as an input of the engine: a name, and the bytes of a stream."""
    import polars as pl  # noqa: PLC0415 - only when there is a frame.

    out = BytesIO()
    pl.DataFrame(source).write_ipc_stream(out, compat_level=pl.CompatLevel.newest())
    return "<frame>", out.getvalue()


def columns(mapping: Mapping[str, str] | None, units: Mapping[str, str] | None) -> Columns:
    """Which column holds what, as the engine takes it.

    >>> columns({"start": "began"}, {"start": "ms"})
    {'columns': [('start', 'began')], 'units': [('start', 'ms')]}
    """
    return {
        "columns": list((mapping or {}).items()),
        "units": list((units or {}).items()),
    }
