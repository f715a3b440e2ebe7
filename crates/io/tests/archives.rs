//! Compressions and archives of every kind, whole and broken.

#[allow(dead_code, reason = "shared with tests that use more of it")]
mod pack;

use pack::{deflated, directory, frames, gzip, tar, zip, zip_of, zstd, Zipped, PACKS};
use spanwise_io::{read_batch, Input, Limits, ReadOptions};
use spanwise_model::{Error, ErrorKind, IssueKind, SpanBatch};

/// A document of one span with an attribute of so many bytes.
fn document(span: u64, bytes: usize) -> Vec<u8> {
    let (name, value) = (format!("op{span}"), "~".repeat(bytes));
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"{span:016x}","name":"{name}","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[{{"key":"k","value":{{"stringValue":"{value}"}}}}]}}]}}]}}]}}"#
    )
    .into_bytes()
}

fn read_with(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Result<SpanBatch, Error> {
    let (name, bytes) = ("x".to_owned(), bytes.as_ref().into());
    read_batch(&[Input::Bytes { name, bytes }], options)
}

fn read(bytes: impl AsRef<[u8]>) -> SpanBatch {
    read_with(bytes, &ReadOptions::default()).expect("spans")
}

fn ids(batch: &SpanBatch) -> Vec<u64> {
    batch
        .placements
        .iter()
        .map(|place| place.span_id.0)
        .collect()
}

fn paths(batch: &SpanBatch) -> Vec<&str> {
    let sources = batch.sources.iter();
    sources.map(|source| source.path.as_str()).collect()
}

/// Issues as `kind xcount: examples`.
fn issues(batch: &SpanBatch) -> Vec<String> {
    let rows = batch.issues.iter();
    let line = |(kind, _, row): (IssueKind, &str, &spanwise_model::issue::IssueRow)| {
        let examples: Vec<_> = row.examples.iter().map(ToString::to_string).collect();
        format!("{kind} x{}: {}", row.count, examples.join(" | "))
    };
    rows.map(line).collect()
}

fn failure(bytes: impl AsRef<[u8]>, limits: Limits) -> String {
    let options = ReadOptions::default().limits(limits);
    let error = read_with(bytes, &options).expect_err("a failure");
    assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
    error.to_string()
}

#[test]
fn every_compression_is_told_by_its_bytes() {
    let (one, two) = (document(1, 9), document(2, 9));
    for (name, pack) in PACKS {
        assert_eq!(ids(&read(pack(&one))), [1], "{name}");
        let both = [pack(&one), pack(b"\n"), pack(&two)].concat();
        assert_eq!(
            ids(&read(&both)),
            [1, 2],
            "streams of {name} behind each other"
        );
        let twice = pack(&gzip(&[one.clone(), two.clone()].concat()));
        assert_eq!(ids(&read(twice)), [1, 2], "{name} around gzip");
    }
}

#[test]
fn a_cut_stream_keeps_what_came() {
    let mut state = 1u64;
    let mut digit = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        b'a' + (state >> 60) as u8
    };
    let mut lines = Vec::new();
    for span in 1..800 {
        let filled: Vec<u8> = document(span, 4000)
            .into_iter()
            .map(|byte| if byte == b'~' { digit() } else { byte })
            .collect();
        lines.extend([&filled[..], b"\n"].concat());
    }
    for (name, pack) in PACKS {
        let packed = pack(&lines);
        let batch = read(&packed[..packed.len() * 3 / 4]);
        assert!((100..799).contains(&batch.len()), "{name}: {}", batch.len());
        assert!(batch.sources[0].truncated, "{name}");
        assert_eq!(batch.issues.count(IssueKind::TruncatedFile), 1, "{name}");
    }
}

