"""Objects that do not change after they are made."""

from __future__ import annotations

from typing import NoReturn


class Frozen:
    """Refuses to set and delete attributes, and to be pickled.

    What stands on memory of the engine is not pickled: the spans would be
    copied whole, which no caller expects of it.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot set {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot delete {name}")

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"cannot pickle {type(self).__name__}: pickle its frames, such as .spans(), "
            "or read the files again"
        )
