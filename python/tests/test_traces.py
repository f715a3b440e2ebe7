from __future__ import annotations

import io
import pickle
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import spanwise as sw

if TYPE_CHECKING:
    from pathlib import Path

MILLISECOND = 1_000_000


def test_tables_have_their_types(shop: sw.Traces) -> None:
    spans = shop.spans(["http.route"])
    assert isinstance(spans, pl.DataFrame)
    assert spans.schema["duration"] == pl.Duration("ns")
    assert spans.schema["start"] == pl.Datetime("ns", "UTC")
    assert spans.schema["http.route"] == pl.String
    assert spans.schema["errs"] == pl.Boolean
    assert isinstance(spans.schema["service"], pl.Categorical)
    assert spans.height == 7


def test_every_table_has_columns_and_rows(shop: sw.Traces) -> None:
    heights = {
        "traces": shop.traces(),
        "events": shop.events(),
        "links": shop.links(),
        "issues": shop.issues(),
        "query": shop.query("{}"),
        "critical_path": shop.critical_path(),
        "hotspots": shop.hotspots(),
        "errors": shop.errors(),
        "dependencies": shop.dependencies(),
        "completeness": shop.completeness(by="service"),
    }
    assert {name: frame.height > 0 for name, frame in heights.items()} == {
        name: name != "issues" for name in heights
    }


def test_the_critical_path_sums_to_the_requests(shop: sw.Traces) -> None:
    for by in ("operation", "service", "path"):
        table = shop.critical_path(by=by)
        assert table.get_column("critical_time").sum() == timedelta(milliseconds=170)
    slow = shop.critical_path(percentile=90, root_operation="GET /cart")
    assert slow.get_column("critical_time").sum() == timedelta(milliseconds=100)
    fast = shop.critical_path(band=(0, 10), root_operation="frontend GET /cart")
    assert fast.get_column("critical_time").sum() == timedelta(milliseconds=50)


def test_options_are_checked(shop: sw.Traces) -> None:
    with pytest.raises(sw.UsageError, match="by: `span` is not operation, service or path"):
        shop.critical_path(by="span")  # type: ignore[arg-type]
    with pytest.raises(sw.UsageError, match="by: `path`"):
        shop.hotspots(by="path")  # type: ignore[arg-type]
    with pytest.raises(sw.UsageError, match="by: `path`"):
        shop.errors(by="path")  # type: ignore[arg-type]
    with pytest.raises(sw.UsageError, match="blocking: `none`"):
        shop.with_policy(blocking="none")  # type: ignore[arg-type]
    with pytest.raises(sw.UsageError, match="`15` is not a duration"):
        shop.filter(min_duration="15")
    with pytest.raises(TypeError):
        shop.filter(services="cart")  # type: ignore[call-arg]


def test_errors_name_their_origin(shop: sw.Traces) -> None:
    origins = shop.errors(by="service").filter(pl.col("origins") > 0)
    assert origins.get_column("service").to_list() == ["cart"]


def roots(traces: sw.Traces) -> list[str]:
    return [trace.id[-1] for trace in traces]


def test_a_filter_keeps_whole_traces(shop: sw.Traces) -> None:
    assert roots(shop.filter(service="cart")) == ["1", "3"]
    assert roots(shop.filter(service=["redis", "nobody"])) == ["1"]
    assert roots(shop.filter(operation="GET /home")) == ["2"]
    assert roots(shop.filter(root_operation="GET /cart")) == ["1", "3"]
    assert roots(shop.filter(error=True)) == ["1"]
    assert roots(shop.filter(attribute={"http.route": "/home"})) == ["2"]
    assert len(shop.filter(service="redis").spans()) == 4
    assert roots(shop.filter(service="redis", error=True)) == []
    assert shop.filter(service="nobody").critical_path().height == 0


@pytest.mark.parametrize("duration", ["60ms", 60 * MILLISECOND, timedelta(milliseconds=60)])
def test_durations_have_many_spellings(shop: sw.Traces, duration: str | int | timedelta) -> None:
    assert roots(shop.filter(min_duration=duration)) == ["1"]
    assert roots(shop.filter(operation="GET /cart", max_duration=duration)) == ["3"]


