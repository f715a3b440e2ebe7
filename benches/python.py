"""The Python package against what people script today.

A folder of Jaeger JSON is analysed twice, each time by a process of its own,
imports included: by spanwise, and by a script of orjson and polars that makes
the same tables. CPU time is that of the process, all threads together. Besides,
what it costs to hand the table of spans to polars.

    python benches/python.py        # needs spanwise and orjson
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

SPANS = int(os.environ.get("SPANWISE_BENCH_SPANS", "200000"))
ROUNDS = int(os.environ.get("SPANWISE_BENCH_ROUNDS", "3"))
SPANS_A_FILE = 2_000
SPANS_A_REQUEST = 20

CRISP_NS = 37_000
"""What CRISP's authors publish for a span."""

OURS = """
import sys
import spanwise as sw

traces = sw.read(sys.argv[1], attributes="none")
tables = [traces.spans(), traces.critical_path(), traces.hotspots()]
tables += [traces.errors(), traces.dependencies()]
"""

HAND_OVER = """
import json, sys, time
import polars
import spanwise as sw
from spanwise import _arguments

begin = time.process_time()
traces = sw.read(sys.argv[1])
loaded = time.process_time()
native = traces._inner.spans(_arguments.span_list([], canonical=[]), percentile=False)
listed = time.process_time()
frame = polars.DataFrame(native)
handed = time.process_time()
print(json.dumps([loaded - begin, handed - listed, frame.height]))
"""

SCRIPT = Path(__file__).parent / "support" / "script.py"


def simulate(folder: Path) -> int:
    """Writes files of Jaeger JSON; answers how many spans they hold."""
    import spanwise as sw  # noqa: PLC0415 - the parent measures no import.

    spans = 0
    for number in range(max(SPANS // SPANS_A_FILE, 1)):
        simulation = sw.simulate(
            requests=SPANS_A_FILE // SPANS_A_REQUEST,
            seed=number,
            output=folder / f"{number:04}.json",
            to="jaeger-json",
        )
        spans += simulation.traces.summary().spans
    return spans


def cpu_seconds(arguments: list[str]) -> tuple[float, str]:
    """The CPU time of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 - our own programs.
        [sys.executable, *arguments], check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, done.stdout


def least(arguments: list[str]) -> float:
    """The least CPU time of several runs."""
    return min(cpu_seconds(arguments)[0] for _ in range(ROUNDS))


def hand_over(folder: Path) -> float:
    """What polars takes to make a frame of all spans, as a share of the read."""
    shares = []
    for _ in range(ROUNDS):
        read, handed, _ = json.loads(cpu_seconds(["-c", HAND_OVER, str(folder)])[1])
        shares.append(handed / read)
    return min(shares)


def row(what: str, numbers: tuple[float, float, float], goal: str, *, met: bool) -> None:
    """Prints a comparison: reference, ours, and how they compare."""
    reference, ours, ratio = numbers
    verdict = "met" if met else "missed"
    print(f"{what:<58} {reference:>10.0f} {ours:>10.0f} {ratio:>8.2f} {goal:>6}  {verdict}")


def main() -> int:
    """Measures and prints."""
    try:
        import orjson  # noqa: F401, PLC0415 - the script needs it.
    except ModuleNotFoundError:
        print("orjson is missing: pip install orjson", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spans = simulate(folder)
        ours = least(["-c", OURS, name]) * 1e9 / spans
        script = least([str(SCRIPT), name]) * 1e9 / spans
        share = hand_over(folder)
    print(f"{'':<58} {'reference':>10} {'ours':>10} {'ratio':>8} {'goal':>6}")
    what = f"{spans:,} spans of Jaeger JSON: a script / spanwise, CPU ns"
    goal = 20
    row(what, (script, ours, script / ours), "≥ 20", met=script >= goal * ours)
    numbers = (CRISP_NS, ours, CRISP_NS / ours)
    row("the same: CRISP as published / spanwise", numbers, "≥ 20", met=goal * ours <= CRISP_NS)
    met = share <= 0.1  # noqa: PLR2004 - the goal.
    row("frame of all spans / read, percent", (100, share * 100, share), "≤ 0.1", met=met)
    return 0


if __name__ == "__main__":
    sys.exit(main())
