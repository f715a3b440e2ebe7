"""What questions are asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spanwise._frozen import Frozen

if TYPE_CHECKING:
    from spanwise import _native


class Asked(Frozen):
    """Traces in the engine, which answer."""

    __slots__ = ("_inner",)
    _inner: _native.Traces

    def __init__(self, native: _native.Traces) -> None:
        object.__setattr__(self, "_inner", native)