#[test]
fn entries_are_read_like_the_files_of_a_folder() {
    let (one, two, packed) = (document(1, 9), document(2, 9), gzip(&document(3, 9)));
    let files: [(&str, &[u8]); 7] = [
        ("traces/b.json", &one),
        ("a.json", &two),
        ("c.bin", &packed),
        ("notes.txt", b"hello"),
        ("empty", b""),
        ("traces/", b""),
        ("__MACOSX/._a.json", b"hidden"),
    ];
    let stored: Vec<Zipped<'_>> = files.iter().map(|(n, b)| Zipped::stored(n, b)).collect();
    let mut archives = vec![tar(&files), zip(&files), zip_of(&stored)];
    archives.extend(PACKS.map(|(_, pack)| pack(&tar(&files))));
    archives.push(gzip(&zip(&files)));
    for archive in archives {
        let batch = read(&archive);
        assert_eq!(ids(&batch), [1, 2, 3], "in the order of the archive");
        assert_eq!(paths(&batch), ["x!traces/b.json", "x!a.json", "x!c.bin"]);
        assert_eq!(
            issues(&batch),
            ["unknown_format x2: x!empty: the input is empty | x!notes.txt"]
        );
    }
}

#[test]
fn archives_may_lie_in_archives() {
    let (one, two) = (document(1, 9), document(2, 9));
    let inner = zip(&[("one.json", &one)]);
    let middle = gzip(&tar(&[("in.zip", &inner), ("two.json", &two)]));
    let outer = zip(&[("out.tar.gz", &middle)]);
    let batch = read(&outer);
    assert_eq!(
        paths(&batch),
        ["x!out.tar.gz!in.zip!one.json", "x!out.tar.gz!two.json"]
    );
    let message = failure(&outer, Limits::default().layers(3));
    assert_eq!(
        message,
        "x!out.tar.gz!in.zip: limit layers (3) exceeded; raise `layers` in the limits of the read"
    );
}

#[test]
fn every_method_of_zip_is_undone_or_named() {
    let bytes = document(1, 3000);
    let packed = [
        (8, deflated(&bytes)),
        (12, pack::bzip2(&bytes)),
        (93, zstd(&bytes)),
        (95, pack::xz(&bytes)),
    ];
    for (method, packed) in &packed {
        let archive = zip_of(&[Zipped::of("a", &bytes, (*method, packed))]);
        assert_eq!(ids(&read(archive)), [1], "{method}");
    }
    let good = Zipped::stored("good", &bytes);
    let locked = Zipped {
        flags: 1,
        name: "locked",
        ..good
    };
    let lzma = Zipped {
        method: 14,
        name: "lzma",
        ..good
    };
    let odd = Zipped {
        method: 77,
        name: "odd",
        ..good
    };
    let batch = read(zip_of(&[locked, good, lzma, odd]));
    assert_eq!(ids(&batch), [1]);
    assert_eq!(
        issues(&batch),
        [
            "unreadable_file x3: x!locked: encrypted | x!lzma: compressed by LZMA, which is not \
          supported | x!odd: compressed by 77, which is not supported"
        ]
    );
}

#[test]
fn a_wrong_sum_or_size_is_told() {
    let bytes = document(1, 9);
    let good = Zipped::stored("a", &bytes);
    let sum = Zipped { crc: 7, ..good };
    let batch = read(zip_of(&[sum]));
    assert_eq!(ids(&batch), [1], "what was read stays");
    let offset = bytes.len();
    let told = |why| [format!("truncated_file x1: x!a, offset {offset}{why}")];
    assert_eq!(issues(&batch), told(": the checksum does not match"));
    let short = Zipped { size: 9, ..good };
    let why = ": more bytes than the archive says";
    assert_eq!(issues(&read(zip_of(&[short]))), told(why));
    let long = Zipped { size: 9999, ..good };
    assert_eq!(issues(&read(zip_of(&[long]))), told(""));
}

#[test]
fn a_zip_without_its_directory_is_read_by_headers() {
    let (one, two) = (document(1, 9), document(2, 900));
    let files: [(&str, &[u8]); 2] = [("1.json", &one), ("2.json", &two)];
    let stored = files.map(|(name, bytes)| Zipped::stored(name, bytes));
    for (archive, name) in [(zip(&files), "piped"), (zip_of(&stored), "stored")] {
        let directory = memchr::memmem::find(&archive, b"PK\x01\x02").expect("a directory");
        let batch = read(&archive[..directory]);
        assert_eq!(ids(&batch), [1, 2], "{name}");
        let told = "no directory of the archive; entries were found by their own headers";
        assert_eq!(batch.issues.count(IssueKind::TruncatedFile), 1);
        assert!(issues(&batch)[0].ends_with(told), "{:?}", issues(&batch));
        let mut bent = archive.clone();
        bent[directory + 2] = 9;
        assert_eq!(ids(&read(&bent)), [1, 2], "{name} with a bent directory");
        let last = memchr::memmem::rfind(&archive, b"PK\x03\x04").expect("a header");
        let batch = read(&archive[..last + 60]);
        assert_eq!(ids(&batch), [1], "{name}: the second is cut");
        assert_eq!(batch.issues.count(IssueKind::TruncatedFile), 2);
    }
}

