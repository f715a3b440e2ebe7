"""How far a read is, shown to a person who waits.

Nothing is shown in batch: neither where standard error is a file or a pipe,
nor in the first half second, which most reads do not outlast.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Show: TypeAlias = Callable[[int, int], object]
"""Called with the bytes done and the bytes in all (0 where not known): of the
input that is read, and then, where a scan put something into temporary files,
of these."""

Report: TypeAlias = Callable[[int, int, str], object]
"""The same with the name of what is done."""

_PATIENCE_SECONDS = 0.5
_MEGABYTE = 1_000_000
_MINUTE_SECONDS = 60

_RATE_AFTER_SECONDS = 1.0
"""Before this a rate says little."""


class Display:
    """Shows progress on a terminal or in a notebook, and takes it away again."""

    __slots__ = ("_begun", "_handle", "_notebook", "_phase")

    def __init__(self, *, notebook: bool) -> None:
        self._begun = time.monotonic()
        self._handle: Any = None
        self._notebook = notebook
        self._phase = ("", self._begun)

    def __call__(self, done: int, total: int, phase: str = "reading") -> None:
        """Shows how far it is."""
        now = time.monotonic()
        if phase != self._phase[0]:
            self._phase = (phase, now)
        if now - self._begun < _PATIENCE_SECONDS:
            return
        seconds = now - self._phase[1]
        if self._notebook:
            text, html = (make(done, total, phase, seconds) for make in (line, bar))
            self._update({"text/plain": text, "text/html": html})
        else:
            self._handle = True
            sys.stderr.write(f"\r\x1b[K{line(done, total, phase, seconds)}")
            sys.stderr.flush()

    def close(self) -> None:
        """Takes away what is shown."""
        if self._handle is None:
            return
        if self._notebook:
            self._update({"text/plain": "", "text/html": ""})
        else:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _update(self, bundle: dict[str, str]) -> None:
        from IPython import display  # noqa: PLC0415 - only there in a notebook.

        if self._handle is None:
            show: Any = display.display
            self._handle = show(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


@contextmanager
def shown(wanted: bool | Show | None) -> Iterator[Report | None]:  # noqa: FBT001 - a plain question.
    """What shows progress here: nothing in batch, unless it is ``wanted``.

    It is taken away at the end.

    >>> with shown(False) as show:
    ...     print(show)
    None
    """
    if callable(wanted):
        yield lambda done, total, _phase: wanted(done, total)
        return
    notebook = in_notebook()
    if wanted is False or not (wanted or notebook or sys.stderr.isatty()):
        yield None
        return
    display = Display(notebook=notebook)
    try:
        yield display
    finally:
        display.close()


def in_notebook() -> bool:
    """True inside the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


def line(done: int, total: int, phase: str = "reading", seconds: float = 0) -> str:
    """One line that says how far it is, how fast, and how long it will take.

    >>> line(12_000_000, 48_000_000)
    'reading 12 of 48 MB (25%)'
    >>> line(12_000_000, 48_000_000, "analysing", seconds=3)
    'analysing 12 of 48 MB (25%), 4.0 MB/s, 9 s left'
    >>> line(12_000_000, 0, seconds=2)
    'reading 12 MB, 6.0 MB/s'
    """
    rate = done / seconds if seconds >= _RATE_AFTER_SECONDS else 0
    speed = f", {rate / _MEGABYTE:.1f} MB/s" if rate else ""
    if total == 0:
        return f"{phase} {done // _MEGABYTE} MB{speed}"
    share = 100 * done // total
    left = f", {_left((total - done) / rate)} left" if rate else ""
    return f"{phase} {done // _MEGABYTE} of {total // _MEGABYTE} MB ({share}%){speed}{left}"


def _left(seconds: float) -> str:
    if seconds < 2 * _MINUTE_SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE_SECONDS:.0f} min"


def bar(done: int, total: int, phase: str = "reading", seconds: float = 0) -> str:
    """The same as a bar in HTML.

    >>> bar(12_000_000, 48_000_000)
    '<progress value="12000000" max="48000000"></progress> reading 12 of 48 MB (25%)'
    """
    extent = f' value="{done}" max="{total}"' if total else ""
    return f"<progress{extent}></progress> {line(done, total, phase, seconds)}"
