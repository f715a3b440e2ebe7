from __future__ import annotations

import hashlib
import io
from pathlib import Path

import polars as pl
import pytest

import spanwise as sw


def test_a_seed_gives_the_same_traces() -> None:
    first, second = (sw.simulate(20, seed=7).traces for _ in range(2))
    assert first.spans().equals(second.spans())
    assert not first.spans().equals(sw.simulate(20, seed=8).traces.spans())


def test_the_truth_is_found_by_comparing() -> None:
    simulation = sw.simulate(
        300, seed=3, faults=[sw.Fault("slow-dependency", service="inventory", severity=50)]
    )
    truth = simulation.truth[0]
    changes = sw.compare(sw.simulate(300, seed=4).traces, simulation.traces)
    assert (truth.fault, truth.service) == ("slow-dependency", "inventory")
    assert changes.get_column("service").to_list()[0] == truth.service
    assert truth.finding
    assert truth.roots


def test_a_fault_has_its_window() -> None:
    simulation = sw.simulate(
        200, rate=100, start="2024-05-01", faults=[sw.Fault("error", begin="1s", end="1500ms")]
    )
    truth = simulation.truth[0]
    assert truth.until_unix_nano is not None
    assert truth.until_unix_nano - truth.from_unix_nano == 500_000_000
    origins = simulation.traces.spans().filter(
        pl.col("origin"), pl.col("service") == truth.service, pl.col("operation") == truth.span
    )
    starts = origins.get_column("start").dt.epoch("ns")
    assert origins.height > 0
    assert starts.is_between(truth.from_unix_nano, truth.until_unix_nano).all()


def test_a_simulation_can_be_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.json"
    simulation = sw.simulate(20, output=path, to="jaeger-json")
    summary = sw.read(path).summary()
    assert summary.files[0].format == "jaeger-json"
    assert summary.spans == simulation.traces.summary().spans


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(sw.UsageError, match="no fault bad-luck; there are"):
        sw.simulate(1, faults=["bad-luck"])  # type: ignore[list-item]
    with pytest.raises(sw.UsageError, match="request rate"):
        sw.simulate(1, rate=0)


@pytest.mark.parametrize("to", sw.formats(written=True))
def test_every_format_is_written_and_read(export: Path, tmp_path: Path, to: str) -> None:
    path = tmp_path / "converted"
    assert sw.convert(export, path, to=to).spans == 7
    out = io.BytesIO()
    assert sw.convert(export, out, to=to).spans == 7
    assert out.getvalue() == path.read_bytes()
    summary = sw.read(path).summary()
    assert summary.files[0].format == to
    assert (summary.traces, summary.spans) == (3, 7)


@pytest.mark.parametrize("to", sw.formats(written=True))
def test_streams_of_every_format_are_read_to_their_end(to: str) -> None:
    names = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(1_500)]
    spans = (f"trace {n + 1}\nshop {name} 0..{n}\n" for n, name in enumerate(names))
    out = io.BytesIO()
    sw.convert("".join(spans).encode(), out, to=to)
    assert len(out.getvalue()) > 1 << 16, "what is guessed from is not all of it"
    out.seek(0)
    assert sw.read(out).summary().spans == 1_500


def test_a_failed_conversion_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "converted"
    with pytest.raises(sw.NotFoundError):
        sw.convert(tmp_path / "missing", path, to="otlp-json")
    assert not path.exists()
    with pytest.raises(sw.ReadError):
        sw.convert(b"cart GET 0..5", tmp_path, to="otlp-json")
    with pytest.raises(sw.UsageError, match="no format word"):
        sw.convert(b"cart GET 0..5", path, to="word")
