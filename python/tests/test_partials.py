"""Partials: what is kept of traces merges to what reading them all gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import spanwise as sw

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("hours")
    paths = [folder / f"hour-{hour}.json" for hour in range(3)]
    for seed, path in enumerate(paths):
        sw.simulate(
            requests=60,
            seed=seed,
            faults=["error"] if seed == 2 else [],
            output=path,
            to="jaeger-json",
        )
    return paths


@pytest.fixture(scope="module")
def kept(hours: list[Path]) -> Path:
    folder = hours[0].parent / "kept"
    for path in hours:
        sw.scan(path).partials().write(folder / path.stem)
    return folder


def test_merged_partials_answer_as_a_read_does(hours: list[Path], kept: Path) -> None:
    traces, merged = sw.read(hours), sw.merge(kept)
    assert merged.summary() == traces.summary()
    assert merged.issues().equals(traces.issues())
    assert merged.dependencies().equals(traces.dependencies())
    assert merged.sibling_order().equals(traces.sibling_order())
    assert merged.flows().equals(traces.flows())
    assert merged.hotspots(by="service").equals(traces.hotspots(by="service"))
    assert merged.errors(by="type").equals(traces.errors(by="type"))
    slow = merged.critical_path(by="path", percentile=90, root_operation="frontend GET /cart")
    expected = traces.critical_path(by="path", percentile=90, root_operation="frontend GET /cart")
    assert slow.equals(expected)


def test_merged_partials_are_partials(kept: Path, tmp_path: Path) -> None:
    sw.merge([kept / "hour-0", kept / "hour-1"]).write(tmp_path / "both")
    again = sw.merge([tmp_path / "both", kept / "hour-2"])
    assert again.hotspots().equals(sw.merge(kept).hotspots())
    assert repr(again) == repr(sw.merge(kept))


def test_kept_baselines_compare(hours: list[Path], kept: Path) -> None:
    healthy, incident = sw.merge(kept / "hour-0"), sw.merge(kept / "hour-2")
    expected = sw.compare(sw.read(hours[0]), sw.read(hours[2]))
    assert healthy.compare(incident).equals(expected)


def test_other_readers_of_parquet_see_the_rows(kept: Path) -> None:
    rows = pl.read_parquet(kept / "hour-0" / "hotspots-by-service.parquet")
    services = sw.merge(kept / "hour-0").hotspots(by="service")
    assert set(rows.get_column("service")) == set(services.get_column("service"))
    assert rows.get_column("calls").sum() == services.get_column("calls").sum()


def test_what_must_not_merge_is_refused(hours: list[Path], kept: Path, tmp_path: Path) -> None:
    sw.scan(hours[0]).partials().write(tmp_path / "again")
    with pytest.raises(sw.MergeError, match=r"again/bottlenecks\.parquet.*same trace"):
        sw.merge([kept, tmp_path / "again"])
    sw.scan(hours[0]).with_policy(blocking="all").partials().write(tmp_path / "all")
    with pytest.raises(sw.MergeError, match="under"):
        sw.merge([kept / "hour-1", tmp_path / "all"])
    sw.scan(hours[0]).filter(error=True).partials().write(tmp_path / "errors")
    with pytest.raises(sw.MergeError, match="chosen"):
        sw.merge([kept / "hour-1", tmp_path / "errors"])


def test_what_is_missing_or_broken_is_told(hours: list[Path], kept: Path, tmp_path: Path) -> None:
    with pytest.raises(sw.NotFoundError, match="no partials"):
        sw.merge(hours[0].parent / "*.json")
    with pytest.raises(sw.FormatError, match="no partial"):
        sw.merge(hours[0])
    some = sw.scan(hours[0]).partials(["hotspots"])
    with pytest.raises(sw.NotFoundError, match="hotspots by operation"):
        some.dependencies()
    with pytest.raises(sw.UsageError, match="analysis"):
        sw.scan(hours[0]).partials(["weather"])
    file = kept / "hour-0" / "errors-by-type.parquet"
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(sw.FormatError, match=r"cut\.parquet"):
        sw.merge(cut)