#[test]
fn a_cut_tar_keeps_what_came() {
    let (one, two) = (document(1, 9), document(2, 9));
    let whole = tar(&[("1.json", &one), ("2.json", &two)]);
    let end = 1536 + two.len();
    let rows = |cut: usize| {
        let batch = read(&whole[..cut]);
        (ids(&batch), issues(&batch))
    };
    assert_eq!(rows(whole.len()), (vec![1, 2], vec![]));
    let cut = |offset: usize| format!("truncated_file x1: x, offset {offset}");
    assert_eq!(
        rows(1024),
        (vec![1], vec![cut(1024)]),
        "behind the first entry"
    );
    let header = "truncated_file x1: x, offset 1100: failed to read entire block";
    assert_eq!(rows(1100), (vec![1], vec![header.to_owned()]));
    let (found, told) = rows(end - 100);
    assert_eq!(found, [1]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("truncated_file x2: x, offset"),
        "{told:?}"
    );
    let mut bent = whole.clone();
    bent[1024 + 149] = b'x';
    let batch = read(&bent);
    assert_eq!(ids(&batch), [1]);
    assert!(
        issues(&batch)[0].contains("x, offset 1536"),
        "{:?}",
        issues(&batch)
    );
}

#[test]
fn no_name_leaves_the_archive() {
    let one = document(1, 9);
    let names = ["../../etc/passwd", "/etc/shadow", "a\u{1b}[2J\nb", "C:\\x"];
    let files: Vec<(&str, &[u8])> = names.map(|name| (name, &one[..])).into();
    for archive in [tar(&files), zip(&files)] {
        let batch = read(archive);
        assert_eq!(
            paths(&batch),
            [
                "x!../../etc/passwd",
                "x!/etc/shadow",
                "x!a\\u{1b}[2J\\nb",
                "x!C:\\x"
            ]
        );
    }
}

#[test]
fn links_and_devices_in_a_tar_are_told() {
    let one = document(1, 9);
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind) in [
        ("a.json", tar::EntryType::Regular),
        ("link", tar::EntryType::Symlink),
        ("pipe", tar::EntryType::Fifo),
        ("folder", tar::EntryType::Directory),
    ] {
        let mut header = tar::Header::new_gnu();
        let bytes: &[u8] = if name == "a.json" { &one } else { b"" };
        header.set_path(name).expect("a name");
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        header.set_link_name("/etc/passwd").expect("a name");
        header.set_cksum();
        builder.append(&header, bytes).expect("appended");
    }
    let batch = read(builder.into_inner().expect("an archive"));
    assert_eq!(ids(&batch), [1]);
    assert_eq!(
        issues(&batch),
        ["unreadable_file x2: x!link: a link, which is not followed | x!pipe: not a regular file"]
    );
}

#[test]
fn long_names_and_tars_behind_each_other_are_whole() {
    let (one, two) = (document(1, 9), document(2, 9));
    let long = format!("{}b.json", "a/".repeat(120));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(one.len() as u64);
    builder
        .append_data(&mut header, &long, &one[..])
        .expect("appended");
    let first = builder.into_inner().expect("an archive");
    let batch = read([first, tar(&[("2.json", &two)])].concat());
    assert_eq!(paths(&batch), [&*format!("x!{long}"), "x!2.json"]);
    assert!(issues(&batch).is_empty(), "{:?}", issues(&batch));
}

