from __future__ import annotations

import gzip
import io
import os
from pathlib import Path
from typing import Any

import pytest

import spanwise as sw


def test_every_kind_of_source_gives_the_same_traces(export: Path, tmp_path: Path) -> None:
    content = export.read_bytes()
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(content))
    with export.open("rb") as file:
        sources: list[Any] = [
            export,
            str(export),
            str(export.parent / "*.json"),
            export.parent,
            content,
            bytearray(content),
            io.BytesIO(content),
            file,
            packed,
            [export],
            (str(export), content),
        ]
        for source in sources:
            ids = [trace.id for trace in sw.read(source)]
            assert [int(trace_id, 16) for trace_id in ids] == [1, 2, 3], source


def test_files_in_memory_keep_their_names(export: Path) -> None:
    with export.open("rb") as file:
        assert sw.read(file).summary().files[0].path == str(export)
    assert sw.read(export.read_bytes()).summary().files[0].path == "<bytes>"
    assert sw.read(io.BytesIO(export.read_bytes())).summary().files[0].path == "<file>"


def test_what_is_no_source_is_refused(export: Path) -> None:
    with export.open() as text, pytest.raises(TypeError, match="for reading bytes"):
        sw.read(text)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cannot read traces from int"):
        sw.read(7)  # type: ignore[arg-type]


def test_attributes_are_chosen_when_reading(export: Path) -> None:
    def routes(traces: sw.Traces) -> set[str | None]:
        return set(traces.spans(["http.route"]).get_column("http.route").to_list())

    assert routes(sw.read(export)) == {"/cart", "/home", None}
    assert routes(sw.read(export, attributes=["http.route"])) == {"/cart", "/home", None}
    assert routes(sw.read(export, attributes=["other"])) == {None}
    assert routes(sw.read(export, attributes="none")) == {None}
    with pytest.raises(sw.UsageError, match="attributes: `some` is not"):
        sw.read(export, attributes="some")


def test_threads_do_not_change_the_result(export: Path) -> None:
    assert sw.read(export, threads=1).spans().equals(sw.read(export, threads=2).spans())


def test_a_format_can_be_said(export: Path) -> None:
    assert len(sw.read(export, format="otlp-json")) == 3
    with pytest.raises(sw.UsageError, match="no format otlp; there are"):
        sw.read(export, format="otlp")


def test_errors_are_of_their_kind(export: Path, tmp_path: Path) -> None:
    strange = tmp_path / "strange.json"
    strange.write_bytes(b"\x00\x01\x02 neither one nor the other")
    empty = tmp_path / "empty.json"
    empty.write_bytes(b"")
    with pytest.raises(FileNotFoundError) as missing:
        sw.read(tmp_path / "missing.json")
    assert isinstance(missing.value, sw.NotFoundError)
    assert missing.value.filename == str(tmp_path / "missing.json")
    with pytest.raises(FileNotFoundError):
        sw.read(str(tmp_path / "*.nothing"))
    with pytest.raises(sw.FormatError) as unknown:
        sw.read(strange)
    assert isinstance(unknown.value, ValueError)
    assert unknown.value.file == str(strange)
    with pytest.raises(sw.NoSpansError):
        sw.read(empty)
    with pytest.raises(sw.NoSpansError):
        sw.read(tmp_path)
    with pytest.raises(MemoryError) as exceeded:
        sw.read(export, limits={"file_bytes": 10})
    assert isinstance(exceeded.value, sw.LimitError)
    assert "file_bytes" in str(exceeded.value)
    with pytest.raises(sw.UsageError, match="limits: `size` is not"):
        sw.read(export, limits={"size": 1})  # type: ignore[arg-type]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_read_error(export: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed.json"
    closed.write_bytes(export.read_bytes())
    closed.chmod(0)
    with pytest.raises(OSError, match="ermission") as refused:
        sw.read(closed)
    assert isinstance(refused.value, sw.ReadError)


def test_a_truncated_file_gives_what_it_holds(export: Path) -> None:
    cut = export.read_bytes()[:-40]
    traces = sw.read(cut)
    assert 0 < traces.summary().spans < 7
    assert "truncated_file" in traces.issues().get_column("issue").to_list()
    with pytest.raises(sw.StrictError, match="truncated_file"):
        sw.read(cut, strict=True)


def test_notation_names_its_bad_line() -> None:
    with pytest.raises(sw.FormatError, match="record 2"):
        sw.notation("cart GET 0..5\ncart GET")
