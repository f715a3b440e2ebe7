"""What changed between a healthy time and an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from spanwise import _arguments, _native
from spanwise._frame import frame
from spanwise._read import read
from spanwise._traces import Traces

if TYPE_CHECKING:
    import polars as pl

Window: TypeAlias = tuple[_arguments.Time, _arguments.Time]
"""From (inclusive) and to (exclusive)."""


def compare(
    baseline: Traces | _arguments.Source, incident: Traces | _arguments.Source
) -> pl.DataFrame:
    """What changed between two sets of traces, operation by operation.

    Times and calls are per request, and requests of different root operations
    are weighted as in the incident, so a changed mix of requests is no change.
    ``change_critical_time`` sums over all rows to the change of the mean
    duration of a request, and says for each operation what of it it caused; the
    rows are sorted by it.

    Args:
        baseline: Traces of a healthy time, or what :func:`read` takes.
        incident: Traces of the incident, or what :func:`read` takes.

    >>> import spanwise as sw
    >>> healthy = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60
    ... ''')
    >>> slow = sw.notation('''
    ...     frontend GET /cart   0..150
    ...       cart GetCart      10..110
    ... ''')
    >>> sw.compare(healthy, slow).select("service", "change_critical_time").rows()
    [('cart', datetime.timedelta(microseconds=50000)), ('frontend', datetime.timedelta(0))]
    """
    return frame(_native.compare(_traces(baseline)._inner, _traces(incident)._inner))


def compare_windows(
    traces: Traces | _arguments.Source, *, baseline: Window, incident: Window
) -> pl.DataFrame:
    """What changed between two windows of time of one set of traces.

    A trace belongs to the window in which its primary root starts.

    Args:
        traces: Traces of both times, or what :func:`read` takes.
        baseline: The healthy window: from (inclusive) and to (exclusive), each
            RFC 3339, an epoch number, nanoseconds or a datetime.
        incident: The window of the incident.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     cart GET    0..10
    ...     trace 2
    ...     cart GET 2000..2030
    ... ''')
    >>> second = 1_000_000_000
    >>> changes = sw.compare_windows(
    ...     traces, baseline=(0, second), incident=(2 * second, 3 * second)
    ... )
    >>> changes.get_column("change_critical_time").to_list()
    [datetime.timedelta(microseconds=20000)]
    """
    windows = [
        (_arguments.time_ns(begin), _arguments.time_ns(end)) for begin, end in (baseline, incident)
    ]
    return frame(_native.compare_windows(_traces(traces)._inner, *windows))


def _traces(source: Traces | _arguments.Source) -> Traces:
    return source if isinstance(source, Traces) else read(source)
