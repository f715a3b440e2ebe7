"""Tables of the engine as other libraries read them."""

from __future__ import annotations

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa

import spanwise as sw
from spanwise import _native


def table(shop: sw.Traces) -> _native.Table:
    return shop._inner.spans((["http.route"], False, []), percentile=False)


def test_a_table_says_what_it_is(shop: sw.Traces) -> None:
    spans = table(shop)
    assert len(spans) == 7
    assert spans.columns[:3] == ["trace_id", "span_id", "parent_span_id"]
    assert repr(spans) == f"<spanwise Table: 7 rows, {len(spans.columns)} columns>"


def test_polars_reads_it(shop: sw.Traces) -> None:
    frame = pl.DataFrame(table(shop))
    assert frame.height == 7
    assert frame.equals(shop.spans(["http.route"]))


def test_pyarrow_reads_it(shop: sw.Traces) -> None:
    arrow = pa.table(table(shop))
    assert arrow.num_rows == 7
    assert arrow.schema.field("start").type == pa.timestamp("ns", tz="UTC")
    assert arrow.schema.field("duration").type == pa.duration("ns")
    arrow.validate(full=True)


def test_pandas_reads_it(shop: sw.Traces) -> None:
    frame = pd.DataFrame.from_arrow(table(shop))
    assert len(frame) == 7
    assert str(frame["start"].dtype) == "datetime64[ns, UTC]"
    assert frame["service"].tolist()[0] == "frontend"


def test_duckdb_reads_it_again_and_again(shop: sw.Traces) -> None:
    spans = table(shop)  # noqa: F841 - the query names it.
    for _ in range(2):
        counted = duckdb.sql("select count(*) from spans")
        assert counted is not None
        assert counted.fetchall() == [(7,)]


def test_a_table_without_rows_has_its_columns(shop: sw.Traces) -> None:
    nothing = shop.filter(service="nobody")._inner.spans(([], False, []), percentile=False)
    assert len(nothing) == 0
    assert pl.DataFrame(nothing).columns == nothing.columns
    assert pa.table(nothing).num_rows == 0


def test_a_stream_that_nobody_reads_is_freed(shop: sw.Traces) -> None:
    spans = table(shop)
    for _ in range(1_000):
        spans.__arrow_c_stream__()
    assert pl.DataFrame(spans).height == 7


def test_the_wish_for_a_schema_is_optional(shop: sw.Traces) -> None:
    assert type(table(shop).__arrow_c_stream__(None)).__name__ == "PyCapsule"
