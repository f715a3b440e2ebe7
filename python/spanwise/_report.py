"""Reports for people."""

from __future__ import annotations

from types import NoneType
from typing import TypeAlias

from spanwise import _arguments, _native
from spanwise._markdown import Report
from spanwise._partials import Partials
from spanwise._read import read
from spanwise._scan import Scan
from spanwise._traces import Traces

__all__ = ["Report", "report"]

Reported: TypeAlias = Traces | Scan | Partials | _arguments.Source
"""Traces, a scan, partials, or what :func:`read` takes."""


def report(
    traces: Reported,
    *,
    baseline: Reported | None = None,
    title: str | None = None,
) -> Report:
    """What was read, why it is slow, why it fails, what changed, who calls whom.

    Args:
        traces: Traces, a scan, partials, or what :func:`read` takes. Partials
            must be of ``"critical_path"``, ``"errors"`` and ``"dependencies"``,
            and of ``"compare"`` where there is a baseline; what slow requests wait
            for, what to fix first and the shape of calls are told where they are
            of ``"bottlenecks"``, ``"what_if"`` and ``"shape_problems"``.
        baseline: The same of a healthy time to compare with: a scan or partials
            where the other is one.
        title: The title.

    Raises:
        NotFoundError: Partials of an analysis are missing.
        TypeError: The baseline is of another type.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60
    ... ''')
    >>> print(sw.report(traces, title="Slow carts"))
    # Slow carts
    ...
    """
    if isinstance(traces, Scan) and isinstance(baseline, Scan | NoneType):
        return traces.report(baseline=baseline, title=title)
    if isinstance(traces, Partials) and isinstance(baseline, Partials | NoneType):
        return traces.report(baseline=baseline, title=title)
    read_traces = _traces(traces)
    healthy = None if baseline is None else _traces(baseline)._inner
    return Report(_native.report(read_traces._inner, healthy, title))


def _traces(source: Reported) -> Traces:
    if isinstance(source, Scan | Partials):
        raise TypeError("scans and partials are compared with their like alone")
    return source if isinstance(source, Traces) else read(source)
