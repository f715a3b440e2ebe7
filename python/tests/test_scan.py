"""Scanning: the answers of reading, in bounded memory."""

from __future__ import annotations

import fcntl
import io
import time
from typing import TYPE_CHECKING, Literal

import pytest

import spanwise as sw
from spanwise import _native

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scan") / "spans.json"
    sw.simulate(requests=120, seed=4, faults=["error"], output=path, to="jaeger-json")
    return path


@pytest.mark.parametrize("memory", [None, "1G", 300_000])
def test_a_scan_answers_as_a_read_does(export: Path, memory: str | int | None) -> None:
    traces, scan = sw.read(export), sw.scan(export, memory=memory)
    assert scan.summary() == traces.summary()
    assert scan.issues().equals(traces.issues())
    assert scan.hotspots(by="service").equals(traces.hotspots(by="service"))
    assert scan.errors(by="type").equals(traces.errors(by="type"))
    assert scan.dependencies().equals(traces.dependencies())
    assert scan.sibling_order().equals(traces.sibling_order())
    assert scan.flows(by="request").equals(traces.flows(by="request"))
    slow = scan.critical_path(by="path", percentile=90)
    assert slow.equals(traces.critical_path(by="path", percentile=90))


@pytest.mark.parametrize("memory", [None, 300_000])
def test_a_scan_lists_as_a_read_does(export: Path, memory: int | None) -> None:
    traces, scan = sw.read(export), sw.scan(export, memory=memory)
    assert scan.traces().equals(traces.traces())
    keys = ["http.response.status_code", "db.system"]
    assert scan.spans(keys).equals(traces.spans(keys))
    calls = "a: {} > b: { duration > 1ms }"
    assert scan.query(calls, keys).equals(traces.query(calls, keys))
    slow = traces.query(calls).sort("b.duration", descending=True, maintain_order=True).head(5)
    assert scan.query(calls, sort="-b.duration", limit=5).equals(slow)
    assert scan.events().equals(traces.events())
    assert scan.links().equals(traces.links())
    assert scan.spans(percentile=True).equals(traces.spans(percentile=True))
    views: list[Literal["tree", "causal", "linked"]] = ["tree", "causal", "linked"]
    for view in views:
        assert scan.edges(view=view).equals(traces.edges(view=view))
    slowest = traces.spans().sort("self_time", descending=True, maintain_order=True).head(5)
    assert scan.spans(sort="-self_time", limit=5).equals(slowest)
    with pytest.raises(sw.UsageError, match="no column weight"):
        scan.traces(sort="weight")


def test_reports_are_the_same_however_they_come(export: Path, tmp_path: Path) -> None:
    other = tmp_path / "healthy.json"
    sw.simulate(requests=40, seed=9, output=other, to="otlp-json")
    scan, healthy = sw.scan(export, memory=300_000), sw.scan(other, memory="1G")
    assert str(scan.report()) == str(sw.report(export))
    expected = str(sw.report(export, baseline=other, title="Both"))
    assert str(sw.report(scan, baseline=healthy, title="Both")) == expected
    found, baseline = scan.partials(), healthy.partials()
    assert str(sw.report(found, baseline=baseline, title="Both")) == expected
    with pytest.raises(TypeError, match="their like"):
        sw.report(scan, baseline=found)
    with pytest.raises(sw.NotFoundError, match="critical-path"):
        scan.partials(["hotspots"]).report()


def test_several_analyses_take_one_pass(export: Path) -> None:
    seen: list[int] = []
    scan = sw.scan(export, progress=lambda done, _total: seen.append(done))
    names = ["dependencies", "critical_path", "errors", "hotspots"]
    tables = scan.run(names)
    assert list(tables) == names
    assert all(table.height > 0 for table in tables.values())
    assert max(seen) == export.stat().st_size


def test_filters_and_policies_hold_for_scans(export: Path) -> None:
    traces, scan = sw.read(export), sw.scan(export, memory=300_000)
    failed = scan.filter(error=True).with_policy(tolerance="10us")
    expected = traces.filter(error=True).with_policy(tolerance="10us")
    assert failed.summary() == expected.summary()
    assert failed.critical_path().equals(expected.critical_path())


def test_what_makes_no_sense_is_told(export: Path) -> None:
    with pytest.raises(sw.UsageError, match="size"):
        sw.scan(export, memory="much")
    with pytest.raises(sw.UsageError, match="analysis"):
        sw.scan(export).run(["weather"])
    with pytest.raises(sw.NotFoundError):
        sw.scan("nowhere.json").summary()
    with pytest.raises(sw.StrictError):
        sw.scan(b"shop GET 0..0", strict=True).summary()
    with pytest.raises(sw.ReadError, match="temporary file"):
        sw.scan(export, memory=100_000, spill="/nowhere/at/all").summary()


def test_streams_can_be_asked_several_times(export: Path, tmp_path: Path) -> None:
    expected = sw.read(export)
    for memory in ("64M", 300_000):
        with export.open("rb") as stream:
            scan = sw.scan(stream, memory=memory, spill=tmp_path)
        assert scan.hotspots().equals(expected.hotspots())
        assert scan.traces().equals(expected.traces())
        assert not list(tmp_path.iterdir()), "what is kept has no name"
    assert sw.scan(io.BytesIO(b"shop GET 0..9")).summary().files[0].path == "<file>"


def test_standard_input_is_copied(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(export.read_bytes())))
    scan = sw.scan("-", memory=300_000)
    assert scan.summary().spans == scan.summary().spans == sw.read(export).summary().spans


def test_streams_that_fail_are_told() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int | None = -1, /) -> bytes:
            if size == 0:
                return b""
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sw.scan(Broken())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="reading bytes"):
        sw.scan(io.StringIO("shop GET 0..9"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="int"):
        sw.scan(7)  # type: ignore[arg-type]


def test_a_scan_goes_on_after_an_interrupt(export: Path, tmp_path: Path) -> None:
    done = tmp_path / "done"
    calls = 0

    def stop(_done: int, _total: int) -> None:
        nonlocal calls
        calls += 1
        if calls < 4:
            raise KeyboardInterrupt

    scan = sw.scan(export, memory=300_000, resume=done, progress=stop)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            scan.hotspots()
        wait_until_free(done)
    assert scan.hotspots().equals(sw.read(export).hotspots())
    assert not done.exists()
    with pytest.raises(sw.UsageError, match="how much memory"):
        sw.scan(export, resume=done).summary()


def wait_until_free(done: Path) -> None:
    """Work that was stopped may hold its folder for a moment."""
    for _ in range(100):
        if is_free(done / "scan.journal"):
            return
        time.sleep(0.1)


def is_free(journal: Path) -> bool:
    try:
        with journal.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def test_all_phases_are_told(export: Path) -> None:
    phases: list[str] = []

    def note(_done: int, _total: int, phase: str) -> None:
        phases.append(phase)

    told = sw.scan(export, memory=300_000)
    _native.scan([str(export)], (told._read, told._told), [], note)
    assert phases[-1] == "analysing"


def test_an_interrupt_stops_a_scan(export: Path) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sw.scan(export, progress=stop).summary()


def test_a_scan_is_frozen_and_shows_itself(export: Path) -> None:
    scan = sw.scan([export, export], memory="1k")
    assert repr(scan) == "<Scan of 2 inputs within 1,024 bytes>"
    with pytest.raises(AttributeError):
        scan.memory = 1
