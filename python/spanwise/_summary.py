"""What was read, in counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from spanwise import _arguments

if TYPE_CHECKING:
    from datetime import datetime, timedelta

MIMETYPES = ("text/plain", "text/html")


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


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with the input, of one kind and service."""

    issue: str
    """The kind, such as ``orphan`` or ``clock_offset``."""
    service: str
    """The service; empty where none is known."""
    count: int
    """How often."""
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
    start_unix_nano: int
    """The first start, nanoseconds since the epoch."""
    end_unix_nano: int
    """The last end, nanoseconds since the epoch."""
    issues: tuple[Issue, ...]
    """What is wrong with the input, by kind and service."""
    rows: int
    """Spans after folding and splitting."""

    @property
    def start(self) -> datetime:
        """The first start in UTC, cut to microseconds."""
        return _arguments.to_datetime(self.start_unix_nano)

    @property
    def end(self) -> datetime:
        """The last end in UTC, cut to microseconds."""
        return _arguments.to_datetime(self.end_unix_nano)

    @property
    def duration(self) -> timedelta:
        """First start to last end, cut to microseconds."""
        return _arguments.to_timedelta(self.end_unix_nano - self.start_unix_nano)

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

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
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
            ("start", self.start.isoformat()),
            ("end", self.end.isoformat()),
            ("issues", f"{issues:,}"),
        ]


def summary(document: dict[str, Any]) -> Summary:
    """The summary of a document of the JSON contract."""
    names = Summary.__dataclass_fields__.keys() - {"files", "issues"}
    return Summary(
        files=tuple(
            FileSummary(file["path"], file["format"], file["spans"], file["orphans"])
            for file in document["files"]
        ),
        issues=tuple(
            Issue(row["issue"], row["service"], row["count"], tuple(row["examples"]))
            for row in document["issues"]
        ),
        **{name: document[name] for name in names},
    )


def count(number: int, noun: str) -> str:
    """A number and its noun.

    >>> count(1, "trace"), count(1200, "span")
    ('1 trace', '1,200 spans')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
