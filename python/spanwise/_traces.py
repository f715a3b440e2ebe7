"""A set of traces, the views of it, and what it holds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Literal

from spanwise import _arguments
from spanwise._filter import filter_arguments
from spanwise._latency import Latency
from spanwise._listings import Listings
from spanwise._structure import Structure
from spanwise._summary import Summary, count, summary
from spanwise._trace import Trace
from spanwise._write import Written, shift_ns, write_arguments, written
from spanwise.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    from spanwise._filter import Conditions


class Traces(Listings, Latency, Structure):
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

    __slots__ = ()

    def summary(self) -> Summary:
        """What was read, in counts.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").summary().spans
        1
        """
        return summary(self._inner.summary())

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
