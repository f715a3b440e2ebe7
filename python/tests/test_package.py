"""The package as a whole: what it loads, what it names, what it promises."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spanwise as sw
from spanwise import _native

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "crates" / "python" / "src"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own arguments.
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_importing_is_light() -> None:
    script = (
        "import sys; import spanwise;"
        "print([name for name in ('polars', 'dataclasses', 'typing') if name in sys.modules])"
    )
    loaded = run("-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {script}").stdout
    assert loaded.strip() == "[]"


def test_the_command_loads_the_engine_alone() -> None:
    script = (
        "import sys; import spanwise.__main__;"
        "print(sorted(name for name in sys.modules if name.startswith('spanwise')))"
    )
    loaded = run("-c", f"import sys; sys.path[:0] = {sys.path!r}; {script}").stdout
    assert loaded.strip() == "['spanwise', 'spanwise.__main__', 'spanwise._native']"


def test_the_command_answers() -> None:
    done = run("-m", "spanwise", "--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"spanwise {sw.__version__}")
    assert run("-m", "spanwise", "no-such-command").returncode == 2
    assert run("-m", "spanwise", "summary", "no/such/file").returncode == 1


def test_every_public_name_is_there() -> None:
    assert set(sw.__all__) <= set(dir(sw))
    for name in sw.__all__:
        assert getattr(sw, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        sw.nothing  # noqa: B018 - it is the asking that fails.


def public_callables() -> list[tuple[str, object]]:
    names = [(name, getattr(sw, name)) for name in sw.__all__]
    callables = [(name, item) for name, item in names if callable(item)]
    methods = [
        (f"{name}.{attribute}", member)
        for name, item in callables
        if inspect.isclass(item) and item.__module__.startswith("spanwise")
        for attribute, member in vars(item).items()
        if not attribute.startswith("_") and (callable(member) or isinstance(member, property))
    ]
    return callables + methods


@pytest.mark.parametrize(("name", "item"), public_callables(), ids=lambda item: str(item)[:40])
def test_everything_public_is_documented(name: str, item: object) -> None:
    assert inspect.getdoc(item), name


@pytest.mark.parametrize("name", [name for name, item in public_callables() if "." not in name])
def test_every_function_has_an_example(name: str) -> None:
    item = getattr(sw, name)
    if not inspect.isclass(item):
        assert ">>> " in (inspect.getdoc(item) or ""), name


def test_every_method_of_traces_has_an_example() -> None:
    for name, member in vars(sw.Traces).items():
        if not name.startswith("_") and callable(member):
            assert ">>> " in (inspect.getdoc(member) or ""), name


def test_every_native_name_has_a_stub() -> None:
    stub = (ROOT / "python" / "spanwise" / "_native.pyi").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:def|class) (\w+)", stub, re.MULTILINE))
    native = {name for name in dir(_native) if not name.startswith("__")}
    assert native - {"_native"} == named
    for kind in (_native.Table, _native.Trace, _native.Traces):
        body = re.search(rf"^class {kind.__name__}:\n((?:    .*\n|\n)+)", stub, re.MULTILINE)
        assert body is not None
        methods = set(re.findall(r"def (\w+)", body.group(1)))
        assert {name for name in vars(kind) if not name.startswith("__")} <= methods


def test_every_native_class_is_frozen() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in NATIVE.glob("*.rs")}
    classes = [
        (path.name, attribute)
        for path, text in sources.items()
        for attribute in re.findall(r"#\[pyclass(.*?)\]", text)
    ]
    assert len(classes) == 5
    assert [found for found in classes if "frozen" not in found[1]] == []


def test_every_native_item_is_exported() -> None:
    lib = (NATIVE / "lib.rs").read_text(encoding="utf-8")
    for path in NATIVE.glob("*.rs"):
        text = path.read_text(encoding="utf-8")
        functions = re.findall(r"#\[pyfunction\](?:\n#\[.*\])*\npub\(crate\) fn (\w+)", text)
        assert len(functions) == text.count("#[pyfunction]"), path.name
        for function in functions:
            assert f"{path.stem}::{function}" in lib


def test_the_package_is_typed() -> None:
    assert (ROOT / "python" / "spanwise" / "py.typed").exists()
