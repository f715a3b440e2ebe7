//! Real data that stands beside the project and is never copied into it.

use std::path::PathBuf;

/// The folder of this name under `SPANWISE_SHARED`, or `None`, said aloud,
/// where it is absent.
#[allow(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SPANWISE_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")),
        PathBuf::from,
    );
    let folder = root.join(name);
    if !folder.is_dir() {
        println!("skipped: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}
