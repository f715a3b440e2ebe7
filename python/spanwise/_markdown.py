"""Texts in Markdown, which notebooks show as such."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
