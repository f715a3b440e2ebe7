"""Shapes of the dictionaries that go between the halves of the package."""

from __future__ import annotations

from typing import TypeAlias, TypedDict


class Limits(TypedDict, total=False):
    """Guards against hostile input, each for one file."""

    file_bytes: int
    """The most bytes after decompression."""
    ratio: int
    """The most bytes that one compressed byte may become."""
    entries: int
    """The most entries of archives together."""
    layers: int
    """The most layers of compression and archives around one another."""
    text_bytes: int
    """The longest text in one field, in bytes."""
    attributes: int
    """The most attributes of one span, event or link."""
    depth: int
    """The deepest nesting of a document or of an attribute's value."""


class Columns(TypedDict):
    """Which columns of a table of spans hold what."""

    columns: list[tuple[str, str]]
    units: list[tuple[str, str]]


class ReadArguments(TypedDict):
    """What a read is told."""

    attributes: str | list[str]
    strict: bool
    threads: int | None
    format: str | None
    limits: dict[str, int]
    mapping: Columns
    filter: FilterArguments


class CriticalPathArguments(TypedDict):
    """What the critical path is told."""

    by: str
    percentile: float | None
    band: tuple[float, float] | None
    root_operation: str | None


class LoadArguments(TypedDict):
    """What counts over time are told."""

    by: str
    bucket_ns: int
    bands: int


class WhatIfArguments(TypedDict):
    """What is changed, and of which spans."""

    own_time_thousandths: int | None
    cap_ns: int | None
    drop_retries: bool
    parallel: bool
    remove_errors: bool
    service: str | None
    operation: str | None
    attribute: tuple[str, str] | None
    root_operation: str | None


class BottlenecksArguments(TypedDict):
    """Who is slow, who is fast, and from where on it matters."""

    slow_percentile: float
    fast_percentile: float
    share: float
    times: float
    requests: int
    root_operation: str | None


class HotKeysArguments(TypedDict):
    """What a key is, and from where on it is hot."""

    by: list[str] | None
    gini: float
    times: float
    calls: int


class ShapeProblemsArguments(TypedDict):
    """From where on something is a problem."""

    traces: int | None
    repeated_calls: int
    repeated_ns: int
    saved_ns: int
    tail_ratio: int
    chatty_calls: int


Question: TypeAlias = (
    str
    | tuple[str, str]
    | tuple[str, CriticalPathArguments]
    | tuple[str, BottlenecksArguments]
    | tuple[str, HotKeysArguments]
    | tuple[str, ShapeProblemsArguments]
    | tuple[str, LoadArguments]
)
"""An analysis by name, with what it is told."""


class FilterArguments(TypedDict):
    """The conditions of a filter."""

    services: list[str]
    operations: list[str]
    root_operation: str | None
    min_duration_ns: int | None
    max_duration_ns: int | None
    error: bool | None
    since_unix_nano: int | None
    until_unix_nano: int | None
    attributes: list[tuple[str, str]]
    trace_ids: list[str]


class ScanArguments(TypedDict):
    """What a scan is told."""

    memory_bytes: int | None
    spill: str | None
    complete: bool
    resume: str | None
    filter: FilterArguments
    blocking: str | None
    tolerance_ns: int | None
    clock: str | None


class ListingArguments(TypedDict):
    """A listing by name, with what it is told."""

    name: str
    columns: tuple[list[str], bool, list[str]]
    expression: str | None
    percentile: bool
    view: str | None
    sort: str | None
    limit: int | None


class ListingOptions(TypedDict, total=False):
    """What a listing is told besides its name and columns."""

    expression: str
    percentile: bool
    view: str
    sort: str | None
    limit: int | None


class WriteArguments(TypedDict):
    """How spans are written."""

    format: str
    anonymise: tuple[str, int] | None


class FaultArguments(TypedDict):
    """A fault of a simulation."""

    kind: str
    service: str | None
    operation: str | None
    severity: float | None
    from_ns: int
    until_ns: int | None


class SimulateArguments(TypedDict):
    """What a simulation is told."""

    requests: int
    seed: int
    rate: float
    start_unix_nano: int | None
    clock_skew_ns: int
    faults: list[FaultArguments]
    output: tuple[str, str] | None
