"""Frames of spans as input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import spanwise as sw

if TYPE_CHECKING:
    from pathlib import Path

ROUTE = ["http.route"]


def test_a_frame_of_spans_is_read_again(shop: sw.Traces) -> None:
    again = sw.read(shop.spans(ROUTE))
    assert again.spans(ROUTE).equals(shop.spans(ROUTE))
    assert again.critical_path().equals(shop.critical_path())
    file = again.summary().files[0]
    assert (file.path, file.format, file.spans) == ("<frame>", "table-arrow", 7)


def test_frames_of_other_libraries_are_read(shop: sw.Traces) -> None:
    spans = shop.spans(ROUTE).with_columns(pl.col(pl.Categorical).cast(pl.String))
    for frame in (spans.to_arrow(), pd.DataFrame.from_arrow(spans)):
        assert sw.read(frame).spans(ROUTE).equals(shop.spans(ROUTE))


def test_few_columns_are_enough() -> None:
    frame = pl.DataFrame(
        {
            "trace_id": ["a1", "a1"],
            "span_id": ["1", "2"],
            "parent_span_id": [None, "1"],
            "start": [0, 10],
            "end": [100, None],
            "retries": [2, None],
            "cached": [True, None],
            "share": [0.5, None],
        }
    )
    traces = sw.read(frame)
    spans = traces.spans(["retries", "cached", "share"])
    assert traces["a1"].duration_ns == 100
    assert spans.get_column("duration").dt.total_nanoseconds().to_list() == [100, None]
    assert spans.select("retries", "cached", "share").row(0) == (2, True, 0.5)
    assert sw.read(frame, attributes=["retries"]).spans(["cached"]).row(0)[-1] is None


def test_what_is_no_span_is_refused(shop: sw.Traces) -> None:
    spans = shop.spans()
    with pytest.raises(sw.UsageError, match="needs the columns trace_id, span_id"):
        sw.read(spans.select("start"))
    with pytest.raises(sw.UsageError, match="needs a column duration or end"):
        sw.read(spans.drop("duration"))
    with pytest.raises(sw.UsageError, match="start: Null is no time"):
        sw.read(spans.with_columns(start=pl.lit(None)))
    with pytest.raises(sw.UsageError, match="start: Float64 is no time"):
        sw.read(spans.with_columns(start=pl.lit(1.5)))


def test_bad_values_are_issues(shop: sw.Traces) -> None:
    spans = shop.spans().with_columns(kind=pl.lit("word"))
    issues = sw.read(spans).issues()
    unknown = issues.filter(pl.col("issue") == "unknown_enum")
    assert unknown.get_column("count").sum() == 7


def test_a_mapping_names_columns_and_units() -> None:
    attributes = pa.array([[("http.route", "/cart")]], pa.map_(pa.string(), pa.string()))
    table = pa.table(
        {
            "request": pa.array(["a1"], pa.string_view()),
            "part": pa.array([bytes(7) + b"\x02"], pa.binary(8)),
            "began": pa.array([1_000], pa.timestamp("ms")),
            "took": pa.array([2.5], pa.float64()),
            "where": pa.array([{"service": "cart"}]),
            "tags": attributes,
        }
    )
    traces = sw.from_arrow(
        table,
        mapping={
            "trace_id": "request",
            "span_id": "part",
            "start": "began",
            "duration": "took",
            "service": "where.service",
        },
        units={"duration": "ms"},
    )
    span = traces.spans(["http.route"]).row(0, named=True)
    assert (span["span_id"], span["service"], span["http.route"]) == (
        "0" * 15 + "2",
        "cart",
        "/cart",
    )
    assert traces["a1"].duration_ns == 2_500_000


def test_a_mapping_that_makes_no_sense_is_refused(shop: sw.Traces) -> None:
    spans = shop.spans()
    with pytest.raises(sw.UsageError, match="no column nowhere"):
        sw.from_arrow(spans, mapping={"service": "nowhere"})
    with pytest.raises(sw.UsageError, match="no field colour"):
        sw.from_arrow(spans, mapping={"colour": "service"})
    with pytest.raises(sw.UsageError, match="units: `day` is not s, ms, us or ns"):
        sw.from_arrow(spans, units={"start": "day"})


def test_parquet_is_written_and_read_by_others(shop: sw.Traces, tmp_path: Path) -> None:
    shop.spans(ROUTE).write_parquet(tmp_path / "frame.parquet")
    again = sw.read(tmp_path / "frame.parquet")
    assert again.spans(ROUTE).equals(shop.spans(ROUTE))
    sw.convert(tmp_path / "frame.parquet", tmp_path / "own.parquet", to="spanwise-parquet")
    own = sw.read(tmp_path / "own.parquet")
    assert own.spans(ROUTE).equals(shop.spans(ROUTE))
    frame = pl.read_parquet(tmp_path / "own.parquet")
    assert (
        frame.get_column("span_name").to_list()
        == pl.read_parquet(tmp_path / "frame.parquet").get_column("operation").to_list()
    )
