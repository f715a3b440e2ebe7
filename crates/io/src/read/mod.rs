//! Reading inputs: in parallel, results in the order of paths.
//!
//! Small files are put together in portions of a few megabytes, each of which
//! one thread reads into one batch; a larger file is read piece by piece by all
//! threads that have time. The batches are joined in order, so the result does
//! not depend on the number of threads.

mod apart;
mod archive;
mod course;
#[cfg(feature = "parquet")]
mod groups;
mod options;
mod parallel;
mod piece;
mod reader;
mod told;
mod whole;

pub(crate) use course::{changed, Course, Mark};
pub use options::ReadOptions;
pub(crate) use reader::Reader;

use crate::select;
use crate::source::{expand, give_back, Expansion, Input, Item};
use rayon::prelude::*;
use spanwise_model::{Error, ErrorKind, Guard, Issues, Result, SpanBatch, SpanTable};
use std::collections::BTreeMap;

/// How many bytes of small files are read into one batch.
const PORTION_BYTES: u64 = 8 << 20;

/// Reads inputs and assembles their traces; with a filter, those that may meet
/// it, see [`ReadOptions::filter`].
///
/// ```
/// use spanwise_io::{read_table, Input, ReadOptions};
/// let document = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{
///     "traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",
///     "name":"GET","startTimeUnixNano":"0","endTimeUnixNano":"5"}]}]}]}"#;
/// let table = read_table(&[Input::bytes(document)], &ReadOptions::default())?;
/// assert_eq!(table.len(), 1);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// As [`read_batch`]; [`ErrorKind::Strict`] also where the spans read whole do
/// not make whole traces.
pub fn read_table(inputs: &[Input], options: &ReadOptions) -> Result<SpanTable> {
    let pool = pool(options.threads)?;
    let batch = read_in(&pool, inputs, options)?;
    let table = pool.install(|| crate::assemble::assemble(batch))?;
    if options.strict && options.filter.is_none() {
        check_issues(&table.issues)?;
    }
    Ok(table)
}

