"""Conditions that choose traces, as the engine takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from spanwise import _arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from spanwise._typing import FilterArguments


class Conditions(TypedDict, total=False):
    """What one span of a chosen trace meets; see :meth:`Traces.filter`."""

    service: str | Sequence[str] | None
    operation: str | Sequence[str] | None
    root_operation: str | None
    min_duration: _arguments.Duration | None
    max_duration: _arguments.Duration | None
    error: bool | None
    since: _arguments.Time | None
    until: _arguments.Time | None
    attribute: Mapping[str, object] | None
    trace_ids: str | Sequence[str] | None


def filter_arguments(conditions: Conditions) -> FilterArguments:
    """The conditions as the engine takes them.

    >>> arguments = filter_arguments({"service": "cart", "min_duration": "1ms"})
    >>> arguments["services"], arguments["min_duration_ns"], arguments["error"]
    (['cart'], 1000000, None)
    """
    duration_ns, time_ns = _arguments.optional_duration_ns, _arguments.optional_time_ns
    attributes = conditions.get("attribute") or {}
    return {
        "services": _names(conditions.get("service")),
        "operations": _names(conditions.get("operation")),
        "root_operation": conditions.get("root_operation"),
        "min_duration_ns": duration_ns(conditions.get("min_duration")),
        "max_duration_ns": duration_ns(conditions.get("max_duration")),
        "error": conditions.get("error"),
        "since_unix_nano": time_ns(conditions.get("since")),
        "until_unix_nano": time_ns(conditions.get("until")),
        "attributes": [(key, _text(value)) for key, value in attributes.items()],
        "trace_ids": _names(conditions.get("trace_ids")),
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _names(names: str | Sequence[str] | None) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)
