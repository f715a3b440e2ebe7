//! Files as they lie there, for what is no export of spans.

use super::expand::{expand, Item, Origin};
use super::Input;
use spanwise_model::{Error, Result};
use std::fs::File;
use std::io::{self, Read};

/// Takes the name of a file and what it holds.
pub type EachFile<'e> = dyn FnMut(&str, Vec<u8>) -> Result<()> + 'e;

/// Gives the bytes of every file of these inputs that begins with `magic`, one
/// after the other in the order of their names; of a file that the user named
/// itself, in any case its beginning.
///
/// ```
/// use spanwise_io::source::{each_file, Input};
/// let mut found = Vec::new();
/// each_file(&[Input::bytes("PAR1 and more")], b"PAR1", &mut |name, bytes| {
///     found.push((name.to_owned(), bytes.len()));
///     Ok(())
/// })?;
/// assert_eq!(found, [("<bytes>".to_owned(), 13)]);
/// # Ok::<(), spanwise_model::Error>(())
/// ```
///
/// # Errors
///
/// [`spanwise_model::ErrorKind::NotFound`] where an input does not exist,
/// [`spanwise_model::ErrorKind::Io`] where a file cannot be read, and what
/// `each` answers, each in its file.
pub fn each_file(inputs: &[Input], magic: &[u8], each: &mut EachFile<'_>) -> Result<()> {
    for item in expand(inputs)?.items {
        let place = |error: Error| error.in_file(item.name.clone());
        let (bytes, fits) = load(&item, magic).map_err(|error| place(error.into()))?;
        if fits || item.explicit {
            each(&item.name, bytes).map_err(place)?;
        }
    }
    Ok(())
}

/// The bytes of a file, where they begin with `magic`, or else that beginning.
fn load(item: &Item, magic: &[u8]) -> io::Result<(Vec<u8>, bool)> {
    let mut source: Box<dyn Read + '_> = match &item.origin {
        Origin::File(path) => Box::new(File::open(path)?),
        Origin::Bytes(bytes) => Box::new(&bytes[..]),
        Origin::Spool(spool) => Box::new(spool.reader()),
        Origin::Stdin => Box::new(io::stdin().lock()),
        Origin::Entry => Box::new(io::empty()),
    };
    let mut bytes = Vec::new();
    (&mut source)
        .take(magic.len() as u64)
        .read_to_end(&mut bytes)?;
    let fits = bytes == magic;
    if fits {
        source.read_to_end(&mut bytes)?;
    }
    Ok((bytes, fits))
}
