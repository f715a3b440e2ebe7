"""The graph of services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ServiceGraph:
    """Who calls whom, and where that goes round in a circle.

    For an algorithm of networkx, build a graph of the edges:
    ``networkx.DiGraph(graph.edges.select("caller", "callee").rows())``.
    """

    edges: pl.DataFrame
    """One row a caller, callee and kind of connection, as
    :meth:`Traces.dependencies` has them."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of services, databases and queues, sorted."""
        ends = self.edges.get_column("caller").to_list() + self.edges.get_column("callee").to_list()
        return tuple(sorted(set(ends)))

    @property
    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """Groups of services that call each other in a circle, sorted."""
        members: dict[int, set[str]] = {}
        for caller, callee, cycle in self.edges.select("caller", "callee", "cycle").rows():
            if cycle is not None:
                members.setdefault(cycle, set()).update((caller, callee))
        return tuple(tuple(sorted(members[cycle])) for cycle in sorted(members))

    def __repr__(self) -> str:
        return (
            f"<ServiceGraph: {len(self.nodes)} nodes, {self.edges.height} edges, "
            f"{len(self.cycles)} cycles>"
        )
