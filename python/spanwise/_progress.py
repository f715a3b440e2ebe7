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
"""Called with the bytes read and the bytes in all (0 where not known)."""

_PATIENCE_SECONDS = 0.5
_MEGABYTE = 1_000_000


class Display:
    """Shows progress on a terminal or in a notebook, and takes it away again."""

    __slots__ = ("_begun", "_handle", "_notebook")

    def __init__(self, *, notebook: bool) -> None:
        self._begun = time.monotonic()
        self._handle: Any = None
        self._notebook = notebook

    def __call__(self, done: int, total: int) -> None:
        """Shows how far it is."""
        if time.monotonic() - self._begun < _PATIENCE_SECONDS:
            return
        if self._notebook:
            self._update({"text/plain": line(done, total), "text/html": bar(done, total)})
        else:
            self._handle = True
            sys.stderr.write(f"\r\x1b[K{line(done, total)}")
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
def shown(wanted: bool | Show | None) -> Iterator[Show | None]:  # noqa: FBT001 - a plain question.
    """What shows progress here: nothing in batch, unless it is ``wanted``.

    It is taken away at the end.

    >>> with shown(False) as show:
    ...     print(show)
    None
    """
    if callable(wanted):
        yield wanted
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


def line(done: int, total: int) -> str:
    """One line that says how far it is.

    >>> line(12_000_000, 48_000_000)
    'reading 12 of 48 MB (25%)'
    >>> line(12_000_000, 0)
    'reading 12 MB'
    """
    if total == 0:
        return f"reading {done // _MEGABYTE} MB"
    share = 100 * done // total
    return f"reading {done // _MEGABYTE} of {total // _MEGABYTE} MB ({share}%)"


def bar(done: int, total: int) -> str:
    """The same as a bar in HTML.

    >>> bar(12_000_000, 48_000_000)
    '<progress value="12000000" max="48000000"></progress> reading 12 of 48 MB (25%)'
    """
    extent = f' value="{done}" max="{total}"' if total else ""
    return f"<progress{extent}></progress> {line(done, total)}"
