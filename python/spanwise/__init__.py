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

from spanwise import errors
from spanwise._compare import compare, compare_windows
from spanwise._convert import convert, formats
from spanwise._native import __version__
from spanwise._read import notation, read
from spanwise._report import Report, report
from spanwise._service_graph import ServiceGraph
from spanwise._simulate import Fault, Simulation, Truth, simulate
from spanwise._summary import FileSummary, Issue, Summary
from spanwise._trace import Trace
from spanwise._traces import Traces
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
    "ReadError",
    "Report",
    "ServiceGraph",
    "Simulation",
    "SpanwiseError",
    "StrictError",
    "Summary",
    "Trace",
    "Traces",
    "Truth",
    "UsageError",
    "__version__",
    "compare",
    "compare_windows",
    "convert",
    "errors",
    "formats",
    "notation",
    "read",
    "report",
    "simulate",
]
