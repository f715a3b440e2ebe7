"""Distributed trace analysis: from exported spans to where the time went.

spanwise reads traces as people export them (OTLP, Jaeger, Zipkin; files,
folders, globs, compressed or not), puts every request together as a tree of
spans, and answers in polars frames: critical paths, hotspots, where errors
began and how they spread, who calls whom, and what changed between a healthy
window and an incident.

>>> import spanwise as sw
>>> traces = sw.notation('''
...     frontend GET /cart   0..100
...       cart GetCart      10..60
...         redis HGET      20..50
... ''')
>>> traces
<Traces: 1 trace, 3 spans, 3 services>
>>> traces.critical_path().select("service", "operation", "critical_time").rows()
[('frontend', 'GET /cart', datetime.timedelta(microseconds=50000)),
 ('redis', 'HGET', datetime.timedelta(microseconds=30000)),
 ('cart', 'GetCart', datetime.timedelta(microseconds=20000))]

All time is whole nanoseconds: durations are ``Duration("ns")`` columns, times
``Datetime("ns", "UTC")``, and names that end in ``_ns`` or ``_unix_nano`` are
integers. Objects are frozen: a filter or another policy gives a new one.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from spanwise import errors
    from spanwise._compare import compare, compare_windows
    from spanwise._convert import convert, formats
    from spanwise._native import __version__
    from spanwise._partials import Partials, merge
    from spanwise._read import from_arrow, notation, read
    from spanwise._report import Report, report
    from spanwise._scan import Scan, scan
    from spanwise._service_graph import ServiceGraph
    from spanwise._simulate import Fault, Simulation, Truth, simulate
    from spanwise._summary import FileSummary, Issue, Summary
    from spanwise._trace import Trace
    from spanwise._traces import Traces
    from spanwise._write import Written
    from spanwise.errors import (
        FormatError,
        LimitError,
        MergeError,
        NoSpansError,
        NotFoundError,
        ReadError,
        SpanwiseError,
        StrictError,
        UsageError,
    )

__all__ = [
    "Fault",
    "FileSummary",
    "FormatError",
    "Issue",
    "LimitError",
    "MergeError",
    "NoSpansError",
    "NotFoundError",
    "Partials",
    "ReadError",
    "Report",
    "Scan",
    "ServiceGraph",
    "Simulation",
    "SpanwiseError",
    "StrictError",
    "Summary",
    "Trace",
    "Traces",
    "Truth",
    "UsageError",
    "Written",
    "__version__",
    "compare",
    "compare_windows",
    "convert",
    "errors",
    "formats",
    "from_arrow",
    "merge",
    "notation",
    "read",
    "report",
    "scan",
    "simulate",
]

_HOMES = {
    "FileSummary": "_summary",
    "Issue": "_summary",
    "Summary": "_summary",
    "Fault": "_simulate",
    "Simulation": "_simulate",
    "Truth": "_simulate",
    "simulate": "_simulate",
    "Partials": "_partials",
    "merge": "_partials",
    "Report": "_report",
    "report": "_report",
    "Scan": "_scan",
    "scan": "_scan",
    "ServiceGraph": "_service_graph",
    "Trace": "_trace",
    "Traces": "_traces",
    "compare": "_compare",
    "compare_windows": "_compare",
    "Written": "_write",
    "convert": "_convert",
    "formats": "_convert",
    "from_arrow": "_read",
    "notation": "_read",
    "read": "_read",
    "__version__": "_native",
}


def __getattr__(name: str) -> object:
    """Loads what is asked for, so that the command line loads the engine alone."""
    from importlib import import_module  # noqa: PLC0415 - only when it is needed.

    if name == "errors":
        return import_module("spanwise.errors")
    if name not in __all__:
        raise AttributeError(f"module 'spanwise' has no attribute {name!r}")
    home = import_module(f"spanwise.{_HOMES.get(name, 'errors')}")
    value: object = getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
