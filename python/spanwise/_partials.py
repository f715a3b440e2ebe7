"""What analyses know of traces that need not be held any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise import _arguments, _native
from spanwise._frame import frame
from spanwise._frozen import Frozen
from spanwise._markdown import Report
from spanwise._questions import (
    bottleneck_question,
    key_question,
    load_question,
    map_question,
    path_question,
    shape_question,
    time_question,
    tree_question,
)
from spanwise._summary import Summary, summary

if TYPE_CHECKING:
    import polars as pl


class Partials(Frozen):
    r"""Partials of several analyses of the same traces.

    They give the answers of :class:`Traces`, and merge with partials of other
    traces: keep those of every hour in a folder (:meth:`write`), and ask for the
    whole night with :func:`merge`.

    >>> import spanwise as sw
    >>> partials = sw.scan(b"trace 1\nshop GET 0..100").partials(["hotspots"])
    >>> partials
    <Partials: 1 trace; hotspots by operation, hotspots by service>
    >>> partials.hotspots(by="service").get_column("calls").to_list()
    [1]
    """

    __slots__ = ("_inner",)
    _inner: _native.Partials

    def __init__(self, native: _native.Partials) -> None:
        object.__setattr__(self, "_inner", native)

    def summary(self) -> Summary:
        """What the input held, in counts.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials([]).summary().spans
        1
        """
        return summary(self._inner.summary())

    def issues(self) -> pl.DataFrame:
        """What was wrong with the input, counted by kind and service.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..0").partials([]).issues().get_column("issue").to_list()
        ['zero_duration']
        """
        return frame(self._inner.issues())

    def critical_path(
        self,
        *,
        by: Literal["operation", "service", "path"] = "operation",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """Where the time of requests goes; see :meth:`Traces.critical_path`.

        Raises:
            NotFoundError: There are no such partials; so for all analyses.

        >>> import spanwise as sw
        >>> partials = sw.scan(b"shop GET 0..100").partials()
        >>> partials.critical_path(percentile=99).select("traces").rows()
        [(1,)]
        """
        return frame(self._inner.table(path_question(by, percentile, band, root_operation)))

    def time_kinds(
        self,
        *,
        by: Literal["kind", "service", "operation"] = "kind",
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """What critical paths are made of; see :meth:`Traces.time_kinds`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().time_kinds(percentile=50).height
        1
        """
        return frame(self._inner.table(time_question(by, percentile, band, root_operation)))

    def call_tree(
        self,
        *,
        percentile: float | None = None,
        band: tuple[float, float] | None = None,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """The tree of call paths; see :meth:`Traces.call_tree`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().call_tree(percentile=50).height
        1
        """
        return frame(self._inner.table(tree_question("path", percentile, band, root_operation)))

    def what_if(self) -> pl.DataFrame:
        """What to fix first, and what it would buy; see :meth:`Traces.what_if`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().what_if().select("saved_time").height
        4
        """
        return frame(self._inner.table("what_if"))

    def bottlenecks(
        self,
        *,
        slow_percentile: float = 90.0,
        fast_percentile: float = 50.0,
        share: float = 0.2,
        times: float = 2.0,
        requests: int = 30,
        root_operation: str | None = None,
    ) -> pl.DataFrame:
        """What slow requests wait for; see :meth:`Traces.bottlenecks`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().bottlenecks(slow_percentile=99).height
        0
        """
        asked = bottleneck_question(
            slow_percentile=slow_percentile,
            fast_percentile=fast_percentile,
            share=share,
            times=times,
            requests=requests,
            root_operation=root_operation,
        )
        return frame(self._inner.table(asked))

    def shape_problems(self, *, traces: int | None = None) -> pl.DataFrame:
        """Calls that need not be made; see :meth:`Traces.shape_problems`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().shape_problems(traces=1).height
        0
        """
        return frame(self._inner.table(shape_question(traces=traces)))

    def hot_keys(
        self,
        *,
        gini: float = 0.6,
        times: float = 10.0,
        calls: int = 20,
    ) -> pl.DataFrame:
        """Keys that take far more than others do; see :meth:`Traces.hot_keys`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().hot_keys().height
        0
        """
        return frame(self._inner.table(key_question(gini=gini, times=times, calls=calls)))

    def concurrency(
        self,
        *,
        by: Literal["time", "instance", "level"] = "time",
        bucket: _arguments.Duration = "1s",
    ) -> pl.DataFrame:
        """How much each instance has in flight; see :meth:`Traces.concurrency`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().concurrency().select("mean_in_flight").rows()
        [(0.1,)]
        """
        return frame(self._inner.table(load_question(by, bucket)))

    def heat_map(
        self,
        *,
        by: Literal["operation", "request"] = "operation",
        bucket: _arguments.Duration = "1s",
        bands: int = 2,
    ) -> pl.DataFrame:
        """How many spans were how slow when; see :meth:`Traces.heat_map`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().heat_map(by="request").select("count").rows()
        [(1,)]
        """
        return frame(self._inner.table(map_question(by, bucket, bands)))

    def hotspots(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """Which operations or services take the time; see :meth:`Traces.hotspots`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().hotspots().height
        1
        """
        return frame(self._inner.table(("hotspots", by)))

    def slack(self, *, by: Literal["operation", "service"] = "operation") -> pl.DataFrame:
        """What could be slower unnoticed, and what counts; see :meth:`Traces.slack`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().slack().height
        1
        """
        return frame(self._inner.table(("slack", by)))

    def sibling_order(self) -> pl.DataFrame:
        """Which siblings wait for which; see :meth:`Traces.sibling_order`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().sibling_order().height
        0
        """
        return frame(self._inner.table("sibling_order"))

    def flows(self, *, by: Literal["hop", "request"] = "hop") -> pl.DataFrame:
        """Requests that go on in other traces; see :meth:`Traces.flows`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().flows().height
        0
        """
        return frame(self._inner.table(("flows", by)))

    def clocks(self, *, by: Literal["clock", "pair"] = "clock") -> pl.DataFrame:
        """How far the clocks of hosts are apart; see :meth:`Traces.clocks`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().clocks(by="pair").height
        0
        """
        return frame(self._inner.table(("clocks", by)))

    def errors(self, *, by: Literal["operation", "service", "type"] = "operation") -> pl.DataFrame:
        """Where errors begin and how they spread; see :meth:`Traces.errors`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100 error").partials().errors().select("origins").rows()
        [(1,)]
        """
        return frame(self._inner.table(("errors", by)))

    def dependencies(self) -> pl.DataFrame:
        """Who calls whom; see :meth:`Traces.dependencies`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().dependencies().height
        0
        """
        return frame(self._inner.table("dependencies"))

    def completeness(self, *, by: Literal["edge", "service"] = "edge") -> pl.DataFrame:
        """What is missing from the traces; see :meth:`Traces.completeness`.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100 parent=7 server").partials().completeness().height
        1
        """
        return frame(self._inner.table(("completeness", by)))

    def compare(self, incident: Partials) -> pl.DataFrame:
        """Compares these traces as a baseline with those of an incident.

        The columns are those of :func:`compare`.

        Raises:
            NotFoundError: One of the two has no partial of ``"compare"``.
            MergeError: They were taken under different policies.

        >>> import spanwise as sw
        >>> healthy = sw.scan(b"shop GET 0..100").partials(["compare"])
        >>> slow = sw.scan(b"shop GET 0..150").partials(["compare"])
        >>> healthy.compare(slow).select("change_critical_time").rows()
        [(datetime.timedelta(microseconds=50000),)]
        """
        return frame(self._inner.compare(incident._inner))

    def report(self, *, baseline: Partials | None = None, title: str | None = None) -> Report:
        """What was read, why it is slow, why it fails, what changed; see :func:`report`.

        Raises:
            NotFoundError: There is no partial of ``"critical_path"``,
                ``"errors"`` or ``"dependencies"``; or none of ``"compare"``,
                and there is a baseline.
            MergeError: They were taken under different policies.

        >>> import spanwise as sw
        >>> sw.scan(b"shop GET 0..100").partials().report(title="Slow carts")
        <Report: Slow carts>
        """
        healthy = None if baseline is None else baseline._inner
        return Report(self._inner.report(healthy, title))

    def write(self, folder: _arguments.Path) -> None:
        """Writes a file of Parquet for each analysis into a folder.

        The folder is made where it does not exist; files of the same names are
        replaced.

        Raises:
            ReadError: The folder or a file cannot be written.

        >>> import pathlib, tempfile
        >>> import spanwise as sw
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     sw.scan(b"shop GET 0..100").partials(["errors"]).write(folder)
        ...     sorted(path.name for path in pathlib.Path(folder).iterdir())
        ['errors-by-operation.parquet', 'errors-by-service.parquet', 'errors-by-type.parquet']
        """
        self._inner.write(folder)

    def __repr__(self) -> str:
        traces = self.summary().traces
        told = [f"{name} by {by}" if by else name for name, by in self._inner.analyses()]
        held = ", ".join(told) or "no analysis"
        return f"<Partials: {traces:,} trace{'s' * (traces != 1)}; {held}>"


def merge(source: _arguments.Source) -> Partials:
    r"""Merges the partials in files, folders and globs.

    Other files in folders are passed over.

    Args:
        source: One path, or several; as for :func:`read`.

    Raises:
        NotFoundError: There is no partial at all, or a path does not exist.
        FormatError: A file is no partial, or was damaged.
        MergeError: Partials hold the same trace (traces were cut, or something
            was merged twice), were taken by another version, under another
            policy or of traces chosen in another way; or not all analyses have
            partials of the same traces.

    >>> import pathlib, tempfile
    >>> import spanwise as sw
    >>> with tempfile.TemporaryDirectory() as kept:
    ...     for hour in (1, 2):
    ...         spans = f"trace {hour}\nshop GET 0..100".encode()
    ...         sw.scan(spans).partials().write(pathlib.Path(kept) / f"hour-{hour}")
    ...     sw.merge(kept).summary().traces
    2
    """
    return Partials(_native.merge(_arguments.inputs(source)))
