"""Reading exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from spanwise import _arguments, _native, _progress
from spanwise._span_frame import SpanFrame, from_frame, is_frame
from spanwise._traces import Traces

if TYPE_CHECKING:
    from collections.abc import Sequence

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
) -> Traces:
    """Reads exported traces and puts every request together.

    Formats and compression are guessed from the bytes. Bad records are not
    errors: they are counted in :meth:`Traces.issues`. In a folder or glob, a
    file of unknown format is passed over.

    Args:
        source: A file, a folder, a glob such as ``"exports/**/*.json.gz"``,
            ``"-"`` for standard input, bytes, a file open for reading bytes,
            or a list of these. Or a frame of spans (polars, pandas, pyarrow or
            whatever else gives an Arrow stream) with the columns of
            :meth:`Traces.spans`: ``trace_id``, ``span_id`` and ``start`` at
            least; columns that are not among them are attributes.
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
    """
    if is_frame(source):
        return Traces(from_frame(source, attributes))
    arguments = read_arguments(attributes, strict, threads, format, limits)
    named = _arguments.inputs(source)
    with _progress.shown(progress) as show:
        return Traces(_native.read(named, arguments, show))


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
) -> ReadArguments:
    """The arguments of a read as the engine takes them."""
    return {
        "attributes": attributes if isinstance(attributes, str) else list(attributes),
        "strict": strict,
        "threads": threads,
        "format": format,
        "limits": {name: limit for name, limit in (limits or {}).items() if isinstance(limit, int)},
    }
