"""Where the time of a set of traces goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise import _arguments
from spanwise._asked import Asked
from spanwise._frame import frame
from spanwise._questions import (
    bottleneck_question,
    key_question,
    load_question,
    map_question,
    shape_question,
    time_question,
    tree_question,
)
from spanwise.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from spanwise._traces import Traces
    from spanwise._typing import CriticalPathArguments, WhatIfArguments


class Latency(Asked):
    """Questions about time: where it goes, and what would save some."""

    __slots__ = ()

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
        """What slow requests wait for and fast ones do not.

        Requests of one root operation are slow at or above one percentile of
        their duration and fast at or below another. An operation is a bottleneck
        where slow ones spend a good part of their time in it, several times as
        long as fast ones, and more than chance explains. ``excess_time`` is what
        all slow requests would save if it took as long as in fast ones,
        ``excess_from`` and ``excess_to`` are the interval of 95 % confidence of
        ``mean_excess``, and ``slow_calls`` against ``fast_calls`` say whether
        there are more calls or longer ones.

        Args:
            slow_percentile: Slow are requests at or above this percentile.
            fast_percentile: Fast are requests at or below this percentile.
            share: Slow requests spend this share of their time in a bottleneck.
            times: And so many times as long as fast ones.
            requests: Each cohort has at least so many requests.
            root_operation: Only requests of this root operation.

        Raises:
            UsageError: A percentile or a share is out of its range.

        >>> import spanwise as sw
        >>> request = '''
        ...     trace {0}
        ...     shop GET    0..{1}
        ...       db query  5..{1}
        ... '''
        >>> text = [request.format(at, 15 if at < 18 else 95) for at in range(1, 21)]
        >>> found = sw.notation("".join(text)).bottlenecks(requests=3)
        >>> found.select("operation", "times", "slow_requests", "fast_requests").rows()
        [('query', 9.0, 3, 17)]
        """
        _, arguments = bottleneck_question(
            slow_percentile=slow_percentile,
            fast_percentile=fast_percentile,
            share=share,
            times=times,
            requests=requests,
            root_operation=root_operation,
        )
        return frame(self._inner.bottlenecks(arguments))

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

    def hot_keys(
        self,
        *,
        by: Sequence[str] | None = None,
        gini: float = 0.6,
        times: float = 10.0,
        calls: int = 20,
    ) -> pl.DataFrame:
        """Tenants, partitions and keys that take far more of an operation than others.

        The keys of an operation are the values that its spans or their resources
        have of an attribute, and the time of a key is the self time of its spans.
        An operation has a hot key where times are spread unevenly (``gini``), the
        key with the most time has many times that of the median key, and it has
        so many calls that no single slow span makes it hot. ``evidence`` says
        whether it has more calls, longer ones or throttled ones.

        Args:
            by: The attributes whose values are keys; those of partitions, tenants,
                customers, accounts and buckets if ``None``.
            gini: Times are spread over keys so unevenly, from 0 to 1.
            times: The hottest key has so many times what the median key has.
            calls: The hottest key has so many calls.

        Raises:
            UsageError: ``gini`` or ``times`` is out of its range.

        >>> import spanwise as sw
        >>> request = '''
        ...     trace {0}
        ...     shop GET  0..10  server shop.id={1}
        ... '''
        >>> text = [request.format(at, at if at < 9 else 0) for at in range(1, 51)]
        >>> found = sw.notation("".join(text)).hot_keys(by=["shop.id"])
        >>> found.select("attribute", "top_key", "top_calls", "evidence").rows()
        [('shop.id', '0', 42, ['more calls'])]
        """
        _, arguments = key_question(by=by, gini=gini, times=times, calls=calls)
        return frame(self._inner.hot_keys(arguments))

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
        where spans take the longer themselves the more are in flight,
        ``ceiling`` where a limit may cap what is in flight, and ``cold_start``
        where an instance that began later was slow at first (``warm_up``). By
        level, latency stands against load, with its knee.

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