@pytest.mark.parametrize(
    "time",
    [
        "1970-01-01T00:00:01Z",
        1_000 * MILLISECOND,
        datetime(1970, 1, 1, 0, 0, 1, tzinfo=timezone.utc),
        datetime(1970, 1, 1, 0, 0, 1),  # noqa: DTZ001 - taken as UTC.
        datetime(1970, 1, 1, 1, 0, 1, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_times_have_many_spellings(shop: sw.Traces, time: str | int | datetime) -> None:
    assert roots(shop.filter(since=time)) == ["2", "3"]
    assert roots(shop.filter(until=time)) == ["1"]


def test_nanoseconds_of_pandas_are_kept() -> None:
    pd = pytest.importorskip("pandas")
    traces = sw.notation("cart GET 7ns..12ns")
    assert len(traces.filter(min_duration=pd.Timedelta(5, "ns"))) == 1
    assert len(traces.filter(min_duration=pd.Timedelta(6, "ns"))) == 0
    assert len(traces.filter(since=pd.Timestamp(7, unit="ns", tz="UTC"))) == 1
    assert len(traces.filter(since=pd.Timestamp(8, unit="ns", tz="UTC"))) == 0


def test_samples_are_stable_and_nested(shop: sw.Traces) -> None:
    two = roots(shop.sample(2, seed=1))
    assert two == roots(shop.sample(2, seed=1))
    assert set(roots(shop.sample(1, seed=1))) < set(two)
    assert len(shop.sample(100)) == 3


def test_a_policy_holds_for_every_analysis() -> None:
    traces = sw.notation(
        """
        shop POST /order   0..100 producer
          mail send       10..60 consumer
        """
    )
    assert traces.policy == {"blocking": "by_kind", "tolerance_ns": 1_000, "clock": "recorded"}
    every = traces.with_policy(blocking="all")
    assert every.policy == {"blocking": "all", "tolerance_ns": 1_000, "clock": "recorded"}
    assert every.with_policy(tolerance=5).policy == {
        "blocking": "all",
        "tolerance_ns": 5,
        "clock": "recorded",
    }
    assert traces.critical_path(by="service").get_column("service").to_list() == ["shop"]
    assert every.critical_path(by="service").height == 2
    assert every.hotspots(by="service").get_column("critical_time").sum() == timedelta(
        milliseconds=100
    )


def test_concurrency_is_little_s_law() -> None:
    traces = sw.notation(
        """
        trace 1
        shop GET   0..600
        trace 2
        shop GET 200..400
        """
    )
    row = traces.concurrency(by="instance").row(0, named=True)
    latency = row["mean_latency"].total_seconds()
    assert row["mean_in_flight"] == pytest.approx(row["arrival_rate"] * latency)
    assert traces.concurrency(by="level").get_column("knee").to_list() == [False, True, False]
    assert traces.concurrency(bucket=10**9).height == 1
    assert traces.concurrency(bucket="100ms").height == 4
    with pytest.raises(sw.UsageError, match="time, instance or level"):
        traces.concurrency(by="service")  # type: ignore[arg-type]


def test_a_heat_map_counts_every_span() -> None:
    traces = sw.notation(
        """
        trace 1
        shop GET     0..100
          cart Get  10..90 error
        trace 2
        shop GET  1000..1100
        """
    )
    spans = traces.heat_map(bands=16)
    assert spans.select(pl.col("count").sum(), pl.col("errors").sum()).row(0) == (3, 1)
    assert (spans.get_column("latency_from") <= timedelta(milliseconds=100)).all()
    assert traces.heat_map(by="request").get_column("count").to_list() == [1, 1]
    assert traces.heat_map(by="request", bucket="10s").get_column("count").to_list() == [2]


def test_issues_have_sizes() -> None:
    traces = sw.notation("shop GET 0..100\n  cart Get 90..120\n  cart Get 90..140")
    row = traces.issues().row(0, named=True)
    assert row["issue"] == "clipped_child"
    assert (row["total_time"], row["max_time"]) == (
        timedelta(milliseconds=60),
        timedelta(milliseconds=40),
    )
    issue = traces.summary().issues[0]
    assert (issue.total_time_ns, issue.max_time_ns) == (60_000_000, 40_000_000)


def test_spans_stand_among_their_peers() -> None:
    traces = sw.notation(
        "trace 1\nshop GET 0..10\ntrace 2\nshop GET 0..20\ntrace 3\nshop GET 0..40\n"
    )
    spans = traces.spans(percentile=True)
    assert spans.get_column("percentile").to_list() == pytest.approx([100 / 3, 200 / 3, 100])
    assert "percentile" not in traces.spans().columns
    second = traces["2"].spans(percentile=True)
    assert second.get_column("percentile").to_list() == pytest.approx([200 / 3])


def test_traces_are_found_by_id(shop: sw.Traces) -> None:
    assert shop["2"].root == "frontend GET /home"
    assert shop["0000000000000002"] == shop["2"]
    assert "2" in shop
    assert "9" not in shop
    assert 2 not in shop
    assert "000" not in shop
    with pytest.raises(KeyError, match="9"):
        shop["9"]
    with pytest.raises(sw.UsageError, match="several traces begin with 000"):
        shop["000"]
    with pytest.raises(TypeError):
        shop[2]  # type: ignore[index]
    assert "1" not in shop.filter(operation="GET /home")


def test_traces_are_frozen(shop: sw.Traces) -> None:
    with pytest.raises(AttributeError, match="frozen"):
        shop.name = "x"
    with pytest.raises(AttributeError, match="frozen"):
        del shop._inner
    with pytest.raises(TypeError, match="cannot pickle Traces"):
        pickle.dumps(shop)
    with pytest.raises(TypeError, match="cannot pickle Trace"):
        pickle.dumps(shop["1"])


def test_traces_show_themselves_in_a_line(shop: sw.Traces) -> None:
    assert repr(shop) == "<Traces: 3 traces, 7 spans, 3 services>"
    assert repr(shop.filter(operation="GET /home")) == "<Traces: 1 trace, 1 span, 1 service>"
    assert "<table>" in shop._repr_mimebundle_()["text/html"]


def test_the_graph_of_services(shop: sw.Traces) -> None:
    graph = shop.service_graph()
    assert ("frontend", "cart") in graph.edges.select("caller", "callee").rows()
    assert {"frontend", "cart"} <= set(graph.nodes)
    assert graph.cycles == ()
    assert repr(graph).startswith("<ServiceGraph:")


def test_a_comparison_names_what_changed(shop: sw.Traces) -> None:
    same = sw.compare(shop, shop)
    assert set(same.get_column("change_critical_time").to_list()) == {timedelta(0)}
    windows = sw.compare_windows(
        shop, baseline=("1970-01-01T00:00:02Z", "1970-01-01T00:00:03Z"), incident=(0, 10**9)
    )
    row = windows.filter(pl.col("operation") == "HGET")
    assert row.get_column("change").to_list() == ["appeared"]
    with pytest.raises(sw.NotFoundError):
        sw.compare("no/such/file", shop)


def test_a_report_answers_in_markdown(shop: sw.Traces) -> None:
    report = sw.report(shop, baseline=shop, title="Carts")
    assert report.markdown.startswith("# Carts\n")
    assert report._repr_markdown_() == str(report)
    assert repr(report) == "<Report: Carts>"


HALVES = """
trace 1
shop cart.Get   0..50 client
  cart Get      5..45 server http.status_code="503"
trace 2
shop cart.Get 100..150 client user=ann items=3
"""


def test_missing_halves_are_counted() -> None:
    traces = sw.notation(HALVES)
    edge = traces.completeness().row(0, named=True)
    assert (edge["caller"], edge["callee"]) == ("shop", "cart")
    assert (edge["calls"], edge["missing_server"], edge["sampling"]) == (2, 1, "unknown")
    assert "critical path" in edge["undermines"]
    assert traces.completeness(by="service").get_column("spans").sum() == 3
    with pytest.raises(sw.UsageError, match="by: `path`"):
        traces.completeness(by="path")  # type: ignore[arg-type]
    assert sw.scan(HALVES.encode()).completeness().equals(traces.completeness())
    partials = sw.scan(HALVES.encode()).partials(["completeness"])
    for by in ("edge", "service"):
        assert partials.completeness(by=by).equals(traces.completeness(by=by))


def test_queries_find_structure_and_time(shop: sw.Traces) -> None:
    calls = shop.query("a: { service = frontend } > b: { service = cart }", ["http.route"])
    assert calls.get_column("a.operation").to_list() == ["GET cart", "GET /cart"]
    assert calls.get_column("a.http.route").to_list() == [None, "/cart"]
    assert calls.schema["b.gap"] == pl.Duration("ns")
    assert calls.schema["b.start"] == pl.Datetime("ns", "UTC")
    spans = shop.query("{ errs and not has(> { errs }) }")
    joined = spans.join(shop.spans(), on=["trace_id", "span_id"])
    assert joined.get_column("origin").to_list() == [True]
    assert shop.query("{ duration > 1h }").columns == spans.columns


def test_a_wrong_query_is_shown_with_its_place(shop: sw.Traces) -> None:
    with pytest.raises(sw.UsageError) as raised:
        shop.query("{ service = cart")
    told, expression, caret = str(raised.value).split("\n")
    assert told == "offset 16: expected `and`, `or` or `}` in the query"
    assert expression == "  { service = cart"
    assert caret == " " * 18 + "^"
    assert raised.value.offset == 16


def test_fields_have_one_name() -> None:
    traces = sw.notation(HALVES)
    status = "http.response.status_code"
    assert traces.spans(canonical=[status]).get_column(status).to_list() == [None, 503, None]
    everything = traces.spans(canonical=True)
    assert status in everything.columns
    assert "db.system.name" not in everything.columns
    assert status in next(iter(traces)).spans(canonical=True).columns
    with pytest.raises(sw.UsageError, match="canonical name is"):
        traces.spans(canonical=["http.status_code"])


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_traces_are_written_and_what_is_lost_is_told(tmp_path: Path, ending: str) -> None:
    traces = sw.notation(HALVES)
    path = tmp_path / f"out.json{ending}"
    assert traces.write(path, format="zipkin-json") == sw.Written(3, {"attribute_types": 1})
    assert traces.write(path, format="otlp-json") == sw.Written(3, {})
    again = sw.read(path)
    assert again.completeness().equals(traces.completeness())
    some = traces.filter(service="cart")
    out = io.BytesIO()
    assert some.write(out, format="jaeger-json").spans == 2
    assert len(sw.read(out.getvalue())) == 1
    with pytest.raises(sw.UsageError, match="no format word"):
        traces.write(path, format="word")


def test_anonymised_traces_give_the_same_numbers(tmp_path: Path) -> None:
    traces = sw.notation(HALVES)
    hidden = traces.anonymise("key", shift="1h")
    numbers = ["calls", "matched", "missing_server"]
    assert hidden.completeness().select(numbers).equals(traces.completeness().select(numbers))
    services = hidden.hotspots(by="service").get_column("service").to_list()
    assert all(service.startswith("service-") for service in services)
    path = tmp_path / "out.json"
    traces.write(path, format="otlp-json", anonymise="key", shift=timedelta(hours=1))
    assert sw.read(path).completeness().equals(hidden.completeness())
    assert "ann" not in path.read_text()


def test_shape_problems_are_the_same_at_every_face() -> None:
    query = 'shop query {}..{} client db.system=mysql db.statement="select {}"'
    request = ["shop GET /cart 0..100 server"]
    request += ["  " + query.format(at * 15, at * 15 + 15, at) for at in range(6)]
    text = "\n".join(line for trace in "123" for line in [f"trace {trace}", *request])
    traces, scan = sw.notation(text), sw.scan(text.encode())
    table = traces.shape_problems()
    assert table.select("problem", "grade", "template", "traces").rows() == [
        ("n_plus_1", "likely", "select ?", 3)
    ]
    assert table.get_column("saved_time").to_list() == [timedelta(milliseconds=225)]
    assert scan.shape_problems().equals(table)
    assert scan.partials(["shape_problems"]).shape_problems().equals(table)
    assert scan.run(["shape_problems"])["shape_problems"].equals(table)
    assert traces.shape_problems(repeated_calls=7).height == 0
    assert scan.shape_problems(repeated_time="91ms").height == 0
    assert traces.shape_problems(traces=4).height == 0


def test_bottlenecks_are_the_same_at_every_face() -> None:
    def request(at: int, end: int) -> str:
        return f"trace {at}\nshop GET 0..{end + 5}\n  db query 5..{end}\n"

    text = "".join(request(at, 15 if at < 36 else 95) for at in range(1, 41))
    traces, scan = sw.notation(text), sw.scan(text.encode())
    told: dict[str, Any] = {"requests": 5, "share": 0.5, "times": 8.0}
    table = traces.bottlenecks(**told)
    columns = "service", "operation", "times", "slow_requests", "fast_requests"
    assert table.select(columns).rows() == [("db", "query", 9.0, 5, 35)]
    assert table.get_column("mean_excess").to_list() == [timedelta(milliseconds=80)]
    assert scan.bottlenecks(**told).equals(table)
    assert scan.partials(["bottlenecks"]).bottlenecks(**told).equals(table)
    assert scan.run(["bottlenecks"])["bottlenecks"].height == 0
    assert traces.bottlenecks(**told, root_operation="PUT").height == 0
    assert traces.bottlenecks(requests=5, share=0.95).height == 0
    assert traces.bottlenecks(requests=5, slow_percentile=99, fast_percentile=95).height == 0
    wrong: list[dict[str, Any]] = [
        {"share": float("nan")},
        {"slow_percentile": 900},
        {"times": -1},
    ]
    for options in wrong:
        with pytest.raises(sw.UsageError):
            traces.bottlenecks(**options)


def test_hot_keys_are_the_same_at_every_face() -> None:
    def request(at: int) -> str:
        tenant = at if at < 9 else 0
        return f"trace {at}\nshop GET 0..10 server tenant.id=t{tenant} shop.id={at}\n"

    text = "".join(request(at) for at in range(1, 61))
    traces, scan = sw.notation(text), sw.scan(text.encode())
    told: dict[str, Any] = {"gini": 0.5, "times": 50.0, "calls": 52}
    table = traces.hot_keys(**told)
    columns = "attribute", "top_key", "keys", "top_calls", "evidence"
    assert table.select(columns).rows() == [("tenant.id", "t0", 9, 52, ["more calls"])]
    assert scan.hot_keys(**told).equals(table)
    assert scan.partials(["hot_keys"]).hot_keys(**told).equals(table)
    assert scan.run(["hot_keys"])["hot_keys"].equals(table)
    assert traces.hot_keys(calls=53).height == 0
    assert traces.hot_keys(by=["shop.id"]).height == 0
    assert scan.hot_keys(by=["shop.id", "tenant.id"]).equals(table)


def test_requests_go_on_in_other_traces() -> None:
    traces = sw.notation(
        """
        trace 1
        shop POST 0..100 server
          shop send 80..90 producer id=5
        trace 2
        mail process 250..280 consumer link=1/5
        """
    )
    hop = traces.flows().row(0, named=True)
    assert (hop["root_operation"], hop["hop"], hop["relation"]) == ("POST", 1, "link")
    assert hop["wait_p50"] == timedelta(milliseconds=160)
    request = traces.flows(by="request").row(0, named=True)
    assert request["end_to_end_p50"] == timedelta(milliseconds=280)
    assert request["behind_p50"] == timedelta(milliseconds=180)
    with pytest.raises(sw.UsageError, match="hop or request"):
        traces.flows(by="message")  # type: ignore[arg-type]


def test_the_order_of_siblings_is_learnt() -> None:
    text = "trace\ns r 0..100\n  s a 0..30\n  s b 40..90\n" * 4
    (row,) = sw.notation(text).sibling_order().iter_rows(named=True)
    assert (row["first_operation"], row["second_operation"]) == ("a", "b")
    assert (row["parents"], row["before"], row["order"]) == (4, 4, "sequential")
    assert row["gap_p50"] == timedelta(milliseconds=10)
    assert row["path_time"] == timedelta(milliseconds=120)


def test_edges_have_three_views() -> None:
    trace = "trace\ns r 0..100\n  s a 0..30\n  s b 0..{}\n  s c 46..90\n"
    traces = sw.notation("".join(trace.format(end) for end in [45, 45, 45, 45, 60]))
    assert traces.edges().get_column("relation").unique().to_list() == ["child_of"]
    first = traces.edges(view="causal").row(2, named=True)
    assert (first["from_operation"], first["to_operation"]) == ("b", "c")
    assert (first["relation"], first["order"]) == ("then", "concurrent")
    assert first["instead_span_id"] == "0000000000000002"
    assert traces.edges(view="linked").height == 0
    with pytest.raises(sw.UsageError, match="tree, causal or linked"):
        traces.edges(view="all")  # type: ignore[arg-type]
