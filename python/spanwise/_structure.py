"""How the spans and services of a set of traces hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise._asked import Asked
from spanwise._frame import frame
from spanwise._service_graph import ServiceGraph

if TYPE_CHECKING:
    import polars as pl


class Structure(Asked):
    """Questions about edges: who calls whom, in which order, and what fails by it."""

    __slots__ = ()

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
