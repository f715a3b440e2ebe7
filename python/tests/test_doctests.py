"""The examples in the docs of the package that is installed."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import spanwise as sw

MODULES = ["spanwise", *(f"spanwise.{module.name}" for module in pkgutil.iter_modules(sw.__path__))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples(name: str) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder(exclude_empty=True).find(import_module(name), name)
    return [test for test in found if test.examples]


EXAMPLES = [test for name in MODULES for test in examples(name)]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 40


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_an_example_says_the_truth(test: doctest.DocTest) -> None:
    complaint: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=complaint.append)
    assert result.failed == 0, "".join(complaint)