#[test]
fn limits_hold_over_all_entries_together() {
    let blanks = [document(1, 9), vec![b' '; 30 << 20]].concat();
    let many: Vec<(String, &[u8])> = (0..5).map(|n| (n.to_string(), &blanks[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    let limits = Limits::default();
    for archive in [
        zip(&many),
        zstd(&tar(&many)),
        tar(&[("in.zip", &zip(&many))]),
    ] {
        let message = failure(&archive, limits);
        assert!(message.contains("limit ratio (200)"), "{message}");
        let message = failure(&archive, limits.file_bytes(50 << 20));
        assert!(message.contains("limit file_bytes (52428800)"), "{message}");
        let message = failure(&archive, limits.entries(4).ratio(1 << 20));
        assert!(message.contains("limit entries (4)"), "{message}");
    }
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let bytes = deflated(&vec![b' '; 1 << 20]);
    let entry = |name| Zipped::of(name, &[b' '; 1 << 20], (8, &bytes));
    let local = entry("a").local();
    let records: Vec<Vec<u8>> = ["a", "b"]
        .iter()
        .map(|name| entry(name).record(0))
        .collect();
    let archive = [local.clone(), directory(&records, local.len() as u32)].concat();
    let message = failure(&archive, Limits::default());
    assert_eq!(
        message,
        "x, offset 0: limit overlap (0) exceeded: entries a and b share bytes, as in a zip bomb"
    );
}

#[test]
fn what_holds_itself_is_refused() {
    let mut packed = document(1, 9);
    for _ in 0..20 {
        packed = gzip(&packed);
    }
    let message = failure(&packed, Limits::default());
    assert!(message.contains("limit layers (8)"), "{message}");
    let mut archive = document(1, 9);
    for _ in 0..20 {
        archive = zip(&[("r.zip", &archive)]);
    }
    let message = failure(&archive, Limits::default());
    assert!(message.contains("limit layers (8)"), "{message}");
}

#[test]
fn an_archive_without_a_file_is_told() {
    for archive in [zip_of(&[]), tar(&[("only/", b"")])] {
        let error = read_with(&archive, &ReadOptions::default()).expect_err("no spans");
        assert_eq!(error.kind(), ErrorKind::NoSpans);
        let message = error.to_string();
        assert!(message.contains("archive without a file"), "{message}");
    }
}

#[test]
fn compressed_messages_are_read_as_records() {
    let json: Vec<Vec<u8>> = (1..5).map(|span| document(span, 9)).collect();
    let protobuf: Vec<Vec<u8>> = json.iter().map(|json| as_protobuf(json)).collect();
    for (messages, format) in [(&json, "otlp-json"), (&protobuf, "otlp-protobuf")] {
        let whole = frames(messages);
        let batch = read(&whole);
        assert_eq!(ids(&batch), [1, 2, 3, 4]);
        assert_eq!(batch.sources[0].format, format);
        assert!(issues(&batch).is_empty());
        let batch = read(&whole[..whole.len() - 3]);
        assert!(ids(&batch).starts_with(&[1, 2, 3]));
        assert_eq!(batch.issues.count(IssueKind::TruncatedFile), 1);
        let mut bent = whole.clone();
        let second = 4 + u32::from_be_bytes(*whole.first_chunk().expect("four")) as usize + 4;
        bent[second + 8..second + 20].fill(0xff);
        let batch = read(&bent);
        assert_eq!(ids(&batch), [1, 3, 4], "{format}");
        let [told] = &issues(&batch)[..] else {
            panic!("{:?}", issues(&batch));
        };
        let place = "malformed_record x1: x, record 2, offset ";
        assert!(told.starts_with(place), "{told}");
        assert!(
            told.contains("a message that cannot be decompressed: "),
            "{told}"
        );
    }
}

fn as_protobuf(json: &[u8]) -> Vec<u8> {
    let batch = read(json);
    let mut bytes = Vec::new();
    let format = spanwise_io::by_name("otlp-protobuf").expect("a format");
    format.write(&batch, &mut bytes).expect("written");
    bytes.split_off(4)
}

/// A file of Parquet says at its end what it is.
#[cfg(feature = "parquet")]
#[test]
fn what_must_be_seen_whole_is_so_in_an_archive() {
    let line = |nth: u32| format!("shop GET{nth} {nth}..{}\n", nth + 1);
    let batch = spanwise_io::notation::parse(&(0..5_000).map(line).collect::<String>());
    let format = spanwise_io::by_name("spanwise-parquet").expect("a format");
    let mut file = Vec::new();
    format.write(&batch, &mut file).expect("memory");
    assert!(
        file.len() > spanwise_io::guess::HEAD_BYTES,
        "more than a head"
    );
    let files = [("a.parquet", file.as_slice())];
    for packed in [zip(&files), gzip(&tar(&files))] {
        assert_eq!(read(packed).len(), batch.len());
    }
}
