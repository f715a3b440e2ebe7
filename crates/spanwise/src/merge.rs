//! Partials in files.

use crate::partials::{told, Partials};
use crate::Input;
use spanwise_analyze::analyses::aggregates;
use spanwise_analyze::{Analysis, Partial, Taken};
use spanwise_io::source::each_file;
use spanwise_model::{Error, ErrorKind, Result};
use std::fs;
use std::path::Path;
use tempfile::NamedTempFile;

/// What files of Parquet begin with.
const MAGIC: &[u8] = b"PAR1";

impl Partials {
    /// Writes a file of Parquet for each analysis into a folder, which is made
    /// where it does not exist. Files of the same names are replaced, each when
    /// its successor is whole.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] where that fails.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        let place = |error: Error| error.in_file(folder.display().to_string());
        fs::create_dir_all(folder).map_err(|error| place(error.into()))?;
        let write = |partial: &Partial| {
            let mut file = unfinished(folder)?;
            spanwise_partials::write(partial, &self.taken, &mut file)?;
            let name = format!("{}.parquet", told(partial).replace(' ', "-"));
            file.persist(folder.join(name))
                .map_err(|error| error.error)?;
            Ok(())
        };
        self.partials
            .iter()
            .try_for_each(|partial| write(partial).map_err(place))
    }
}

/// A file without its name as yet, which others may read once it has one.
fn unfinished(folder: &Path) -> Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    Ok(builder.tempfile_in(folder)?)
}

/// Merges the partials in files, folders and patterns, in which other files are
/// passed over; see [`Partials`].
///
/// ```
/// use spanwise::analyses::{aggregates, Hotspots};
/// use spanwise::{Analysis, Input};
///
/// let folder = tempfile::tempdir()?;
/// let analyses = aggregates();
/// let analyses: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
/// for (hour, spans) in [("3", "trace 1\nshop GET 0..100"), ("4", "trace 2\nshop GET 0..40")] {
///     spanwise::scan([Input::bytes(spans)]).partials(&analyses)?.write(folder.path().join(hour))?;
/// }
/// let night = spanwise::merge([folder.path()])?;
/// assert_eq!(night.summary().traces, 2);
/// assert_eq!(night.table(&Hotspots::default())?.rows(), 1);
/// # Ok::<(), spanwise::Error>(())
/// ```
///
/// # Errors
///
/// In the file where it is found: [`ErrorKind::Format`] where a file is no
/// partial or was damaged, and [`ErrorKind::Merge`] as [`Partials::merge`].
/// [`ErrorKind::Merge`] too where not all analyses have partials of the same
/// traces, and [`ErrorKind::NotFound`] where there is no partial at all.
pub fn merge<I>(inputs: I) -> Result<Partials>
where
    I: IntoIterator,
    I::Item: Into<Input>,
{
    let analyses = aggregates();
    let analyses: Vec<&dyn Analysis> = analyses.iter().map(AsRef::as_ref).collect();
    merge_of(inputs, &analyses)
}

/// As [`merge`], of partials of these analyses, which may be one's own.
///
/// # Errors
///
/// As [`merge`].
pub fn merge_of<I>(inputs: I, analyses: &[&dyn Analysis]) -> Result<Partials>
where
    I: IntoIterator,
    I::Item: Into<Input>,
{
    let inputs: Vec<Input> = inputs.into_iter().map(Into::into).collect();
    let mut merged: Vec<(Partial, Taken)> = Vec::new();
    each_file(&inputs, MAGIC, &mut |_, bytes| {
        add(
            spanwise_partials::read(bytes.into(), analyses)?,
            &mut merged,
        )
    })?;
    together(merged)
}

/// Merges a partial into the one of its analysis, or adds it.
fn add((partial, taken): (Partial, Taken), merged: &mut Vec<(Partial, Taken)>) -> Result<()> {
    match merged.iter_mut().find(|(ours, _)| ours.is_like(&partial)) {
        Some((ours, held)) => {
            held.merge(taken)?;
            ours.merge(&partial)
        }
        None => {
            merged.push((partial, taken));
            Ok(())
        }
    }
}

/// Puts partials of the same traces together.
fn together(merged: Vec<(Partial, Taken)>) -> Result<Partials> {
    let Some((first, taken)) = merged.first().cloned() else {
        return Err(Error::new(ErrorKind::NotFound, "no partials"));
    };
    if let Some((other, _)) = merged.iter().find(|(_, other)| *other != taken) {
        let (ours, theirs) = (told(&first), told(other));
        let message = format!("the partials of {ours} and of {theirs} are not of the same traces");
        return Err(Error::new(ErrorKind::Merge, message));
    }
    Ok(Partials {
        taken,
        partials: merged.into_iter().map(|(partial, _)| partial).collect(),
        spilled_bytes: 0,
    })
}
