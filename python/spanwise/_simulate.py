"""Simulated traces with known faults."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from spanwise import _arguments, _native
from spanwise._traces import Traces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spanwise._typing import FaultArguments, SimulateArguments

FaultKind: TypeAlias = Literal[
    "slow-dependency",
    "error",
    "n-plus-one",
    "retry-storm",
    "lock-contention",
    "queue-backlog",
]
"""A kind of fault."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong in a simulation, where, when and how badly.

    >>> Fault("error", service="payments", severity=0.1).kind
    'error'
    """

    kind: FaultKind
    """What goes wrong."""
    service: str | None = None
    """The service at fault; chosen by the kind if ``None``."""
    operation: str | None = None
    """The operation at fault; the busiest of the service if ``None``."""
    severity: float | None = None
    """How badly: how many times slower (slow-dependency), the share of requests
    that fail (error, retry-storm), the number of queries (n-plus-one), or how
    much work arrives in the time in which one unit can be done."""
    begin: _arguments.Duration = 0
    """When it begins, from the start of the simulation."""
    end: _arguments.Duration | None = None
    """When it ends, from the start of the simulation; never if ``None``."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was wrong in a simulation, and what a correct tool says about it."""

    fault: str
    """The kind of fault."""
    service: str
    """The service at fault."""
    operation: str
    """The operation at fault."""
    span: str
    """The name of the spans that show it most directly."""
    from_unix_nano: int
    """When it began, nanoseconds since the epoch."""
    until_unix_nano: int | None
    """When it ended; ``None`` where it lasted to the end."""
    severity: float
    """How bad it was; see :class:`Fault`."""
    roots: tuple[str, ...]
    """The root operations that could feel it, service before operation."""
    finding: str
    """What a correct tool says."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Simulated traces, and the truth about them."""

    traces: Traces
    """The traces."""
    truth: tuple[Truth, ...]
    """The truth about each fault."""


def simulate(
    requests: int = 1_000,
    *,
    seed: int = 1,
    faults: Sequence[FaultKind | Fault] = (),
    rate: float = 50.0,
    start: _arguments.Time | None = None,
    clock_skew: _arguments.Duration = 0,
    output: str | os.PathLike[str] | None = None,
    to: str = "otlp-json",
) -> Simulation:
    """Simulates a shop of some services, and what goes wrong in it.

    The same arguments give the same spans, on every machine.

    Args:
        requests: How many requests there are.
        seed: What all chance comes from.
        faults: What goes wrong: kinds, or :class:`Fault` for the details.
        rate: Requests a second, on average.
        start: When it begins; some fixed day if ``None``.
        clock_skew: How far the clock of a host is off at most.
        output: A file to write all spans to, besides.
        to: The format of that file, one of :func:`formats` with ``written``.

    Returns:
        The traces, and the truth about each fault.

    Raises:
        UsageError: There is no such fault, or nothing that can have it.

    >>> import spanwise as sw
    >>> simulation = sw.simulate(20, seed=7, faults=["error"])
    >>> simulation.truth[0].service
    'payments'
    """
    arguments: SimulateArguments = {
        "requests": requests,
        "seed": seed,
        "rate": rate,
        "start_unix_nano": _arguments.optional_time_ns(start),
        "clock_skew_ns": _arguments.duration_ns(clock_skew),
        "faults": [_fault(fault) for fault in faults],
        "output": None if output is None else (os.fspath(output), to),
    }
    traces, truths = _native.simulate(arguments)
    return Simulation(Traces(traces), tuple(_truth(text) for text in truths))


def _fault(fault: FaultKind | Fault) -> FaultArguments:
    whole = Fault(fault) if isinstance(fault, str) else fault
    return {
        "kind": whole.kind,
        "service": whole.service,
        "operation": whole.operation,
        "severity": whole.severity,
        "from_ns": _arguments.duration_ns(whole.begin),
        "until_ns": _arguments.optional_duration_ns(whole.end),
    }


def _truth(text: str) -> Truth:
    document = json.loads(text)
    document["roots"] = tuple(document["roots"])
    return Truth(**document)
