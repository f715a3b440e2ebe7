"""Rows of what a set of traces holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spanwise import _arguments
from spanwise._asked import Asked
from spanwise._frame import frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


class Listings(Asked):
    """What stands in the traces, a row a trace, span, event, link or issue."""

    __slots__ = ()

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
