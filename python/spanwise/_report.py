"""Reports for people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from spanwise import _arguments, _native
from spanwise._read import read
from spanwise._traces import Traces

if TYPE_CHECKING:
    import os


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """A report in Markdown, which a notebook shows as such."""

    markdown: str
    """The text, in the Markdown of GitHub."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the text to a file."""
        Path(path).write_text(self.markdown, encoding="utf-8")

    def __str__(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<Report: {self.markdown.partition(chr(10))[0].lstrip('# ')}>"

    def _repr_markdown_(self) -> str:
        return self.markdown


def report(
    traces: Traces | _arguments.Source,
    *,
    baseline: Traces | _arguments.Source | None = None,
    title: str | None = None,
) -> Report:
    """What was read, why it is slow, why it fails, what changed, who calls whom.

    Args:
        traces: Traces, or what :func:`read` takes.
        baseline: Traces of a healthy time to compare with, or what
            :func:`read` takes.
        title: The title.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60
    ... ''')
    >>> print(sw.report(traces, title="Slow carts"))
    # Slow carts
    ...
    """
    read_traces = _traces(traces)
    healthy = None if baseline is None else _traces(baseline)._inner
    return Report(_native.report(read_traces._inner, healthy, title))


def _traces(source: Traces | _arguments.Source) -> Traces:
    return source if isinstance(source, Traces) else read(source)
