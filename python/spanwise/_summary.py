"""What was read, in counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from spanwise import _arguments

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class FileSummary:
    """What one file held."""

    path: str
    """The path, as it was named."""
    format: str
    """The format's name; empty where it was not recognised."""
    spans: int
    """Records of spans."""
    orphans: int
    """Those whose parent is named but nowhere in the input."""
    truncated: bool
    """True where it ended too early; what stood before was read."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with the input, of one kind and service."""

    issue: str
    """The kind, such as ``orphan`` or ``clock_offset``."""
    service: str
    """The service; empty where none is known."""
    count: int
    """How often."""
    total_time_ns: int | None
    """How long what is wrong is, all together; see :meth:`Traces.issues`."""
    max_time_ns: int | None
    """How long the longest of it is."""
    examples: tuple[str, ...]
    """The smallest few places: file, record and offset, or trace and span."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was read, in counts; see :meth:`Traces.summary`.

    Counts of records (``spans``, ``roots``, ``orphans``, ``errors``, ``links``,
    ``events``) are as the files have them; ``rows`` counts spans after equal
    records are folded and shared ids split.

    >>> import spanwise as sw
    >>> summary = sw.notation("cart GET 0..5").summary()
    >>> summary.traces, summary.spans, summary.duration
    (1, 1, datetime.timedelta(microseconds=5000))
    """

    files: tuple[FileSummary, ...]
    """The files, in the order in which they were read."""
    traces: int
    """Traces."""
    spans: int
    """Records of spans."""
    services: int
    """Services."""
    operations: int
    """Operations: distinct service, name and kind."""
    roots: int
    """Records without a parent."""
    orphans: int
    """Records whose parent is named but nowhere in the input."""
    errors: int
    """Records that the format itself flags as errors."""
    links: int
    """Links, and references that are no parent."""
    events: int
    """Events."""
    start_unix_nano: int | None
    """The first start, nanoseconds since the epoch; ``None`` without spans."""
    end_unix_nano: int | None
    """The last end, nanoseconds since the epoch; ``None`` without spans."""
    issues: tuple[Issue, ...]
    """What is wrong with the input, by kind and service."""
    rows: int
    """Spans after folding and splitting."""

    @property
    def start(self) -> datetime | None:
        """The first start in UTC, cut to microseconds."""
        return _datetime(self.start_unix_nano)

    @property
    def end(self) -> datetime | None:
        """The last end in UTC, cut to microseconds."""
        return _datetime(self.end_unix_nano)

    @property
    def duration(self) -> timedelta:
        """First start to last end, cut to microseconds."""
        return _arguments.to_timedelta((self.end_unix_nano or 0) - (self.start_unix_nano or 0))

    def to_dict(self) -> dict[str, Any]:
        """The same as plain dictionaries and lists.

        >>> import spanwise as sw
        >>> sw.notation("cart GET 0..5").summary().to_dict()["services"]
        1
        """
        return asdict(self)

    def __repr__(self) -> str:
        return (
            f"<Summary: {count(self.traces, 'trace')}, {count(self.spans, 'span')}, "
            f"{count(self.services, 'service')}, {count(self.errors, 'error')}, "
            f"{count(self.orphans, 'orphan')}>"
        )

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self._lines())
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self._lines())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        del include, exclude
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in self._lines()
        )
        return {"text/plain": str(self), "text/html": f"<table>{rows}</table>"}

    def _lines(self) -> list[tuple[str, str]]:
        formats = sorted({file.format for file in self.files if file.format})
        issues = sum(issue.count for issue in self.issues)
        return [
            ("files", f"{len(self.files):,} ({', '.join(formats)})" if formats else "0"),
            ("traces", f"{self.traces:,}"),
            ("spans", f"{self.spans:,}"),
            ("services", f"{self.services:,}"),
            ("operations", f"{self.operations:,}"),
            ("roots", f"{self.roots:,}"),
            ("orphans", f"{self.orphans:,}"),
            ("errors", f"{self.errors:,}"),
            ("start", self.start.isoformat() if self.start else "-"),
            ("end", self.end.isoformat() if self.end else "-"),
            ("issues", f"{issues:,}"),
        ]


def summary(document: dict[str, Any]) -> Summary:
    """The summary of a document of the JSON contract."""
    issues = (dict(issue, examples=tuple(issue["examples"])) for issue in document["issues"])
    parts = {
        "files": tuple(FileSummary(**file) for file in document["files"]),
        "issues": tuple(Issue(**issue) for issue in issues),
    }
    return Summary(**{**document, **parts})


def _datetime(unix_nano: int | None) -> datetime | None:
    return None if unix_nano is None else _arguments.to_datetime(unix_nano)


def count(number: int, noun: str) -> str:
    """A number and its noun.

    >>> count(1, "trace"), count(1200, "span")
    ('1 trace', '1,200 spans')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
