//! From one format to another.

use crate::write::{WriteOptions, Written};
use spanwise_io::assemble::inherit_services;
use spanwise_io::format::Format;
use spanwise_io::{read_batch, Input, ReadOptions};
use spanwise_model::{Error, ErrorKind, Result};
use std::io::Write;

/// Reads inputs and writes all their records in another format. Records stay
/// as they came: nothing is folded, split or cut; only those whose service is
/// their parent's are given it. Answers how many there were, and what the
/// format could not hold of them.
///
/// ```
/// use spanwise::{Input, ReadOptions, WriteOptions};
///
/// let inputs = [Input::bytes("shop GET /cart 0..100 server")];
/// let (options, mut out) = (WriteOptions::new(spanwise::format("zipkin-json")?), Vec::new());
/// let written = spanwise::convert(&inputs, &ReadOptions::default(), &options, &mut out)?;
/// assert_eq!(written.spans, 1);
/// assert!(String::from_utf8_lossy(&out).contains("\"duration\":100000"));
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// As [`crate::read`]; [`ErrorKind::Usage`] where the format is only read,
/// which is told before anything is read; and where `out` cannot be written.
pub fn convert(
    inputs: &[Input],
    options: &ReadOptions,
    how: &WriteOptions,
    out: &mut dyn Write,
) -> Result<Written> {
    how.format.checked_writer()?;
    let mut batch = read_batch(inputs, options)?;
    inherit_services(&mut batch);
    how.write(&batch, out)
}

/// The format of this name, such as `otlp-json`.
///
/// ```
/// assert_eq!(spanwise::format("jaeger-json")?.name(), "jaeger-json");
/// let error = spanwise::format("pcap").err().map(|error| error.to_string());
/// assert!(error.is_some_and(|text| text.contains("no format pcap; there are otlp-json")));
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Usage`] where there is none; the message lists them.
pub fn format(name: &str) -> Result<&'static dyn Format> {
    spanwise_io::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = formats().iter().map(|format| format.name()).collect();
        let message = format!("no format {name}; there are {}", names.join(", "));
        Error::new(ErrorKind::Usage, message)
    })
}

/// All formats that are read; those that have a [`Format::writer`] are written too.
///
/// ```
/// let names: Vec<&str> = spanwise::formats().iter().map(|format| format.name()).collect();
/// assert!(names.contains(&"otlp-protobuf") && names.contains(&"notation"));
/// ```
#[must_use]
pub fn formats() -> &'static [&'static dyn Format] {
    spanwise_io::formats()
}
