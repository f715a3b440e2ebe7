"""One trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spanwise import _arguments, _native
from spanwise._frame import frame
from spanwise._frozen import Frozen
from spanwise._summary import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    import polars as pl


class Trace(Frozen):
    """One trace of a set.

    In a notebook it shows itself as a waterfall with the critical path marked;
    ``print(trace)`` draws the same in text. It keeps the set it came from
    alive.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60
    ... ''')
    >>> trace = next(iter(traces))
    >>> trace.root, len(trace), trace.duration
    ('frontend GET /cart', 2, datetime.timedelta(microseconds=100000))
    """

    __slots__ = ("_inner",)
    _inner: _native.Trace

    def __init__(self, native: _native.Trace) -> None:
        object.__setattr__(self, "_inner", native)

    @property
    def id(self) -> str:
        """The id: 32 hexadecimal digits, or a word as it came."""
        return self._inner.id

    @property
    def root(self) -> str:
        """Service and operation of the primary root."""
        return " ".join(self._inner.root)

    @property
    def root_span_id(self) -> str:
        """The id of the primary root's span."""
        return self._inner.root_span_id

    @property
    def duration_ns(self) -> int:
        """The duration of the primary root, in nanoseconds."""
        return self._inner.duration_ns

    @property
    def duration(self) -> timedelta:
        """The duration of the primary root, cut to microseconds."""
        return _arguments.to_timedelta(self.duration_ns)

    @property
    def start_unix_nano(self) -> int:
        """The first start of a span, nanoseconds since the epoch."""
        return self._inner.extent_unix_nano[0]

    @property
    def end_unix_nano(self) -> int:
        """The last end of a span, nanoseconds since the epoch."""
        return self._inner.extent_unix_nano[1]

    @property
    def start(self) -> datetime:
        """The first start of a span in UTC, cut to microseconds."""
        return _arguments.to_datetime(self.start_unix_nano)

    @property
    def end(self) -> datetime:
        """The last end of a span in UTC, cut to microseconds."""
        return _arguments.to_datetime(self.end_unix_nano)

    @property
    def services(self) -> list[str]:
        """The names of its services, sorted."""
        return self._inner.services

    @property
    def errors(self) -> int:
        """How many spans err: their outcome is an error for their kind."""
        return self._inner.errors

    @property
    def is_complete(self) -> bool:
        """True where it is one tree under a root and no span lacks its end."""
        return self._inner.is_complete

    @property
    def is_robust(self) -> bool | None:
        """Whether the critical path is the same whatever clocks leave open.

        ``None`` where clocks are taken as they are recorded and the path hangs
        on more than one.

        >>> import spanwise as sw
        >>> next(iter(sw.notation("cart GET 0..5"))).is_robust
        True
        """
        return self._inner.is_robust

    def spans(
        self,
        attributes: Sequence[str] = (),
        *,
        canonical: bool | Sequence[str] = False,
        percentile: bool = False,
    ) -> pl.DataFrame:
        """One row a span, as :meth:`Traces.spans` has them.

        Args:
            attributes: Keys of attributes that become columns.
            canonical: Canonical fields that become columns.
            percentile: Where each span stands among those of all traces.

        >>> import spanwise as sw
        >>> trace = next(iter(sw.notation("cart GET 0..5")))
        >>> trace.spans().get_column("operation").to_list()
        ['GET']
        """
        chosen = _arguments.span_list(attributes, canonical=canonical)
        return frame(self._inner.spans(chosen, percentile))

    def critical_path(self) -> pl.DataFrame:
        """The critical path of the primary component, one row a tile.

        The tiles follow each other without gap or overlap, and their
        ``duration`` sums to that of the root: every nanosecond is given to one
        span. ``tied`` says that the path could as well run elsewhere,
        ``overlapped`` that a child of the span runs meanwhile, ``clipped`` that
        the span was cut to its parent. ``time_kinds`` says what the time was
        spent on, as :meth:`Traces.time_kinds` has it, and ``co_critical`` which
        siblings end at the same time and could stand in the span's place.

        >>> import spanwise as sw
        >>> trace = next(iter(sw.notation('''
        ...     frontend GET /cart   0..100
        ...       cart GetCart      10..60
        ... ''')))
        >>> trace.critical_path().select("service", "duration").rows()
        [('frontend', datetime.timedelta(microseconds=10000)),
         ('cart', datetime.timedelta(microseconds=50000)),
         ('frontend', datetime.timedelta(microseconds=40000))]
        """
        return frame(self._inner.critical_path())

    def to_svg(self) -> str:
        """The waterfall as a figure without script.

        >>> import spanwise as sw
        >>> next(iter(sw.notation("cart GET 0..5"))).to_svg().startswith("<svg")
        True
        """
        return self._inner.svg()

    def to_html(self) -> str:
        """The waterfall as a fragment of HTML without script."""
        return self._inner.html()

    def to_text(self, width: int = 120) -> str:
        """The waterfall as text of ``width`` columns."""
        return self._inner.text(width)

    def __len__(self) -> int:
        return len(self._inner)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trace):
            return NotImplemented
        return self._inner.same(other._inner)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        errors = f", {count(self.errors, 'error')}" if self.errors else ""
        duration = _native.duration_text(self.duration_ns)
        return f"<Trace {self.id}: {self.root}, {duration}, {count(len(self), 'span')}{errors}>"

    def __str__(self) -> str:
        return self.to_text()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude
        return {"text/plain": repr(self), "text/html": self.to_html()}
