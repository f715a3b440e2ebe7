from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path

import pytest

import spanwise as sw


def test_a_summary_counts(export: Path) -> None:
    summary = sw.read(export).summary()
    assert (summary.traces, summary.spans, summary.rows) == (3, 7, 7)
    assert (summary.services, summary.operations, summary.roots) == (3, 5, 3)
    assert (summary.orphans, summary.errors, summary.links, summary.events) == (0, 3, 1, 1)
    assert summary.duration == timedelta(milliseconds=2_050)
    assert summary.files == (
        sw.FileSummary(str(export), "otlp-json", 7, orphans=0, truncated=False),
    )
    assert summary.issues == ()


def test_a_summary_is_data(shop: sw.Traces) -> None:
    summary = shop.summary()
    assert pickle.loads(pickle.dumps(summary)) == summary  # noqa: S301
    assert hash(summary) == hash(shop.summary())
    assert summary.to_dict()["traces"] == 3
    with pytest.raises(AttributeError):
        summary.traces = 4  # type: ignore[misc]


def test_a_summary_shows_itself(shop: sw.Traces) -> None:
    summary = shop.summary()
    assert repr(summary) == "<Summary: 3 traces, 7 spans, 3 services, 3 errors, 0 orphans>"
    bundle = summary._repr_mimebundle_()
    assert bundle["text/plain"] == str(summary)
    assert "<td>3</td>" in bundle["text/html"]


def test_issues_have_examples() -> None:
    issues = sw.notation("cart GET 0..5 parent=77").summary().issues
    orphan = issues[0]
    assert (orphan.issue, orphan.service, orphan.count) == ("orphan", "cart", 1)
    assert orphan.examples
