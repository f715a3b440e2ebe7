"""What is asked of the engine: analyses by name, with what they are told."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from spanwise import _arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spanwise._typing import (
        BottlenecksArguments,
        CriticalPathArguments,
        HotKeysArguments,
        LoadArguments,
        Question,
        ShapeProblemsArguments,
    )

_GROUPINGS: dict[str, tuple[str, ...]] = {
    "critical_path": ("operation", "service", "path"),
    "time_kinds": ("kind",),
    "call_tree": ("path",),
    "concurrency": ("time",),
    "heat_map": ("operation", "request"),
    "hotspots": ("operation", "service"),
    "slack": ("operation",),
    "flows": ("hop",),
    "clocks": ("clock",),
    "errors": ("operation", "service", "type"),
}
AGGREGATES = (
    *_GROUPINGS,
    "sibling_order",
    "bottlenecks",
    "what_if",
    "shape_problems",
    "hot_keys",
    "dependencies",
    "completeness",
    "compare",
)
"""The names of the analyses whose partials merge."""


def path_question(
    by: str = "operation",
    percentile: float | None = None,
    band: tuple[float, float] | None = None,
    root_operation: str | None = None,
) -> tuple[str, CriticalPathArguments]:
    """The critical path with what it is told."""
    arguments: CriticalPathArguments = {
        "by": by,
        "percentile": percentile,
        "band": band,
        "root_operation": root_operation,
    }
    return ("critical_path", arguments)


def time_question(
    by: str = "kind",
    percentile: float | None = None,
    band: tuple[float, float] | None = None,
    root_operation: str | None = None,
) -> tuple[str, CriticalPathArguments]:
    """The kinds of time with what they are told."""
    _, arguments = path_question(by, percentile, band, root_operation)
    return ("time_kinds", arguments)


def tree_question(
    by: str = "path",
    percentile: float | None = None,
    band: tuple[float, float] | None = None,
    root_operation: str | None = None,
) -> tuple[str, CriticalPathArguments]:
    """The call tree with what it is told."""
    _, arguments = path_question(by, percentile, band, root_operation)
    return ("call_tree", arguments)


def bottleneck_question(
    *,
    slow_percentile: float = 90.0,
    fast_percentile: float = 50.0,
    share: float = 0.2,
    times: float = 2.0,
    requests: int = 30,
    root_operation: str | None = None,
) -> tuple[str, BottlenecksArguments]:
    """Bottlenecks with what they are told."""
    arguments: BottlenecksArguments = {
        "slow_percentile": _arguments.between("slow_percentile", slow_percentile, 100),
        "fast_percentile": _arguments.between("fast_percentile", fast_percentile, 100),
        "share": _arguments.between("share", share, 1),
        "times": _arguments.between("times", times, inf),
        "requests": requests,
        "root_operation": root_operation,
    }
    return ("bottlenecks", arguments)


def shape_question(
    *,
    traces: int | None = None,
    repeated_calls: int = 5,
    repeated_time: _arguments.Duration = "50ms",
    saved_time: _arguments.Duration = "20ms",
    tail_ratio: int = 3,
    chatty_calls: int = 20,
) -> tuple[str, ShapeProblemsArguments]:
    """Shape problems with what they are told."""
    arguments: ShapeProblemsArguments = {
        "traces": traces,
        "repeated_calls": repeated_calls,
        "repeated_ns": _arguments.duration_ns(repeated_time),
        "saved_ns": _arguments.duration_ns(saved_time),
        "tail_ratio": tail_ratio,
        "chatty_calls": chatty_calls,
    }
    return ("shape_problems", arguments)


def key_question(
    *,
    by: Sequence[str] | None = None,
    gini: float = 0.6,
    times: float = 10.0,
    calls: int = 20,
) -> tuple[str, HotKeysArguments]:
    """Hot keys with what they are told."""
    attributes = None if by is None else list(by)
    arguments: HotKeysArguments = {
        "by": attributes,
        "gini": _arguments.between("gini", gini, 1),
        "times": _arguments.between("times", times, inf),
        "calls": calls,
    }
    return ("hot_keys", arguments)


def load_question(
    by: str = "time", bucket: _arguments.Duration = "1s"
) -> tuple[str, LoadArguments]:
    """Concurrency with what it is told."""
    return ("concurrency", _loads(by, bucket))


def map_question(
    by: str = "operation", bucket: _arguments.Duration = "1s", bands: int = 2
) -> tuple[str, LoadArguments]:
    """A heat map with what it is told."""
    return ("heat_map", _loads(by, bucket, bands))


def _loads(by: str, bucket: _arguments.Duration, bands: int = 2) -> LoadArguments:
    return {"by": by, "bucket_ns": _arguments.duration_ns(bucket), "bands": bands}


def _told(name: str, by: str) -> Question:
    """An analysis grouped in this way."""
    if name in _WITH_REQUESTS:
        return _WITH_REQUESTS[name](by)
    if name in _OVER_TIME:
        return _OVER_TIME[name](by)
    return (name, by)


_WITH_REQUESTS = {
    "critical_path": path_question,
    "time_kinds": time_question,
    "call_tree": tree_question,
}
_OVER_TIME: dict[str, Callable[[str], tuple[str, LoadArguments]]] = {
    "concurrency": load_question,
    "heat_map": map_question,
}


def question(name: str, by: str | None = None) -> Question:
    """An analysis by name, grouped as it is by default or in this way."""
    if name not in _GROUPINGS:
        return name
    return _told(name, by or _GROUPINGS[name][0])


def questions(name: str) -> list[Question]:
    """An analysis by name, in every grouping that it has.

    >>> questions("hotspots"), questions("dependencies")
    ([('hotspots', 'operation'), ('hotspots', 'service')], ['dependencies'])
    """
    return [question(name, by) for by in _GROUPINGS.get(name, (None,))]
