//! Laws of archives: packing changes no answer, and no damage does harm.

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod corpus;
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod pack;

use pack::{frames, gzip, tar, zip, zip_of, Zipped, PACKS};
use proptest::prelude::*;
use spanwise_io::{read_table, Input, Limits, ReadOptions};
use spanwise_model::{ErrorKind, SpanTable};
use std::fs;
use std::path::Path;

/// The spans of a table and what is wrong with the input, with `root` for the
/// place of the files.
fn told(table: &SpanTable, root: &str) -> String {
    let mut told = table.to_string();
    for (kind, service, row) in table.issues.iter() {
        let examples: Vec<_> = row.examples.iter().map(ToString::to_string).collect();
        let line = format!("{kind} {service} {} {}\n", row.count, examples.join(" | "));
        told.push_str(&line.replace(root, ""));
    }
    let sources = table.sources.iter();
    let mut files: Vec<_> = sources
        .map(|file| (file.path.replace(root, ""), file.spans))
        .collect();
    files.sort();
    format!("{told}{files:?}")
}

fn read(name: &str, bytes: &[u8]) -> SpanTable {
    let (name, bytes) = (name.to_owned(), bytes.into());
    read_table(&[Input::Bytes { name, bytes }], &ReadOptions::default()).expect("spans")
}

/// The files of a folder with their names in it.
fn files_of(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<(String, Vec<u8>)> = paths
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("a file"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_packed_folder_is_the_folder() {
    let Some(corpus) = corpus::folder() else {
        return;
    };
    for name in ["otlp_pb", "otlp_json", "zipkin_v2"] {
        let folder = corpus.join(name);
        let root = format!("{}/", folder.display());
        let options = ReadOptions::default();
        let whole = read_table(&[Input::from(folder.as_path())], &options).expect("spans");
        let whole = told(&whole, &root);
        let owned = files_of(&folder);
        let files: Vec<(&str, &[u8])> = owned.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
        let stored: Vec<Zipped<'_>> = files.iter().map(|(n, b)| Zipped::stored(n, b)).collect();
        let packed: Vec<(&str, Vec<u8>)> = files.iter().map(|(n, b)| (*n, gzip(b))).collect();
        let packed: Vec<(&str, &[u8])> = packed.iter().map(|(n, b)| (*n, &b[..])).collect();
        let mut kinds = vec![
            ("tar", tar(&files)),
            ("zip", zip(&files)),
            ("stored zip", zip_of(&stored)),
            ("zip of gzip", zip(&packed)),
        ];
        kinds.extend(PACKS.map(|(kind, pack)| (kind, pack(&tar(&files)))));
        for (kind, bytes) in kinds {
            assert!(told(&read("a", &bytes), "a!") == whole, "{name} as {kind}");
        }
    }
}

fn document(span: u8) -> Vec<u8> {
    format!("trace {span}\nshop GET /cart 0..100 user.id={span}\n").into_bytes()
}

/// A small archive of each kind.
fn archives() -> Vec<Vec<u8>> {
    let (one, two) = (document(1), document(2));
    let files: [(&str, &[u8]); 2] = [("a/1.txt", &one), ("2.txt", &two)];
    let inner = tar(&files);
    let mut archives = vec![
        tar(&files),
        zip(&files),
        zip_of(&files.map(|(name, bytes)| Zipped::stored(name, bytes))),
        zip(&[("in.tar", &inner), ("2.txt", &two)]),
        frames(&[one.clone(), two.clone()]),
    ];
    archives.extend(PACKS.map(|(_, pack)| pack(&inner)));
    archives
}

/// What may come of hostile bytes: spans, or an error that says why.
fn check(bytes: &[u8]) {
    let limits = Limits::default().file_bytes(1 << 20);
    let options = ReadOptions::default().limits(limits).threads(1);
    let (name, bytes) = ("x".to_owned(), bytes.into());
    if let Err(error) = read_table(&[Input::Bytes { name, bytes }], &options) {
        let kind = error.kind();
        let expected = [ErrorKind::Format, ErrorKind::Limit, ErrorKind::NoSpans];
        assert!(expected.contains(&kind), "{error}");
        assert!(error.to_string().starts_with('x'), "{error}");
    }
}

#[test]
fn every_cut_of_every_archive_is_read() {
    for archive in archives() {
        let step = (archive.len() / 150).max(1);
        for cut in (0..archive.len()).step_by(step) {
            check(&archive[..cut]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_flipped_byte_does_harm(
        kind in 0..11usize,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut archive = archives().swap_remove(kind);
        for (place, byte) in flips {
            let at = place.index(archive.len());
            archive[at] = byte;
        }
        check(&archive);
    }
}
