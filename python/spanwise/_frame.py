"""Tables of the engine as polars frames.

polars is imported when the first table is asked for, so that the command line
and programs that never ask do not pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from spanwise import _native


def frame(table: _native.Table) -> pl.DataFrame:
    """The columns of a table as a frame, without a copy."""
    import polars as pl  # noqa: PLC0415 - see the module's text.

    return pl.DataFrame(table)
