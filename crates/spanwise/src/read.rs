//! Reading exports into traces.

use crate::Traces;
use spanwise_analyze::Threads;
use spanwise_io::{read_table, Input, ReadOptions};
use spanwise_model::Result;

/// Reads a file, a folder, a glob, or `-` for standard input, and guesses the
/// formats from the bytes.
///
/// ```
/// # let file = std::env::temp_dir().join(format!("spanwise-read-{}.txt", std::process::id()));
/// # let file = file.display().to_string();
/// std::fs::write(&file, "shop GET /cart 0..100 server")?;
/// let traces = spanwise::read(file.as_str())?;
/// assert_eq!(traces.summary().files[0].format, "notation");
/// # std::fs::remove_file(file)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Where nothing is there, nothing can be read, or no span is found; see
/// [`crate::ErrorKind`]. Bad records are not errors: see [`Traces::issues`].
pub fn read(input: impl Into<Input>) -> Result<Traces> {
    read_with([input], &ReadOptions::default())
}

/// Reads several inputs as one set of traces.
///
/// ```
/// use spanwise::{ErrorKind, Input, ReadOptions};
///
/// let parts = ["trace 1\nshop GET 0..100", "trace 1\ncart Get 10..60 id=2 parent=1"];
/// let options = ReadOptions::default().strict(true).threads(1);
/// let traces = spanwise::read_with(parts.map(Input::bytes), &options)?;
/// assert_eq!(traces.trace("1")?.len(), 2);
/// let half = spanwise::read_with([Input::bytes(parts[1])], &options);
/// assert_eq!(half.err().map(|error| error.kind()), Some(ErrorKind::Strict), "an orphan");
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// With a filter ([`ReadOptions::filter`]), the traces are those of reading all
/// and filtering; what is left out early takes neither time nor memory.
///
/// ```
/// use spanwise::{Filter, Input, ReadOptions};
///
/// let spans = Input::bytes("trace 1\nshop GET 0..100 error\ntrace 2\nshop GET 0..40");
/// let failing = Filter::default().error(true);
/// let options = ReadOptions::default().filter(failing.clone());
/// let kept = spanwise::read_with([spans.clone()], &options)?;
/// let all = spanwise::read_with([spans], &ReadOptions::default())?;
/// assert_eq!(kept.summary(), all.filter(&failing).summary());
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// As [`read`]; with [`ReadOptions::strict`], also where there are issues.
pub fn read_with<I>(inputs: I, options: &ReadOptions) -> Result<Traces>
where
    I: IntoIterator,
    I::Item: Into<Input>,
{
    let inputs: Vec<Input> = inputs.into_iter().map(Into::into).collect();
    let traces = Traces::new(read_table(&inputs, options)?);
    let traces = match options.threads {
        Some(count) => traces.with_threads(Threads::limited_to(count)?),
        None => traces,
    };
    let Some(filter) = &options.filter else {
        return Ok(traces);
    };
    let kept = traces.filter(filter);
    if options.strict {
        kept.check_issues()?;
    }
    Ok(kept)
}
