"""Reading exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise import _arguments, _native, _progress
from spanwise._filter import filter_arguments
from spanwise._span_frame import FORMAT, SpanFrame, columns, is_frame, stream
from spanwise._traces import Traces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Unpack

    from spanwise._filter import Conditions
    from spanwise._typing import Limits, ReadArguments


def read(
    source: _arguments.Source | SpanFrame,
    *,
    attributes: Literal["all", "none"] | Sequence[str] = "all",
    strict: bool = False,
    threads: int | None = None,
    format: str | None = None,  # noqa: A002 - the word everybody looks for.
    progress: bool | _progress.Show | None = None,
    limits: Limits | None = None,
    mapping: Mapping[str, str] | None = None,
    **conditions: Unpack[Conditions],
) -> Traces:
    """Reads exported traces and puts every request together.

    Formats and compression are guessed from the bytes. Bad records are not
    errors: they are counted in :meth:`Traces.issues`. In a folder or glob, a
    file of unknown format is passed over.

    Args:
        source: A file, a folder, a glob such as ``"exports/**/*.json.gz"``,
            ``"-"`` for standard input, bytes, a file open for reading bytes,
            or a list of these. Or a frame of spans, as :func:`from_arrow` reads.
        attributes: Which attributes to keep: ``"all"``, ``"none"``, or the
            keys to keep. Fewer take less memory.
        strict: Raise :class:`StrictError` where there is any issue.
        threads: How many threads read; as many as there are cores if ``None``.
        format: The format of every file, one of :func:`formats`; guessed if
            ``None``.
        progress: Show progress (``True``), or not (``False``), or on a terminal
            and in a notebook only (``None``); or a function that is called with
            the bytes read and the bytes in all (0 where that is not known).
        limits: Guards against hostile input, for each file: ``file_bytes``
            after decompression, ``ratio`` of decompression, ``entries`` of
            archives, ``layers`` of packing around one another, ``text_bytes``
            of a field, ``attributes`` of a span, ``depth`` of nesting.
        mapping: Which columns of tables of spans (Parquet, Arrow) hold what, as
            for :func:`from_arrow`.
        conditions: Which traces are wanted, as in :meth:`Traces.filter`:
            ``service=``, ``operation=``, ``since=``, ``trace_ids=`` and the
            others. The traces are those of reading all and filtering, but what
            cannot be among them takes no work beyond reading it.

    Returns:
        The traces, in the order of their ids.

    Raises:
        NotFoundError: A path does not exist, or a glob matches nothing.
        ReadError: A file that is named cannot be read.
        FormatError: A file that is named is of no format that is known.
        NoSpansError: There is no span in the input.
        LimitError: A limit was exceeded; the message says which.
        StrictError: The read was strict, and there are issues.
        UsageError: An argument makes no sense.

    >>> import spanwise as sw
    >>> export = b'''{"resourceSpans": [{"scopeSpans": [{"spans": [{
    ...     "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331",
    ...     "name": "GET", "startTimeUnixNano": "0", "endTimeUnixNano": "5000"}]}]}]}'''
    >>> len(sw.read(export))
    1
    >>> len(sw.read(sw.read(export).spans()))
    1
    >>> len(sw.read(export, operation="GET")), len(sw.read(export, trace_ids="77"))
    (1, 0)
    """
    if is_frame(source):
        traces = from_arrow(
            source,
            mapping=mapping,
            attributes=attributes,
            strict=strict,
            threads=threads,
            limits=limits,
        )
        return traces.filter(**conditions)
    arguments = read_arguments(attributes, strict, threads, format, limits, conditions=conditions)
    arguments["mapping"] = columns(mapping, None)
    named = _arguments.inputs(source)
    with _progress.shown(progress) as show:
        return Traces(_native.read(named, arguments, show))


def from_arrow(
    source: SpanFrame,
    *,
    mapping: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    attributes: Literal["all", "none"] | Sequence[str] = "all",
    strict: bool = False,
    threads: int | None = None,
    limits: Limits | None = None,
) -> Traces:
    """The traces of a frame of spans, a row a span: from a warehouse, say.

    Columns are found by their names, in the spelling of :meth:`Traces.spans`, of
    OpenTelemetry or of ClickHouse, unless ``mapping`` says otherwise: at least
    ``trace_id``, ``span_id``, ``start``, and ``duration`` or ``end``. Attributes
    may stand in a column of maps, structures, lists of keys and values, or JSON;
    and every column that is nothing else is an attribute.

    Args:
        source: Whatever gives its columns as an Arrow stream: a frame of polars
            or pandas, a table of pyarrow, a result of DuckDB.
        mapping: The column of a field, or the path to it in structures
            (``"resource.service"``). The fields are ``trace_id``, ``span_id``,
            ``parent_span_id``, ``trace_state``, ``flags``, ``service``,
            ``instance``, ``operation``, ``kind``, ``start``, ``end``,
            ``duration``, ``status``, ``status_message``, ``status_error``,
            ``scope``, ``scope_version``, ``attributes``,
            ``resource_attributes``, ``events`` and ``links``.
        units: The unit of ``start``, ``end`` and ``duration`` where they are
            numbers: ``"s"``, ``"ms"``, ``"us"`` or ``"ns"``. Else it is what
            the type or the end of the name (``duration_ms``) says, or
            nanoseconds.
        attributes: Which attributes to keep, as for :func:`read`.
        strict: Raise :class:`StrictError` where there is any issue.
        threads: How many threads read; as many as there are cores if ``None``.
        limits: Guards against hostile input, as for :func:`read`.

    Returns:
        The traces, in the order of their ids.

    Raises:
        UsageError: A column is missing, or of a type that cannot be what it
            should; the message names it.

    >>> import polars as pl
    >>> import spanwise as sw
    >>> frame = pl.DataFrame({"request": ["a1"], "span_id": ["b2"], "start": [0], "took": [5]})
    >>> traces = sw.from_arrow(
    ...     frame, mapping={"trace_id": "request", "duration": "took"}, units={"duration": "ms"}
    ... )
    >>> traces["a1"].duration_ns
    5000000
    """
    arguments = read_arguments(attributes, strict, threads, FORMAT, limits)
    arguments["mapping"] = columns(mapping, units)
    return Traces(_native.read([stream(source)], arguments, None))


def notation(text: str) -> Traces:
    """The traces that a text in trace notation describes.

    One span a line: service, operation, interval in milliseconds, and what else
    is to be said. Children are indented under their parent.

    Raises:
        FormatError: A line is no span.

    >>> import spanwise as sw
    >>> traces = sw.notation('''
    ...     frontend GET /cart   0..100
    ...       cart GetCart      10..60 error
    ... ''')
    >>> traces["1"].root
    'frontend GET /cart'
    """
    return Traces(_native.notation(text))


def read_arguments(
    attributes: Literal["all", "none"] | Sequence[str] = "all",
    strict: bool = False,  # noqa: FBT001, FBT002 - handed on from a keyword.
    threads: int | None = None,
    format: str | None = None,  # noqa: A002 - handed on from a keyword.
    limits: Limits | None = None,
    *,
    conditions: Conditions | None = None,
) -> ReadArguments:
    """The arguments of a read as the engine takes them."""
    return {
        "attributes": attributes if isinstance(attributes, str) else list(attributes),
        "strict": strict,
        "threads": threads,
        "format": format,
        "mapping": columns(None, None),
        "limits": {name: limit for name, limit in (limits or {}).items() if isinstance(limit, int)},
        "filter": filter_arguments(conditions or {}),
    }