/// Reads inputs into one batch, whose records stand in the order of the paths.
///
/// ```
/// use spanwise_io::{read_batch, Input, ReadOptions};
/// let span = Input::bytes("shop GET 0..100");
/// let batch = read_batch(&[span.clone(), span], &ReadOptions::default())?;
/// assert_eq!(batch.len(), 2, "records as they came: assembly folds equal ones");
/// assert_eq!(batch.sources[0].format, "notation");
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::NotFound`] for a path that does not exist or a pattern that
/// matches nothing; [`ErrorKind::Io`] and [`ErrorKind::Format`] for a file
/// named itself that cannot be read or is of no known format;
/// [`ErrorKind::NoSpans`] where an input holds no span; [`ErrorKind::Limit`],
/// [`ErrorKind::Strict`] and [`ErrorKind::Cancelled`].
pub fn read_batch(inputs: &[Input], options: &ReadOptions) -> Result<SpanBatch> {
    read_in(&pool(options.threads)?, inputs, options)
}

fn read_in(pool: &rayon::ThreadPool, inputs: &[Input], options: &ReadOptions) -> Result<SpanBatch> {
    let expansion = expand(inputs)?;
    let reader = Reader::new(&expansion, options)?;
    let portions = portions(&expansion.items);
    let read = || -> Result<SpanBatch> {
        let results: Vec<Result<Vec<SpanBatch>>> = portions
            .par_iter()
            .map(|items| reader.portion(items))
            .collect();
        // No more is read: that room would stand beside what is joined and assembled.
        rayon::broadcast(|_| give_back());
        let batches = results.into_iter().collect::<Result<Vec<_>>>()?;
        joined(batches.into_iter().flatten(), options)
    };
    let mut batch = pool.install(read)?;
    check_found(inputs, &expansion, &found(&batch), &batch.issues)?;
    batch.issues.absorb(expansion.issues);
    batch.guard = Guard::default();
    batch = pool.install(|| select::narrow(batch, options))?;
    if options.strict {
        check_issues(&batch.issues)?;
    }
    Ok(batch)
}

/// Joins batches that were read under the same options, in their order.
fn joined(batches: impl Iterator<Item = SpanBatch>, options: &ReadOptions) -> Result<SpanBatch> {
    let mut batches = batches;
    let none = || SpanBatch::new(options.attributes.clone());
    let mut all = batches.next().unwrap_or_else(none);
    let mut others: Vec<SpanBatch> = batches.collect();
    let numbers = others.iter().map(|other| all.take_up(other));
    let numbers = numbers.collect::<Result<Vec<_>>>()?;
    others
        .par_iter_mut()
        .zip(&numbers)
        .for_each(|(other, numbers)| other.renumber(numbers));
    all.reserve(others.iter().map(SpanBatch::len).sum());
    others.into_iter().try_for_each(|other| all.append(other))?;
    Ok(all)
}

pub(crate) fn pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| Error::new(ErrorKind::Usage, error.to_string()).caused_by(error))
}

/// Cuts items into runs of a few megabytes.
pub(crate) fn portions(items: &[Item]) -> Vec<&[Item]> {
    let mut portions = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, item) in items.iter().enumerate() {
        let size = item.size.unwrap_or(PORTION_BYTES);
        if at > start && size > PORTION_BYTES - bytes.min(PORTION_BYTES) {
            portions.push(&items[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes = size.saturating_add(bytes);
    }
    portions.push(&items[start..]);
    portions
}

/// The sum, where all are known. Sparse files may claim any size.
fn total(mut sizes: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    sizes.try_fold(0u64, |sum, size| Some(sum.saturating_add(size?)))
}

/// How many records each file gave.
fn found(batch: &SpanBatch) -> BTreeMap<&str, u64> {
    let mut found = BTreeMap::new();
    for source in &batch.sources {
        let records = source.records.len() as u64 + source.passed_over;
        *found.entry(source.path.as_str()).or_default() += records;
    }
    found
}

/// Every folder and pattern must have given spans, and so must the whole run.
pub(crate) fn check_found(
    inputs: &[Input],
    expansion: &Expansion,
    found: &BTreeMap<&str, u64>,
    issues: &Issues,
) -> Result<()> {
    if inputs.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no input is named"));
    }
    let mut spans = vec![0u64; inputs.len()];
    for item in &expansion.items {
        let found = found_in(found, &item.name);
        item.inputs.iter().for_each(|&at| spans[at] += found);
    }
    if found.values().all(|&spans| spans == 0) {
        let names: Vec<_> = inputs.iter().take(3).map(Input::name).collect();
        let names = names.join(", ");
        if expansion.items.is_empty() && expansion.issues.is_empty() {
            return Err(Error::new(ErrorKind::NoSpans, "no file in it").in_file(names));
        }
        return Err(no_span(names, issues, &expansion.issues));
    }
    let empty = expansion.collections.iter().find(|&&at| spans[at] == 0);
    empty.map_or(Ok(()), |&at| {
        let none = Issues::default();
        Err(no_span(inputs[at].name(), &none, &none))
    })
}

/// How many records a file gave, and the entries that it has if it is an
/// archive.
fn found_in(found: &BTreeMap<&str, u64>, name: &str) -> u64 {
    let entries = format!("{name}!");
    let own = found.get(name).copied().unwrap_or(0);
    let inside = found.range(entries.as_str()..);
    let inside = inside.take_while(|(path, _)| path.starts_with(&entries));
    inside.fold(own, |sum, (_, records)| sum + records)
}

/// No span was found; the issues may tell why.
fn no_span(name: String, read: &Issues, walked: &Issues) -> Error {
    let mut issues = read.clone();
    issues.absorb(walked.clone());
    let why = issues
        .told()
        .map_or_else(String::new, |why| format!("; {why}"));
    Error::new(ErrorKind::NoSpans, format!("no span in it{why}")).in_file(name)
}

pub(crate) fn check_issues(issues: &Issues) -> Result<()> {
    let error = |told| Err(Error::new(ErrorKind::Strict, told));
    issues.told().map_or(Ok(()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_leaves_no_room_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("spans.txt");
        std::fs::write(&path, "shop GET 0..100").expect("a disk with room");
        let pool = pool(Some(2)).expect("threads");
        let inputs = [Input::from(path), Input::bytes("cart Get 0..9")];
        let batch = read_in(&pool, &inputs, &ReadOptions::default()).expect("spans");
        assert_eq!(batch.len(), 2);
        assert_eq!(pool.broadcast(|_| give_back()), [0, 0]);
    }
}
