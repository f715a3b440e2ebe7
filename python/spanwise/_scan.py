"""Answers about input that may be larger than memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise import _arguments, _native, _progress
from spanwise._filter import filter_arguments
from spanwise._frame import frame
from spanwise._frozen import Frozen
from spanwise._partials import Partials
from spanwise._questions import (
    AGGREGATES,
    bottleneck_question,
    key_question,
    load_question,
    map_question,
    path_question,
    question,
    questions,
    shape_question,
    time_question,
    tree_question,
)
from spanwise._read import read_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from typing_extensions import Unpack

    from spanwise._filter import Conditions
    from spanwise._markdown import Report
    from spanwise._summary import Summary
    from spanwise._typing import (
        Limits,
        ListingArguments,
        ListingOptions,
        Question,
        ReadArguments,
        ScanArguments,
    )


class Scan(Frozen):
    r"""Input that is analysed part by part, in bounded memory.

    Nothing is read before an answer is asked for, and for each answer all is
    read; :meth:`run` gives several answers of one pass. The answers are those
    of :func:`read`.

    >>> import spanwise as sw
    >>> scan = sw.scan(b"trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40", memory="512M")
    >>> scan.summary().traces
    2
    >>> sorted(scan.run(["hotspots", "errors"]))
    ['errors', 'hotspots']
    """

    __slots__ = ("_inputs", "_read", "_show", "_told")
    _inputs: list[str | tuple[str, bytes] | _native.Spooled]
    _read: ReadArguments
    _show: bool | _progress.Show | None
    _told: ScanArguments

    def __init__(
        self,
        inputs: list[str | tuple[str, bytes] | _native.Spooled],
        read: ReadArguments,
        arguments: ScanArguments,
        progress: bool | _progress.Show | None,  # noqa: FBT001 - handed on from a keyword.
    ) -> None:
        object.__setattr__(self, "_inputs", inputs)
        object.__setattr__(self, "_read", read)
        object.__setattr__(self, "_told", arguments)
        object.__setattr__(self, "_show", progress)

    def summary(self) -> Summary:
        """What the input holds, in counts.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").summary().spans
        1
        """
        return self._pass([]).summary()

    def issues(self) -> pl.DataFrame:
        """What is wrong with the input, counted by kind and service.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..0").issues().get_column("issue").to_list()
        ['zero_duration']
        """
        return self._pass([]).issues()

    def traces(self, *, sort: str | None = None, limit: int | None = None) -> pl.DataFrame:
        r"""One row a trace: which ones to open; see :meth:`Traces.traces`.

        Rows are put in order on disk; only those of the answer are held.

        Args:
            sort: The column to sort by, descending behind a ``-``; the longest
                trace first if ``None``.
            limit: The most rows, the first ones; all if ``None``.

        Raises:
            UsageError: There is no such column.

        >>> import spanwise as sw
        >>> spans = b"trace 1\nshop GET 0..100\ntrace 2\nshop GET 0..40"
        >>> sw.scan(spans).traces(limit=1).get_column("duration").to_list()
        [datetime.timedelta(microseconds=100000)]
        """
        return self._rows("traces", sort=sort, limit=limit)

    def spans(
        self,
        attributes: Sequence[str] = (),
        *,
        canonical: bool | Sequence[str] = (),
        percentile: bool = False,
        sort: str | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        r"""One row a span, in the order of traces; see :meth:`Traces.spans`.

        Args:
            attributes: Keys of attributes, of the span or else its resource,
                that become columns.
            canonical: As for :meth:`Traces.spans`; with ``True`` every field,
                because what rows say is not known before all are.
            percentile: As for :meth:`Traces.spans`; the input is read twice.
            sort: As for :meth:`traces`.
            limit: As for :meth:`traces`.

        >>> import spanwise as sw
        >>> sw.scan(b"cart GET 0..5 http.route=/cart").spans(["http.route"]).height
        1
        >>> old = sw.scan(b"cart GET 0..5 http.status_code=503")
        >>> status = "http.response.status_code"
        >>> old.spans(canonical=[status]).get_column(status).to_list()
        [503]
        >>> scan = sw.scan(b"trace 1\ncart GET 0..5\ntrace 2\ncart GET 0..50")
        >>> scan.spans(percentile=True).get_column("percentile").to_list()
        [50.0, 100.0]
        """
        columns = _arguments.span_list(attributes, canonical=canonical)
        return self._rows("spans", columns, percentile=percentile, sort=sort, limit=limit)

    def events(self, *, sort: str | None = None, limit: int | None = None) -> pl.DataFrame:
        """One row an event of a span; see :meth:`Traces.events`.

        Args:
            sort: As for :meth:`traces`.
            limit: As for :meth:`traces`.

        >>> import spanwise as sw
        >>> sw.scan(b"cart GET 0..5 event=retry@2").events().get_column("event").to_list()
        ['retry']
        """
        return self._rows("events", sort=sort, limit=limit)

    def links(self, *, sort: str | None = None, limit: int | None = None) -> pl.DataFrame:
        """One row a link of a span; see :meth:`Traces.links`.

        Whether a linked trace is there is known when all have been seen, so the
        ids of all traces are held, sixteen bytes each.

        Args:
            sort: As for :meth:`traces`.
            limit: As for :meth:`traces`.

        >>> import spanwise as sw
        >>> sw.scan(b"mail process 0..5 consumer link=1/5").links().get_column("found").to_list()
        [True]
        """
        return self._rows("links", sort=sort, limit=limit)

    def edges(
        self,
        *,
        view: Literal["tree", "causal", "linked"] = "tree",
        sort: str | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        r"""One row an edge between two spans; see :meth:`Traces.edges`.

        What rows of one trace say of others must be known before: for the causal
        view the input is read twice, for the linked one three times, and the
        senders that links name are held.

        Args:
            view: As for :meth:`Traces.edges`.
            sort: As for :meth:`traces`.
            limit: As for :meth:`traces`.

        Raises:
            UsageError: There is no such view or column.

        >>> import spanwise as sw
        >>> sent = b"trace 1\nshop send 0..9 producer id=5\n"
        >>> received = b"trace 2\nmail process 20..30 consumer link=1/5\n"
        >>> scan = sw.scan(sent + received)
        >>> scan.edges(view="linked").select("from_service", "gap_time").rows()
        [('shop', datetime.timedelta(microseconds=11000))]
        """
        return self._rows("edges", view=view, sort=sort, limit=limit)

    def query(
        self,
        expression: str,
        attributes: Sequence[str] = (),
        *,
        sort: str | None = None,
        limit: int | None = None,
    ) -> pl.DataFrame:
        """Spans by what they are and how they stand to each other; see :meth:`Traces.query`.

        Args:
            expression: What is looked for.
            attributes: As for :meth:`Traces.query`.
            sort: As for :meth:`traces`.
            limit: As for :meth:`traces`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100 error").query("{ errs }").get_column("service").to_list()
        ['shop']
        """
        columns = _arguments.span_list(attributes, canonical=False)
        return self._rows("query", columns, expression=expression, sort=sort, limit=limit)

    def report(self, *, baseline: Scan | None = None, title: str | None = None) -> Report:
        """What was read, why it is slow, why it fails, what changed; see :func:`report`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").report(title="Slow carts")
        <Report: Slow carts>
        """
        names = ["critical_path", "errors", "dependencies"]
        names += ["bottlenecks", "what_if", "shape_problems"]
        asked = [question(name) for name in names]
        if baseline is None:
            return self._pass(asked).report(title=title)
        found = self._pass([*asked, "compare"])
        return found.report(baseline=baseline._pass(["compare"]), title=title)

    def critical_path(
        self,
        *,
        by: Literal["operation", "service", "path"] = "operation",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """Where the time of requests goes; see :meth:`Traces.critical_path`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").critical_path(by="service").select("service").rows()
        [('shop',)]
        """
        return self._table(path_question(by, percentile, band, root_operation))

    def time_kinds(
        self,
        *,
        by: Literal["kind", "service", "operation"] = "kind",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """What critical paths are made of; see :meth:`Traces.time_kinds`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").time_kinds().select("time_kind").rows()
        [('own_work',)]
        """
        return self._table(time_question(by, percentile, band, root_operation))

    def call_tree(
        self,
        *,
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """The tree of call paths; see :meth:`Traces.call_tree`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").call_tree().select("depth").rows()
        [(0,)]
        """
        return self._table(tree_question("path", percentile, band, root_operation))

    def what_if(self) -> pl.DataFrame:
        """What to fix first, and what it would buy; see :meth:`Traces.what_if`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").what_if().select("saved_time").height
        4
        """
        return self._table("what_if")

    def bottlenecks(
        self,
        *,
        slow_percentile: float = 90.0,
        fast_percentile: float = 50.0,
        share: float = 0.2,
        times: float = 2.0,
        requests: int = 30,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """What slow requests wait for; see :meth:`Traces.bottlenecks`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").bottlenecks().height
        0
        """
        asked = bottleneck_question(
            slow_percentile=slow_percentile,
            fast_percentile=fast_percentile,
            share=share,
            times=times,
            requests=requests,
            root_operation=root_operation,
        )
        return self._table(asked)

    def shape_problems(
        self,
        *,
        traces: int | None = None,
        repeated_calls: int = 5,
        repeated_time: _arguments.Duration = "50ms",
        saved_time: _arguments.Duration = "20ms",
        tail_ratio: int = 3,
        chatty_calls: int = 20,
    ) -> pl.DataFrame:
        """Calls that need not be made; see :meth:`Traces.shape_problems`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").shape_problems().height
        0
        """
        asked = shape_question(
            traces=traces,
            repeated_calls=repeated_calls,
            repeated_time=repeated_time,
            saved_time=saved_time,
            tail_ratio=tail_ratio,
            chatty_calls=chatty_calls,
        )
        return self._table(asked)

    def hot_keys(
        self,
        *,
        by: Sequence[str] | None = None,
        gini: float = 0.6,
        times: float = 10.0,
        calls: int = 20,
    ) -> pl.DataFrame:
        """Keys that take far more than others do; see :meth:`Traces.hot_keys`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").hot_keys().height
        0
        """
        return self._table(key_question(by=by, gini=gini, times=times, calls=calls))

    def concurrency(
        self,
        *,
        by: Literal["time", "instance", "level"] = "time",
        bucket: _arguments.Duration = "1s",
    ) -> pl.DataFrame:
        """How much each instance has in flight; see :meth:`Traces.concurrency`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").concurrency().select("mean_in_flight").rows()
        [(0.1,)]
        """
        return self._table(load_question(by, bucket))

    def heat_map(
        self,
        *,
        by: Literal["operation", "request"] = "operation",
        bucket: _arguments.Duration = "1s",
        bands: int = 2,
    ) -> pl.DataFrame:
        """How many spans were how slow when; see :meth:`Traces.heat_map`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").heat_map(by="request").select("count").rows()
        [(1,)]
        """
        return self._table(map_question(by, bucket, bands))

    def hotspots(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """Which operations or services take the time; see :meth:`Traces.hotspots`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").hotspots().height
        1
        """
        return self._table(("hotspots", by))

    def slack(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """What could be slower unnoticed, and what counts; see :meth:`Traces.slack`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").slack().height
        1
        """
        return self._table(("slack", by))

    def sibling_order(self) -> pl.DataFrame:
        """Which siblings wait for which; see :meth:`Traces.sibling_order`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").sibling_order().height
        0
        """
        return self._table("sibling_order")

    def flows(self, *, by: Literal["hop", "request"] = "hop") -> pl.DataFrame:
        """Requests that go on in other traces; see :meth:`Traces.flows`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").flows().height
        0
        """
        return self._table(("flows", by))

    def clocks(self, *, by: Literal["clock", "pair"] = "clock") -> pl.DataFrame:
        """How far the clocks of hosts are apart; see :meth:`Traces.clocks`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").clocks().height
        0
        """
        return self._table(("clocks", by))

    def errors(self, *, by: Literal["operation", "service", "type"] = "operation") -> pl.DataFrame:
        """Where errors begin and how they spread; see :meth:`Traces.errors`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100 error").errors(by="service").select("origins").rows()
        [(1,)]
        """
        return self._table(("errors", by))

    def dependencies(self) -> pl.DataFrame:
        """Who calls whom; see :meth:`Traces.dependencies`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").dependencies().height
        0
        """
        return self._table("dependencies")

    def completeness(self, *, by: Literal["edge", "service"] = "edge") -> pl.DataFrame:
        """What is missing from the traces; see :meth:`Traces.completeness`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100 parent=7").completeness(by="service").height
        1
        """
        return self._table(("completeness", by))

    def run(self, analyses: Sequence[str]) -> dict[str, pl.DataFrame]:
        """Several analyses in one pass, each as its own method does by default.

        Args:
            analyses: Names among ``"critical_path"``, ``"time_kinds"``,
                ``"call_tree"``, ``"bottlenecks"``, ``"what_if"``,
                ``"shape_problems"``, ``"hot_keys"``, ``"concurrency"``,
                ``"heat_map"``, ``"hotspots"``, ``"slack"``,
                ``"sibling_order"``, ``"flows"``, ``"clocks"``, ``"errors"``,
                ``"dependencies"`` and
                ``"completeness"``.

        Raises:
            UsageError: There is no analysis of a name.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").run(["hotspots"])["hotspots"].height
        1
        """
        asked = {name: question(name) for name in analyses}
        found = self._pass([*asked.values()])._inner
        return {name: frame(found.table(one)) for name, one in asked.items()}

    def partials(self, analyses: Sequence[str] | None = None) -> Partials:
        """What analyses know of the input, which merges with that of others.

        Args:
            analyses: Names as for :meth:`run`, or ``"compare"``; all if
                ``None``. Each is taken in every grouping that it has.

        Raises:
            UsageError: There is no analysis of a name.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials(["dependencies"])
        <Partials: 1 trace; dependencies>
        """
        names = AGGREGATES if analyses is None else analyses
        return self._pass([one for name in names for one in questions(name)])

    def filter(self, **conditions: Unpack[Conditions]) -> Scan:
        """The scan of the traces in which one span meets all conditions.

        The conditions are those of :meth:`Traces.filter`, and take the place of
        those of an earlier filter.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").filter(error=True).summary().traces
        0
        """
        return self._with({**self._told, "filter": filter_arguments(conditions)})

    def with_policy(
        self,
        *,
        blocking: Literal["by_kind", "all"] | None = None,
        tolerance: _arguments.Duration | None = None,
        clock: Literal["recorded", "corrected"] | None = None,
    ) -> Scan:
        """The same scan under another policy; see :meth:`Traces.with_policy`.

        Correcting clocks reads the input twice.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").with_policy(blocking="all").summary().traces
        1
        """
        policy: ScanArguments = {**self._told}
        policy["blocking"] = blocking or policy["blocking"]
        policy["clock"] = clock or policy["clock"]
        if tolerance is not None:
            policy["tolerance_ns"] = _arguments.duration_ns(tolerance)
        return self._with(policy)

    def _with(self, arguments: ScanArguments) -> Scan:
        return Scan(self._inputs, self._read, arguments, self._show)

    def _rows(
        self,
        name: str,
        columns: tuple[list[str], bool, list[str]] = ([], False, []),
        **told: Unpack[ListingOptions],
    ) -> pl.DataFrame:
        listing: ListingArguments = {
            "name": name,
            "columns": columns,
            "expression": told.get("expression"),
            "percentile": told.get("percentile", False),
            "view": told.get("view"),
            "sort": told.get("sort"),
            "limit": told.get("limit"),
        }
        with _progress.shown(self._show) as show:
            arguments = (self._read, self._told)
            return frame(_native.scan_rows(self._inputs, arguments, listing, show))

    def _table(self, asked: Question) -> pl.DataFrame:
        return frame(self._pass([asked])._inner.table(asked))

    def _pass(self, asked: Sequence[Question]) -> Partials:
        with _progress.shown(self._show) as show:
            return Partials(_native.scan(self._inputs, (self._read, self._told), asked, show))

    def __repr__(self) -> str:
        memory = self._told["memory_bytes"]
        within = "" if memory is None else f" within {memory:,} bytes"
        return f"<Scan of {len(self._inputs)} input{'s' * (len(self._inputs) != 1)}{within}>"


def scan(
    source: _arguments.Source,
    *,
    memory: str | int | None = None,
    spill: _arguments.Path | None = None,
    resume: _arguments.Path | None = None,
    complete: bool = False,
    attributes: Literal["all", "none"] | Sequence[str] = "all",
    strict: bool = False,
    threads: int | None = None,
    format: str | None = None,  # noqa: A002 - the word everybody looks for.
    progress: bool | _progress.Show | None = None,
    limits: Limits | None = None,
) -> Scan:
    """Scans exported traces that may be larger than memory.

    What was read is held until it takes its part of the memory. If it never
    does, nothing is written anywhere; else spans are dealt by trace to
    temporary files, which are gone when the process is.

    Args:
        source: As for :func:`read`, but no frame. Files are read piece by piece.
            What a file object or standard input holds is copied at once, to a
            temporary file where it is larger than an eighth of ``memory``.
        memory: The memory to keep within: ``"512M"``, or bytes; as much as
            there is if ``None``. A single larger trace is held all the same.
        spill: Where temporary files are made.
        resume: A folder of its own for what the scan has done, so that asking
            again after an interrupt or a crash does the rest. It is removed
            when the answer is there. Takes ``memory``; other inputs and other
            questions are refused as long as it holds a scan.
        complete: Each file holds whole traces, so that nothing needs to be
            kept. Traces that are cut are refused where they are met.
        attributes: As for :func:`read`. ``"none"`` takes a third of the room;
            records that differ in attributes alone then count as duplicates.
        strict: As for :func:`read`.
        threads: As for :func:`read`.
        format: As for :func:`read`.
        progress: As for :func:`read`; a function is called again, from zero on,
            while what was put into temporary files is analysed.
        limits: As for :func:`read`.

    Returns:
        What can be asked; nothing has been read yet.

    Raises:
        UsageError: An argument makes no sense.

    >>> import spanwise as sw
    >>> sw.scan(b"shop GET 0..100", memory="64M")
    <Scan of 1 input within 67,108,864 bytes>
    """
    arguments: ScanArguments = {
        "memory_bytes": _native.size_bytes(memory) if isinstance(memory, str) else memory,
        "spill": None if spill is None else str(spill),
        "complete": complete,
        "resume": None if resume is None else str(resume),
        "filter": filter_arguments({}),
        "blocking": None,
        "tolerance_ns": None,
        "clock": None,
    }
    read = read_arguments(attributes, strict, threads, format, limits)

    def spool(stream: object, name: str) -> _native.Spooled:
        return _native.spool(stream, name, read, (arguments["memory_bytes"], arguments["spill"]))

    return Scan(_arguments.streams(source, spool), read, arguments, progress)
