"""Frames of spans as input."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import spanwise as sw

ROUTE = ["http.route"]


def test_a_frame_of_spans_is_read_again(shop: sw.Traces) -> None:
    again = sw.read(shop.spans(ROUTE))
    assert again.spans(ROUTE).equals(shop.spans(ROUTE))
    assert again.critical_path().equals(shop.critical_path())
    file = again.summary().files[0]
    assert (file.path, file.format, file.spans) == ("<frame>", "frame", 7)


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
    with pytest.raises(sw.UsageError, match="no nulls in start"):
        sw.read(spans.with_columns(start=pl.lit(None)))
    with pytest.raises(sw.UsageError, match="start: Float64 is no time"):
        sw.read(spans.with_columns(start=pl.lit(1.5)))
    with pytest.raises(sw.UsageError, match="kind: `word` is not a kind of span"):
        sw.read(spans.with_columns(kind=pl.lit("word")))
