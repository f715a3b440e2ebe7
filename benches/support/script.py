"""What people script today: orjson for the files, polars for the tables.

It makes the tables that the bench asks of spanwise: spans, critical path,
hotspots, errors and dependencies.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
import polars as pl

Row = dict[str, Any]


def span_row(span: dict[str, Any], processes: dict[str, Any]) -> Row:
    """The columns of a span."""
    tags = {tag["key"]: tag["value"] for tag in span["tags"]}
    references = span["references"]
    parent = references[0]["spanID"] if references else None
    return {
        "trace_id": span["traceID"],
        "span_id": span["spanID"],
        "parent_span_id": parent,
        "service": processes[span["processID"]]["serviceName"],
        "operation": span["operationName"],
        "kind": tags.get("span.kind"),
        "start": span["startTime"],
        "duration": span["duration"],
        "error": tags.get("error") in (True, "true"),
        "error_type": tags.get("error.type"),
    }


def rows_of(folder: Path) -> list[Row]:
    """All spans of all files."""
    rows = []
    for path in sorted(folder.glob("*.json")):
        for trace in orjson.loads(path.read_bytes())["data"]:
            processes = trace["processes"]
            rows += [span_row(span, processes) for span in trace["spans"]]
    return rows


def children_of(rows: list[Row]) -> tuple[list[int], dict[int, list[int]]]:
    """The roots, and the children of each span, by row."""
    places = {(row["trace_id"], row["span_id"]): at for at, row in enumerate(rows)}
    roots, children = [], defaultdict(list)
    for at, row in enumerate(rows):
        parent = places.get((row["trace_id"], row["parent_span_id"]))
        if parent is None:
            roots.append(at)
        else:
            children[parent].append(at)
    return roots, children


def walk(rows: list[Row], children: dict[int, list[int]], root: int) -> list[tuple[int, int]]:
    """The critical path below a root: spans with the time that is theirs."""
    path, waiting = [], [(root, rows[root]["start"] + rows[root]["duration"])]
    while waiting:
        at, end = waiting.pop()
        own, start = 0, rows[at]["start"]
        last = lambda child: rows[child]["start"] + rows[child]["duration"]  # noqa: E731
        for child in sorted(children.get(at, ()), key=last, reverse=True):
            ended = min(last(child), end)
            begun = max(rows[child]["start"], start)
            if ended <= begun or last(child) > end:
                continue
            own += end - ended
            waiting.append((child, ended))
            end = begun
        path.append((at, own + max(end - start, 0)))
    return path


def add_self_time(rows: list[Row], children: dict[int, list[int]]) -> None:
    """Each span's duration without the union of its children."""
    for at, row in enumerate(rows):
        covered, reached, end = 0, row["start"], row["start"] + row["duration"]
        for child in sorted(children.get(at, ()), key=lambda child: rows[child]["start"]):
            begun = max(rows[child]["start"], reached)
            ended = min(rows[child]["start"] + rows[child]["duration"], end)
            if ended > begun:
                covered += ended - begun
                reached = ended
        row["self_time"] = row["duration"] - covered


def add_critical_time(rows: list[Row], roots: list[int], children: dict[int, list[int]]) -> None:
    """Each span's time on the critical path of its request."""
    for row in rows:
        row["critical_time"] = 0
    for root in roots:
        for at, own in walk(rows, children, root):
            rows[at]["critical_time"] = own


def tables(spans: pl.DataFrame) -> list[pl.DataFrame]:
    """Critical path, hotspots, errors and dependencies."""
    key = ["service", "operation", "kind"]
    quantiles = [pl.col("duration").quantile(q).alias(f"p{q * 100:.0f}") for q in (0.5, 0.95, 0.99)]
    path = spans.filter(pl.col("critical_time") > 0).group_by(key)
    callers = spans.select("trace_id", "span_id", pl.col("service").alias("caller"))
    calls = spans.join(
        callers, left_on=["trace_id", "parent_span_id"], right_on=["trace_id", "span_id"]
    ).filter(pl.col("caller") != pl.col("service"))
    return [
        path.agg(pl.len(), pl.sum("critical_time"), pl.n_unique("trace_id")),
        spans.group_by(key).agg(
            pl.len(), pl.sum("duration"), pl.sum("self_time"), pl.sum("error"), *quantiles
        ),
        spans.filter("error").group_by([*key, "error_type"]).agg(pl.len(), pl.n_unique("trace_id")),
        calls.group_by("caller", "service").agg(pl.len(), pl.sum("error"), *quantiles),
    ]


def main() -> None:
    """Makes all tables of a folder."""
    rows = rows_of(Path(sys.argv[1]))
    roots, children = children_of(rows)
    add_self_time(rows, children)
    add_critical_time(rows, roots, children)
    spans = pl.DataFrame(rows, infer_schema_length=None)
    assert all(table.height > 0 for table in tables(spans)[:2])  # noqa: S101 - a sound run.


main()
