"""A set of traces, and what can be asked of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Literal

from spanwise import _arguments
from spanwise._filter import filter_arguments
from spanwise._frame import frame
from spanwise._frozen import Frozen
from spanwise._questions import (
    load_question,
    map_question,
    shape_question,
    time_question,
    tree_question,
)
from spanwise._service_graph import ServiceGraph
from spanwise._summary import Summary, count, summary
from spanwise._trace import Trace
from spanwise._write import Written, shift_ns, write_arguments, written
from spanwise.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    import polars as pl

    from spanwise import _native
    from spanwise._filter import Conditions
    from spanwise._typing import CriticalPathArguments, WhatIfArguments


class Traces(Frozen):
    """Traces that were read, under a policy.

    It is a cheap view: filters, samples and other policies share the spans, and
    facts about them are computed once for each policy. Every method that gives
    a table gives a polars frame.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60
    ...     trace 2
    ...     frontend GET /home   0..20
    ... ''')
    >>> len(traces)
    2
    >>> [trace.root for trace in traces.filter(service="cart")]
    ['frontend GET /cart']
    """

    __slots__ = ("_inner",)
    _inner: _native.Traces

    def __init__(self, native: _native.Traces) -> None:
        object.__setattr__(self, "_inner", native)

    def summary(self) -> Summary:
        """What was read, in counts.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").summary().spans
        1
        """
        return summary(self._inner.summary())

    def traces(self) -> pl.DataFrame:
        """One row a trace: which ones to open.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").traces().get_column("duration").to_list()
        [datetime.timedelta(microseconds=5000)]
        """
        return frame(self._inner.traces())

    def spans(
        self,
        attributes: Sequence[str] = (),
        *,
        canonical: bool | Sequence[str] = False,
        percentile: bool = False,
    ) -> pl.DataFrame:
        r"""One row a span, in the order of traces and then of trees.

        Args:
            attributes: Keys of attributes, of the span or else its resource,
                that become columns.
            canonical: Canonical fields that become columns, each under its
                newest OpenTelemetry name whatever the source calls it: names, or
                ``True`` for all that some span says something of.
            percentile: Add a column ``percentile``: the share of the spans of the
                same operation that lasted no longer, in percent, within 1.6 % of
                the duration.

        Raises:
            UsageError: There is no canonical field of a name.

        >>> import spanwise as sw
        >>> old = sw.notation("cart GET 0..5 http.status_code=503")
        >>> status = "http.response.status_code"
        >>> old.spans(canonical=[status]).get_column(status).to_list()
        [503]
        >>> traces = sw.notation("cart GET 0..5 http.route=/cart")
        >>> traces.spans(attributes=["http.route"]).get_column("http.route").to_list()
        ['/cart']
        >>> traces = sw.notation("trace 1\ncart GET 0..5\ntrace 2\ncart GET 0..50")
        >>> traces.spans(percentile=True).get_column("percentile").to_list()
        [50.0, 100.0]
        """
        chosen = _arguments.span_list(attributes, canonical=canonical)
        return frame(self._inner.spans(chosen, percentile))

    def events(self) -> pl.DataFrame:
        """One row an event of a span, such as an exception.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").events().height
        0
        """
        return frame(self._inner.events())

    def links(self) -> pl.DataFrame:
        """One row a link from a span to another.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").links().height
        0
        """
        return frame(self._inner.links())

    def query(self, expression: str, attributes: Sequence[str] = ()) -> pl.DataFrame:
        """Spans by what they are and how they stand to each other: one row a match.

        A term in braces is a condition on a span. Terms with a name are shown,
        else the last one; each span of the last term is one row at most, with
        the nearest spans before it that stand to it as the expression says.

        - Conditions: ``service``, ``operation``, ``kind``, ``duration``,
          ``self_time``, ``errs`` and the other columns of :meth:`spans`;
          ``.http.route`` (an attribute of the span, else of its resource),
          ``span.key``, ``resource.key``, ``canonical.name``; ``=``, ``!=``, ``<``,
          ``<=``, ``>``, ``>=``, ``=~``, ``!~``; ``exists(field)``; ``and``, ``or``,
          ``not``.
        - Structure: ``>`` child, ``>>`` descendant, ``<`` parent, ``<<`` ancestor,
          ``~`` sibling, ``&&`` same trace, ``links_to``, ``linked_from``.
        - Time: ``then`` with ``after 1ms``, ``within 10ms`` and ``without {…}``
          behind it, ``overlaps``; ``~ then`` and ``~ overlaps`` among siblings.
        - Partners of a span: ``has(> {…})``, ``count(>> {…}) >= 5``, with any
          relation.

        Args:
            expression: What is looked for.
            attributes: Keys of attributes that become columns, for each shown
                span.

        Returns:
            ``trace_id``, then ``span_id``, ``service``, ``operation``, ``start``,
            ``duration`` and ``errs`` of each shown span, behind its name
            (``b.span_id``), and ``gap``, the time from the end of the shown span
            before it to its start.

        Raises:
            UsageError: It is no expression; the message shows where.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart    0..100
        ...       cache get      10..12
        ...       db SELECT      15..90
        ... ''')
        >>> traces.query("{ root } > { duration > 50ms }").select("service").rows()
        [('db',)]
        >>> misses = traces.query("a: { service = cache } ~ then b: { service = db } within 10ms")
        >>> misses.select("a.operation", "b.operation", "b.gap").rows()
        [('get', 'SELECT', datetime.timedelta(microseconds=3000))]
        """
        return frame(self._inner.query(expression, list(attributes)))

    def issues(self) -> pl.DataFrame:
        """What is wrong with the input, counted by kind and service.

        ``total_time`` and ``max_time`` say how long it is: what clipped children
        have outside of their parents, how long children outside are, and by how
        much clocks are off.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..0").issues().get_column("issue").to_list()
        ['zero_duration']
        """
        return frame(self._inner.issues())

    def critical_path(
        self,
        *,
        by: Literal["operation", "service", "path"] = "operation",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """Where the time of requests goes: critical paths, summed over traces.

        Each nanosecond of a request is given to the one span that it waited
        for, so the column ``critical_time`` sums to the duration of all chosen
        requests.

        Args:
            by: What a row stands for: an operation, a service or a call path.
            percentile: Only requests at or above this percentile (0 to 100) of
                the duration within their root operation.
            band: Only requests between two percentiles.
            root_operation: Only requests of this root operation: its name, or
                service and name with a space between.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..60
        ... ''')
        >>> traces.critical_path(by="service").select("service", "share").rows()
        [('cart', 0.5), ('frontend', 0.5)]
        """
        arguments: CriticalPathArguments = {
            "by": by,
            "percentile": percentile,
            "band": band,
            "root_operation": root_operation,
        }
        return frame(self._inner.critical_path(arguments))

    def time_kinds(
        self,
        *,
        by: Literal["kind", "service", "operation"] = "kind",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """What critical paths are made of: work, networks, queues and waits.

        Each piece of a critical path has one kind of time, so ``critical_time``
        sums to the duration of all chosen requests. Requests and responses on
        the network are told apart where clocks are one, or are compared
        (``with_policy(clock="corrected")``).

        Args:
            by: What a row stands for: a kind of time, or that of a service or
                an operation.
            percentile: As for :meth:`critical_path`.
            band: As for :meth:`critical_path`.
            root_operation: As for :meth:`critical_path`.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart   0..100 server
        ...       shop query    10..30 client error
        ...       shop query    80..90 client
        ... ''')
        >>> traces.time_kinds().select("time_kind", "share").rows()
        [('retry_backoff', 0.5), ('call', 0.3), ('gap', 0.2)]
        """
        _, arguments = time_question(by, percentile, band, root_operation)
        return frame(self._inner.time_kinds(arguments))

    def call_tree(
        self,
        *,
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
        baseline: Traces | None = None,
    ) -> pl.DataFrame:
        """The tree of call paths over all requests, in the order of the tree.

        Args:
            percentile: As for :meth:`critical_path`.
            band: As for :meth:`critical_path`.
            root_operation: As for :meth:`critical_path`.
            baseline: Traces of a healthy time: the frame then says by how much
                each path changed, a request.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart   0..100
        ...       cart Get      10..60
        ...       cart Get      60..90
        ... ''')
        >>> traces.call_tree().select("depth", "operation", "calls").rows()
        [(0, 'GET /cart', 1), (1, 'Get', 2)]
        """
        _, arguments = tree_question("path", percentile, band, root_operation)
        other = None if baseline is None else baseline._inner
        return frame(self._inner.call_tree(arguments, other))

    def flame_graph(
        self,
        *,
        format: Literal["folded", "speedscope"] = "folded",  # noqa: A002 - the word everybody looks for.
        weight: Literal["exclusive_time", "critical_time", "calls", "errors"] = "exclusive_time",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> str:
        """The tree of call paths as a file that tools for flame graphs open.

        Args:
            format: ``"folded"`` stacks, a line each, or a ``"speedscope"``
                profile.
            weight: What the width of a frame stands for; times are nanoseconds.
            percentile: As for :meth:`critical_path`.
            band: As for :meth:`critical_path`.
            root_operation: As for :meth:`critical_path`.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart   0..100
        ...       cart Get      10..60
        ... ''')
        >>> print(traces.flame_graph())
        shop GET /cart 50000000
        shop GET /cart;cart Get 50000000
        <BLANKLINE>
        """
        _, arguments = tree_question("path", percentile, band, root_operation)
        return self._inner.flame_graph(arguments, format, weight)

    def what_if(
        self,
        *,
        speed_up: float | None = None,
        cap: _arguments.Duration | None = None,
        drop_retries: bool = False,
        parallel: bool = False,
        remove_errors: bool = False,
        service: str | None = None,
        operation: str | None = None,
        attribute: tuple[str, object] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """How long requests would take if something were otherwise.

        Without a change, every operation is made faster by itself, and they are
        ranked by what requests would save: what to fix first, and what it would
        buy. With one, there is a row a root operation. Quantiles have the
        interval that holds them at 95 % confidence.

        Args:
            speed_up: The share of their own time that the selected spans save;
                0.5 is twice as fast, less than nothing is slower.
            cap: The selected spans give up after so long.
            drop_retries: Selected attempts that failed and were repeated are
                not made.
            parallel: What the selected spans call one after the other they call
                at once.
            remove_errors: Those of the selected spans that err do not, nor what
                erred because of them alone, and what was tried again after them
                is tried once.
            service: Change spans of this service.
            operation: Change spans of this operation.
            attribute: Change spans with this key and value.
            root_operation: Only requests of this root operation.

        Raises:
            UsageError: More than one change, or spans without a change.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart   0..100
        ...       cart Get      10..90
        ...       user Get      10..60
        ... ''')
        >>> traces.what_if().select("rank", "service", "speed_up", "saved_time").head(2).rows()
        [(1, 'cart', 0.25, datetime.timedelta(microseconds=20000)),
         (1, 'cart', 0.5, datetime.timedelta(microseconds=30000))]
        >>> traces.what_if(speed_up=0.25, service="cart").select("p95").rows()
        [(datetime.timedelta(microseconds=80000),)]
        """
        kept = None if speed_up is None else max(round(1000 - 1000 * speed_up), 0)
        arguments: WhatIfArguments = {
            "own_time_thousandths": kept,
            "cap_ns": _arguments.optional_duration_ns(cap),
            "drop_retries": drop_retries,
            "parallel": parallel,
            "remove_errors": remove_errors,
            "service": service,
            "operation": operation,
            "attribute": None if attribute is None else (attribute[0], str(attribute[1])),
            "root_operation": root_operation,
        }
        plain = [drop_retries, parallel, remove_errors]
        changes = [speed_up is not None, cap is not None, *plain]
        selected = [service is not None, operation is not None, attribute is not None]
        if sum(changes) > 1:
            raise UsageError(
                "one change at a time: speed_up, cap, drop_retries, parallel or remove_errors"
            )
        if any(selected) and not any(changes):
            raise UsageError("spans are selected and nothing is changed about them")
        return frame(self._inner.what_if(arguments))

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
        """Calls that need not be made, or not one after the other.

        ``n_plus_1`` are many calls of one template by one caller,
        ``duplicate_calls`` the same with equal arguments, ``serial_calls``
        could be made at once, of a ``fanout_tail`` some last far longer than
        most, a ``chatty_edge`` is many calls from one service to another in a
        request, a ``call_cycle`` leads back to a service that is above, a
        ``magic_latency`` is as long as a timeout or timer, and a ``cold_start``
        waits for an instance.
        ``saved_time`` is what requests would have been
        shorter by, found by replaying each of them; the rows are sorted by it.
        ``evidence`` says what speaks for a problem, and ``grade`` how much that
        is: ``likely`` or ``possible``.

        Args:
            traces: A problem is what so many requests have; 3, of serial calls
                20, of tails 50, if ``None``.
            repeated_calls: So many calls of one template are repeated ones.
            repeated_time: So long they last together.
            saved_time: So much would calls at once, calls without a tail and
                calls without trips save their caller.
            tail_ratio: So many times as long as the median lasts a straggler.
            chatty_calls: So many calls of one service to another are chatty.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart  0..100 server
        ...       shop GET      0..40  client http.url=http://user/me
        ...       shop GET     40..90  client http.url=http://stock/7
        ... ''')
        >>> traces.shape_problems(traces=1).select("problem", "saved_time", "template").rows()
        [('serial_calls', datetime.timedelta(microseconds=40000), 'GET /{id}; GET /me')]
        """
        _, arguments = shape_question(
            traces=traces,
            repeated_calls=repeated_calls,
            repeated_time=repeated_time,
            saved_time=saved_time,
            tail_ratio=tail_ratio,
            chatty_calls=chatty_calls,
        )
        return frame(self._inner.shape_problems(arguments))

    def concurrency(
        self,
        *,
        by: Literal["time", "instance", "level"] = "time",
        bucket: _arguments.Duration = "1s",
    ) -> pl.DataFrame:
        """How much each instance has in flight, and how its latency depends on that.

        Two sides of an instance are counted: ``serving``, its requests, and
        ``calling``, its client and producer spans. By instance, Little's law is
        an identity, and ``hints`` say what speaks for waiting: ``queueing``
        where spans take the longer themselves the more are in flight, and
        ``ceiling`` where a limit may cap what is in flight. By level, latency
        stands against load, with its knee.

        Args:
            by: What a row stands for: a bucket of time of an instance, an
                instance, or a number in flight of it by powers of two.
            bucket: How wide a bucket of time is, in whole tenths of a second.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     trace 1
        ...     shop GET /cart   0..600
        ...     trace 2
        ...     shop GET /cart 200..400
        ... ''')
        >>> columns = "mean_in_flight", "max_in_flight", "in_flight_end"
        >>> traces.concurrency(bucket="500ms").select(columns).rows()
        [(1.4, 2, 1), (0.2, 1, 0)]
        >>> traces.concurrency(by="instance").select("mean_latency", "hints").rows()
        [(datetime.timedelta(microseconds=400000), [])]
        """
        _, arguments = load_question(by, bucket)
        return frame(self._inner.concurrency(arguments))

    def heat_map(
        self,
        *,
        by: Literal["operation", "request"] = "operation",
        bucket: _arguments.Duration = "1s",
        bands: int = 2,
    ) -> pl.DataFrame:
        """How many spans were how slow when: data to plot.

        There is a row for each cell that is not empty: the operation, when the
        bucket of time begins, the band of latencies, how many spans began in
        the one and lasted as long as the other says, and how many of them err.

        Args:
            by: Count all spans by their operation, or requests by their root
                operation.
            bucket: How wide a bucket of time is, in whole tenths of a second.
            bands: How many bands an octave of latencies has: 1, 2, 4, 8 or 16.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     trace 1
        ...     shop GET /cart   0..100
        ...     trace 2
        ...     shop GET /cart  50..150 error
        ... ''')
        >>> traces.heat_map(by="request").select("service", "count", "errors").rows()
        [('shop', 2, 1)]
        """
        _, arguments = map_question(by, bucket, bands)
        return frame(self._inner.heat_map(arguments))

    def hotspots(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """Which operations or services take the time, over all spans.

        ``self_time`` is the time in which a span ran and no child that blocks
        it did; ``total_time`` counts nested spans in each.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..70
        ... ''')
        >>> traces.hotspots().select("service", "self_time").rows()
        [('cart', datetime.timedelta(microseconds=60000)),
         ('frontend', datetime.timedelta(microseconds=40000))]
        """
        return frame(self._inner.hotspots(by))

    def slack(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """What could be slower unnoticed, and what would make requests faster.

        The *slack* of a span is how much later it could have ended without its
        request ending later. Its *drag* is how much sooner the request would
        have ended if the span had taken no time, with all that is below it.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..90
        ...       user GetUser      10..60
        ... ''')
        >>> traces.slack().select("service", "slack_p50", "drag").rows()
        [('frontend', datetime.timedelta(0), datetime.timedelta(microseconds=100000)),
         ('cart', datetime.timedelta(0), datetime.timedelta(microseconds=30000)),
         ('user', datetime.timedelta(microseconds=30000), datetime.timedelta(0))]
        """
        return frame(self._inner.slack(by))

    def sibling_order(self) -> pl.DataFrame:
        """Which siblings wait for which, learnt from all traces.

        A single trace says that one span was over before another began, and
        never whether the other waited for it. Many traces do: what runs at the
        same time elsewhere does not wait, and what waits begins the later the
        longer the other lasts. One row two operations below the same parent:
        how often they came in which order, how sure that is, and what it is
        taken for (``sequential``, ``coincidental``, ``concurrent``,
        ``either_way`` or ``unsettled``). ``path_time`` is time on critical paths
        that rests on their order.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     trace 1
        ...     shop GET /cart   0..100
        ...       cart Get      10..40
        ...       user Get      50..90
        ...     trace 2
        ...     shop GET /cart   0..100
        ...       cart Get      10..60
        ...       user Get      50..90
        ... ''')
        >>> columns = ["first_service", "second_service", "before", "overlapped", "order"]
        >>> traces.sibling_order().select(columns).rows()
        [('cart', 'user', 1, 1, 'concurrent')]
        """
        return frame(self._inner.sibling_order())

    def flows(self, *, by: Literal["hop", "request"] = "hop") -> pl.DataFrame:
        """Requests that go on behind queues and in other traces.

        A message leaves one trace and is handled in another, and no root spans
        both; links join them, and so do consumers below producers and spans
        that follow. By hop: how long messages waited, how long they were
        handled, and how long behind the start of the request that was over. By
        request: how long it took from the start of the root to the end of the
        last thing that it set off, over any number of hops.

        Args:
            by: What a row stands for: from one operation to another, so many
                hops behind a root operation; or a root operation.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     trace 1
        ...     shop POST /order    0..100 server
        ...       shop send order  80..90  producer id=5
        ...     trace 2
        ...     mail process order 250..280 consumer link=1/5
        ... ''')
        >>> traces.flows().select("root_operation", "receiver_operation", "wait_p50").rows()
        [('POST /order', 'process order', datetime.timedelta(microseconds=160000))]
        >>> traces.flows(by="request").select("operation", "end_to_end_p50").rows()
        [('POST /order', datetime.timedelta(microseconds=280000))]
        """
        return frame(self._inner.flows(by))

    def edges(self, *, view: Literal["tree", "causal", "linked"] = "tree") -> pl.DataFrame:
        """One row an edge between two spans.

        Args:
            view: Which edges: ``"tree"``, every span with its parent;
                ``"causal"``, every span with the sibling that it may have
                waited for, else with its parent, and where all traces together
                contradict that order, the sibling that the critical path could
                as well go through; ``"linked"``, senders and receivers, also
                of other traces.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop GET /cart   0..100
        ...       cart Get      10..40
        ...       user Get      50..90
        ... ''')
        >>> columns = ["from_service", "to_service", "relation", "gap_time"]
        >>> traces.edges(view="causal").select(columns).rows()
        [('shop', 'cart', 'child_of', datetime.timedelta(microseconds=10000)),
         ('cart', 'user', 'then', datetime.timedelta(microseconds=10000))]
        """
        return frame(self._inner.edges(view))

    def clocks(self, *, by: Literal["clock", "pair"] = "clock") -> pl.DataFrame:
        """How far the clocks of hosts are apart, from all calls between them.

        A server cannot have run while its client did not wait, so every call
        bounds the offset of their clocks; ``offset`` is the middle of what most
        calls agree on, and ``offset_from`` to ``offset_to`` what is possible.
        ``with_policy(clock="corrected")`` puts all analyses on one clock a trace.

        Args:
            by: What a row stands for: a clock and its reference, or a pair of
                clocks whose hosts call each other.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     shop cart.Get   0..10  client @host.name=a
        ...       cart Get     53..57  server @host.name=b
        ... ''')
        >>> traces.clocks().select("clock", "offset").rows()
        [('a', datetime.timedelta(0)), ('b', datetime.timedelta(microseconds=50000))]
        """
        return frame(self._inner.clocks(by))

    def errors(self, *, by: Literal["operation", "service", "type"] = "operation") -> pl.DataFrame:
        """Where errors begin, what they are, and how far they spread.

        A span *errs* if its outcome is an error for its kind: a server that
        answers 404 does not, the client that asked does. An *origin* is an
        erring span whose failure is not explained by a failed child.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100 error
        ...       cart GetCart      10..70 error
        ... ''')
        >>> traces.errors().select("service", "origins", "failed_requests").rows()
        [('cart', 1, 1), ('frontend', 0, 0)]
        """
        return frame(self._inner.errors(by))

    def dependencies(self) -> pl.DataFrame:
        """Who calls whom: one row a caller, callee and kind of connection.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..70
        ... ''')
        >>> traces.dependencies().select("caller", "callee", "calls").rows()
        [('frontend', 'cart', 1)]
        """
        return frame(self._inner.dependencies())

    def completeness(self, *, by: Literal["edge", "service"] = "edge") -> pl.DataFrame:
        """What is missing from the traces, and which conclusions suffer.

        By edge, a row for each caller and callee: how many calls have both
        sides, how many lack the server's or the client's span, how many servers
        lost their context, whether the missing ones lie at the ends of the
        window, how far sampling is known, and in ``undermines`` which
        conclusions suffer. By service: orphans, traces without a root, missing
        ends, dropped attributes, events and links, duplicates.

        Args:
            by: What a row stands for.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     trace 1
        ...     shop cart.Get    0..50 client
        ...       cart Get       5..45 server
        ...     trace 2
        ...     shop cart.Get    0..50 client
        ... ''')
        >>> traces.completeness().select("caller", "callee", "calls", "missing_server").rows()
        [('shop', 'cart', 2, 1)]
        """
        return frame(self._inner.completeness(by))

    def service_graph(self) -> ServiceGraph:
        """The graph of services: its edges, and the cycles in it.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     a GET /   0..100
        ...       b GET  10..70
        ...         a GET 20..30
        ... ''')
        >>> traces.service_graph().cycles
        (('a', 'b'),)
        """
        return ServiceGraph(self.dependencies())

    def write(
        self,
        output: str | os.PathLike[str] | BinaryIO,
        *,
        format: str,  # noqa: A002 - the word everybody looks for.
        anonymise: str | None = None,
        shift: timedelta | str | None = None,
    ) -> Written:
        """Writes the traces for other tools, or for others' eyes.

        Args:
            output: The file to write: a path, compressed where it ends in
                ``.gz`` or ``.zst``, or a file open for writing bytes.
            format: The name of the format, one of ``formats(written=True)``.
            anonymise: A key under which names, ids and values are hashed, as
                :meth:`anonymise` does.
            shift: By how much times are moved then.

        Returns:
            How many spans were written, and what the format could not hold of
            how many of them.

        Raises:
            UsageError: The format is not known, or is only read.

        >>> import io
        >>> import spanwise as sw
        >>> traces = sw.notation("cart GET 0..1500us items=3")
        >>> traces.write(io.BytesIO(), format="zipkin-json")
        Written(spans=1, lost={'attribute_types': 1})
        """
        arguments = write_arguments(format, anonymise, shift)
        path = os.fspath(output) if isinstance(output, str | os.PathLike) else None
        told, content = self._inner.write(arguments, path)
        if content is not None and not isinstance(output, str | os.PathLike):
            output.write(content)
        return written(told)

    def anonymise(self, key: str, *, shift: timedelta | str | None = None) -> Traces:
        """The traces with names, ids and values hashed.

        One key gives one name for one text in whatever file it stands. What
        analyses read keeps its meaning (structure, times, kinds, statuses, codes,
        the reasons of errors), so their numbers stay the same.

        Args:
            key: A secret; whoever knows it can try out names.
            shift: By how much all times are moved, such as ``"-90d"``.

        >>> import spanwise as sw
        >>> hidden = sw.notation("cart GET /cart 0..5 user=ann").anonymise("key")
        >>> service, user = hidden.spans(["user"]).select("service", "user").row(0)
        >>> service.startswith("service-"), user.startswith("value-")
        (True, True)
        """
        return Traces(self._inner.anonymise(key, shift_ns(shift)))

    def filter(
        self,
        *,
        service: str | Sequence[str] | None = None,
        operation: str | Sequence[str] | None = None,
        root_operation: str | None = None,
        min_duration: _arguments.Duration | None = None,
        max_duration: _arguments.Duration | None = None,
        error: bool | None = None,
        since: _arguments.Time | None = None,
        until: _arguments.Time | None = None,
        attribute: Mapping[str, object] | None = None,
        trace_ids: str | Sequence[str] | None = None,
    ) -> Traces:
        """The whole traces in which one span meets all conditions.

        What is left out of a read from the beginning costs less: :func:`read`
        takes the same conditions.

        Args:
            service: The span's service, or several of which it is one.
            operation: The span's operation, or several of which it is one.
            root_operation: The operation of the trace's primary root.
            min_duration: The span lasts at least this long: ``"500ms"``, whole
                nanoseconds or a timedelta.
            max_duration: The span lasts at most this long.
            error: The span errs (``True``), or does not (``False``).
            since: The span starts at or after this: RFC 3339, an epoch number,
                relative such as ``"-15m"``, nanoseconds or a datetime.
            until: The span starts before this.
            attribute: Attributes of the span or its resource that have these
                values.
            trace_ids: The trace has this id, or one of several, in any
                spelling, or its id begins so.

        >>> import spanwise as sw
        >>> traces = sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..70 error
        ... ''')
        >>> len(traces.filter(error=True)), len(traces.filter(service="cart", min_duration="61ms"))
        (1, 0)
        """
        conditions: Conditions = {
            "service": service,
            "operation": operation,
            "root_operation": root_operation,
            "min_duration": min_duration,
            "max_duration": max_duration,
            "error": error,
            "since": since,
            "until": until,
            "attribute": attribute,
            "trace_ids": trace_ids,
        }
        return Traces(self._inner.filter(filter_arguments(conditions)))

    def sample(self, n: int, *, seed: int = 0) -> Traces:
        """``n`` of the traces, the same ones for the same seed.

        The choice depends on the ids of traces alone, not on the order of the
        input.

        >>> import spanwise as sw
        >>> len(sw.notation("cart GET 0..5").sample(1, seed=1))
        1
        """
        return Traces(self._inner.sample(n, seed))

    def with_policy(
        self,
        *,
        blocking: Literal["by_kind", "all"] | None = None,
        tolerance: _arguments.Duration | None = None,
        clock: Literal["recorded", "corrected"] | None = None,
    ) -> Traces:
        """The same traces under another policy, which all analyses then share.

        Args:
            blocking: Which children block their parents: ``"by_kind"`` leaves
                out what is sent through queues and references that only follow;
                ``"all"`` takes every child. Unchanged if ``None``.
            tolerance: How far two siblings may overlap and still count as one
                after the other; 1 µs in the beginning. Unchanged if ``None``.
            clock: Whose clock times are taken on: ``"recorded"``, or
                ``"corrected"`` for that of each trace's top span, by what
                :meth:`clocks` knows. Unchanged if ``None``.

        >>> import spanwise as sw
        >>> traces = sw.notation("cart GET 0..5").with_policy(tolerance="10us")
        >>> traces.policy
        {'blocking': 'by_kind', 'tolerance_ns': 10000, 'clock': 'recorded'}
        """
        nanoseconds = _arguments.optional_duration_ns(tolerance)
        return Traces(self._inner.with_policy(blocking, nanoseconds, clock))

    @property
    def policy(self) -> dict[str, str | int]:
        """The policy that facts are computed under."""
        blocking, tolerance, clock = self._inner.policy
        return {"blocking": blocking, "tolerance_ns": tolerance, "clock": clock}

    def __getitem__(self, trace_id: str) -> Trace:
        """The trace of this id, in any spelling, or the only one that begins so.

        Raises:
            KeyError: There is none.
            UsageError: There are several.
        """
        if not isinstance(trace_id, str):
            raise TypeError(f"traces are found by id, a text, not {type(trace_id).__name__}")
        try:
            return Trace(self._inner.trace(trace_id))
        except NotFoundError as error:
            raise KeyError(trace_id) from error

    def __contains__(self, trace_id: object) -> bool:
        if not isinstance(trace_id, str):
            return False
        try:
            self._inner.trace(trace_id)
        except (NotFoundError, UsageError):
            return False
        return True

    def __iter__(self) -> Iterator[Trace]:
        return map(Trace, self._inner.all())

    def __len__(self) -> int:
        return len(self._inner)

    def __repr__(self) -> str:
        traces, spans, services = self._inner.counts
        return (
            f"<Traces: {count(traces, 'trace')}, {count(spans, 'span')}, "
            f"{count(services, 'service')}>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude
        bundle = self.summary()._repr_mimebundle_()
        return {"text/plain": repr(self), "text/html": bundle["text/html"]}
