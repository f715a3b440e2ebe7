from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta, timezone

import pytest

import spanwise as sw


@pytest.fixture
def trace(shop: sw.Traces) -> sw.Trace:
    return shop["1"]


def test_a_trace_says_what_it_is(trace: sw.Trace) -> None:
    assert trace.id == "0" * 31 + "1"
    assert trace.root == "frontend GET /cart"
    assert trace.root_span_id == "0" * 15 + "1"
    assert trace.duration_ns == 100_000_000
    assert trace.duration == timedelta(milliseconds=100)
    assert (trace.start_unix_nano, trace.end_unix_nano) == (0, 100_000_000)
    assert trace.start == datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert trace.end == trace.start + trace.duration
    assert trace.services == ["cart", "frontend", "redis"]
    assert trace.errors == 3
    assert trace.is_complete
    assert len(trace) == 4


def test_its_critical_path_tiles_the_root(trace: sw.Trace) -> None:
    path = trace.critical_path()
    assert path.get_column("duration").sum() == trace.duration
    assert path.get_column("start").to_list()[1:] == path.get_column("end").to_list()[:-1]


def test_its_spans_are_those_of_the_set(shop: sw.Traces, trace: sw.Trace) -> None:
    assert trace.spans(["http.route"]).height == len(trace)
    assert trace.spans().equals(shop.spans().head(4))


def test_it_shows_itself(trace: sw.Trace) -> None:
    assert repr(trace) == f"<Trace {trace.id}: frontend GET /cart, 100.0 ms, 4 spans, 3 errors>"
    lines = str(trace).splitlines()
    assert any("redis HGET" in line for line in lines)
    assert max(map(len, trace.to_text(90).splitlines())) <= 90


def test_its_figures_hold_no_script(trace: sw.Trace) -> None:
    bundle = trace._repr_mimebundle_()
    assert bundle["text/plain"] == repr(trace)
    for text in (bundle["text/html"], trace.to_svg()):
        assert "<script" not in text
        assert "http://" not in text.replace("http://www.w3.org/", "")
        assert "HGET" in text
    root = ET.fromstring(trace.to_svg())  # noqa: S314 - our own text.
    assert root.tag.endswith("svg")


def test_hostile_names_are_escaped() -> None:
    traces = sw.notation('"<script>alert(1)</script>" "a\\"&<b>" 0..5')
    trace = next(iter(traces))
    for text in (trace.to_svg(), trace.to_html(), traces._repr_mimebundle_()["text/html"]):
        assert "<script" not in text
    ET.fromstring(trace.to_svg())  # noqa: S314 - our own text.


def test_equal_traces_are_equal(shop: sw.Traces, trace: sw.Trace) -> None:
    assert trace == shop["1"]
    assert hash(trace) == hash(shop["1"])
    assert trace != shop["2"]
    assert trace != trace.id


def test_a_trace_keeps_its_set_alive() -> None:
    trace = sw.notation("cart GET 0..5")["1"]
    assert trace.duration_ns == 5_000_000
