"""Ctrl-C, the GIL and progress while the engine works."""

from __future__ import annotations

import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import spanwise as sw
from spanwise import _progress

ENDLESS = 1_000_000_000


def interrupt(work: Callable[[], object]) -> None:
    """Presses Ctrl-C a while into work that would not end by itself.

    Who starts tests in the background may have told the process to ignore it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    faulthandler.dump_traceback_later(60, exit=True)
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        faulthandler.cancel_dump_traceback_later()
    timer.join()
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """A named pipe into which nothing is written before the test ends."""
    path = tmp_path / "pipe.json"
    os.mkfifo(path)
    yield path
    # Lets a reader that is left behind come to its end.
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def test_ctrl_c_stops_a_computation() -> None:
    interrupt(lambda: sw.simulate(ENDLESS))


def test_ctrl_c_stops_a_read_that_waits_for_its_input(pipe: Path) -> None:
    interrupt(lambda: sw.read(pipe))


def test_a_handler_of_signals_may_raise_what_it_likes() -> None:
    class Alarm(Exception):  # noqa: N818 - it is no error.
        pass

    def ring(*_: object) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Alarm):
            sw.simulate(ENDLESS)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_run_meanwhile(pipe: Path) -> None:
    """Python must write the pipe from which the engine reads."""
    writer = threading.Timer(0.1, lambda: pipe.write_bytes(b"cart GET /cart 0..5"))
    writer.start()
    faulthandler.dump_traceback_later(60, exit=True)
    try:
        traces = sw.read(pipe)
    finally:
        faulthandler.cancel_dump_traceback_later()
    writer.join()
    assert traces["1"].root == "cart GET /cart"


def test_results_come_in_threads_too(shop: sw.Traces) -> None:
    tables = []
    threads = [threading.Thread(target=lambda: tables.append(shop.hotspots())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(table.equals(tables[0]) for table in tables)
    assert len(tables) == 4


def test_progress_is_told_to_a_function(tmp_path: Path) -> None:
    big = tmp_path / "big.json"
    sw.simulate(1_500, output=big, to="otlp-json")
    seen: list[tuple[int, int]] = []
    sw.read(big, progress=lambda done, total: seen.append((done, total)))
    size = big.stat().st_size
    assert seen[-1] == (size, size)
    assert all(done <= total == size for done, total in seen)


def test_a_function_that_fails_stops_the_read(pipe: Path) -> None:
    def fail(done: int, total: int) -> None:
        raise ZeroDivisionError((done, total))

    with pytest.raises(ZeroDivisionError):
        sw.read(pipe, progress=fail)


def test_nothing_is_shown_in_batch(export: Path, capfd: pytest.CaptureFixture[str]) -> None:
    sw.read(export)
    assert capfd.readouterr() == ("", "")


def test_a_terminal_shows_a_line_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_progress, "_PATIENCE_SECONDS", 0)
    with _progress.shown(True) as show:  # noqa: FBT003 - a plain question.
        assert show is not None
        show(1_000_000, 4_000_000, "reading")
        assert capsys.readouterr().err == "\r\x1b[Kreading 1 of 4 MB (25%)"
    assert capsys.readouterr().err == "\r\x1b[K"


def test_a_terminal_shows_rate_and_time_left_of_every_phase(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 1.0, 3.0, 10.0, 12.0])
    stopwatch = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr("spanwise._progress.time", stopwatch)
    display = _progress.Display(notebook=False)
    for done, phase in ((1, "reading"), (4, "reading"), (0, "analysing"), (6, "analysing")):
        display(done * 1_000_000, 8_000_000, phase)
    lines = capsys.readouterr().err.split("\r\x1b[K")
    assert lines[2:] == [
        "reading 4 of 8 MB (50%), 2.0 MB/s, 2 s left",
        "analysing 0 of 8 MB (0%)",
        "analysing 6 of 8 MB (75%), 3.0 MB/s, 1 s left",
    ]


def test_who_does_not_wait_long_sees_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with _progress.shown(True) as show:  # noqa: FBT003 - a plain question.
        assert show is not None
        show(1, 2, "reading")
    assert capsys.readouterr().err == ""
