"""What is written, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from spanwise import _arguments

if TYPE_CHECKING:
    from datetime import timedelta

    from spanwise._typing import WriteArguments


class Written(NamedTuple):
    """What was written, and what the format could not hold of it."""

    spans: int
    """How many spans."""
    lost: dict[str, int]
    """Kinds of data that were lost, such as ``"nanoseconds"``, with how many
    spans had them."""


def written(told: tuple[int, list[tuple[str, int]]]) -> Written:
    """What the engine tells, as users see it."""
    spans, lost = told
    return Written(spans, dict(lost))


def write_arguments(
    format: str,  # noqa: A002 - the word everybody looks for.
    anonymise: str | None,
    shift: timedelta | str | None,
) -> WriteArguments:
    """How spans are written, as the engine takes it."""
    key = None if anonymise is None else (anonymise, shift_ns(shift))
    return {"format": format, "anonymise": key}


def shift_ns(shift: timedelta | str | None) -> int:
    """A duration that may be negative, in nanoseconds; none is zero.

    >>> shift_ns("-1us"), shift_ns(None)
    (-1000, 0)
    """
    if shift is None:
        return 0
    if isinstance(shift, str):
        sign = -1 if shift.startswith("-") else 1
        return sign * _arguments.duration_ns(shift.removeprefix("-"))
    sign = -1 if shift.days < 0 else 1
    return sign * _arguments.duration_ns(abs(shift))
