use super::*;
use crate::notation;
use spanwise_model::IssueKind;

fn own(text: &str) -> Vec<u8> {
    let mut file = Vec::new();
    let batch = notation::parse(text);
    own::write(&batch, &mut file).expect("memory");
    file
}

/// Reading gives no span, and says why.
fn check_refused(format: &dyn Format, bytes: &[u8]) {
    let mut batch = SpanBatch::default();
    let ended = format.read(bytes, &mut batch).expect("no limit");
    let told = batch.issues.count(IssueKind::MalformedRecord) == 1;
    assert!(batch.is_empty() && (told || ended == Ended::Truncated));
}

/// A file with this footer and nothing before it.
fn file_of(footer: &[u8]) -> Vec<u8> {
    let length = (footer.len() as u32).to_le_bytes();
    [MAGIC, footer, &length, MAGIC].concat()
}

/// A footer with a schema of so many elements, each of which says that it holds
/// so many.
fn schema_of(elements: u32, children: &[u8]) -> Vec<u8> {
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    let mut count = elements;
    while count >= 0x80 {
        footer.push(count as u8 | 0x80);
        count >>= 7;
    }
    footer.push(count as u8);
    for _ in 0..elements {
        // Field 4 is the name, field 5 the number of children.
        footer.extend([0x48, 0x01, b'x', 0x15]);
        footer.extend(children);
        footer.push(0);
    }
    footer.push(0);
    footer
}

#[test]
fn a_schema_that_is_nested_without_end_is_no_schema() {
    // Each holds the next one; the second way, in the lower bits of what it says.
    for children in [&[0x02][..], &[0xfd, 0xff, 0xff, 0xff, 0x1f]] {
        let file = file_of(&schema_of(200_000, children));
        for format in [
            &SpanwiseParquet as &dyn Format,
            &TempoParquet,
            &TableParquet,
        ] {
            assert!(!format.recognises(&file), "{}", format.name());
            check_refused(format, &file);
        }
    }
}

#[test]
fn no_element_of_a_schema_holds_more_than_there_are() {
    for (children, is_sound) in [(&[0x00][..], true), (&[0x08], false)] {
        assert_eq!(claims::is_footer_sound(&schema_of(4, children)), is_sound);
    }
    let most = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    assert!(!claims::is_footer_sound(&schema_of(1, &most)));
}

#[test]
fn a_page_says_once_how_many_values_it_has() {
    // Fields 5 and 7, each with a number of values.
    let header = |second: &[u8]| {
        let first = [0x15, 0x00, 0x15, 0x02, 0x15, 0x02, 0x2c, 0x15, 0x02, 0x00];
        [&first, second, &[0x00, 0xff]].concat()
    };
    assert!(claims::are_sound(&header(&[]), 100));
    assert!(!claims::are_sound(&header(&[0x2c, 0x15, 0x02, 0x00]), 100));
}

#[test]
fn a_page_that_claims_more_than_can_be_is_an_issue() {
    let file = own("shop GET /cart 0..100\n  cart Get 10..60");
    // The header of the first page, of 16 bytes of ids each: its type, and its
    // sizes.
    let header = file
        .windows(4)
        .position(|bytes| bytes[..2] == [0x15, 0x00] || bytes[..2] == [0x15, 0x04]);
    let at = header.expect("a page") + 2;
    let mut forged = file.clone();
    // An uncompressed size as large as its bytes allow.
    forged[at + 1] = 0x7f;
    let mut batch = SpanBatch::default();
    let _ = SpanwiseParquet.read(&forged, &mut batch);
    assert!(batch.len() <= 2);
    let claim = |uncompressed: &[u8], values: &[u8]| {
        let mut page = vec![0x15, 0x00, 0x15];
        page.extend(uncompressed);
        page.extend([0x15, 0x02, 0x2c, 0x15]);
        page.extend(values);
        page.extend([0x00, 0x00, 0xff]);
        page
    };
    let most = [0xfe, 0xff, 0xff, 0xff, 0x0f];
    assert!(claims::are_sound(&claim(&[0x02], &[0x02]), 100));
    assert!(!claims::are_sound(&claim(&most, &[0x02]), 100), "a size");
    assert!(
        !claims::are_sound(&claim(&[0x02], &most), 100),
        "a number of values"
    );
}

#[test]
fn no_type_is_longer_than_may_be() {
    // A type whose values have so many bytes.
    let schema = |length: &[u8]| {
        let element = [&[0x15, 0x0e, 0x15], length, &[0x28, 0x01, b'a', 0x00]].concat();
        [&[0x15, 0x04, 0x19, 0x1c][..], &element, &[0x00]].concat()
    };
    for (length, is_sound) in [(&[0x20][..], true), (&[0xfe, 0xff, 0x7f], false)] {
        assert_eq!(claims::is_footer_sound(&schema(length)), is_sound);
    }
}

#[test]
fn a_broken_row_group_leaves_the_others() {
    let text: String = (0..70_000)
        .map(|nth| format!("shop GET {nth}..{}\n", nth + 1))
        .collect();
    let file = own(&text);
    let opened = File::open(&file).expect("our own");
    assert_eq!(opened.groups(), 2);
    let (start, length) = opened.metadata.row_group(0).columns()[0].byte_range();
    let mut broken = file.clone();
    broken[start as usize..(start + length) as usize].fill(0xff);
    let mut batch = SpanBatch::default();
    let ended = SpanwiseParquet.read(&broken, &mut batch).expect("no limit");
    assert_eq!(ended, Ended::Whole);
    assert_eq!(batch.len(), 70_000 - (1 << 16));
    assert_eq!(batch.issues.count(IssueKind::MalformedRecord), 1);
    let told = format!("{:?}", batch.issues);
    assert!(
        told.contains("record: Some(1)") && told.contains("a row group: "),
        "{told}"
    );
}

#[test]
fn what_is_no_whole_file_is_refused() {
    let file = own("shop GET 0..100");
    for bytes in [
        &b""[..],
        MAGIC,
        b"PAR1PAR1",
        &file[..file.len() - 1],
        &file[1..],
    ] {
        for format in [
            &SpanwiseParquet as &dyn Format,
            &TempoParquet,
            &TableParquet,
        ] {
            assert!(!format.recognises(bytes));
            check_refused(format, bytes);
        }
    }
    check_refused(&TempoParquet, &file);
}

#[test]
fn our_own_file_is_a_table_for_others() {
    let file = own("shop GET /cart 0..100 server http.route=/cart n=5");
    let mut batch = SpanBatch::default();
    TableParquet
        .read(&file, &mut batch)
        .expect("a table of spans");
    let head = batch.head(0);
    assert_eq!(
        (head.start_unix_nano, head.end_unix_nano),
        (0, Some(100_000_000))
    );
    assert_eq!(batch.strings.get(head.name), "GET /cart");
    assert_eq!(
        batch.strings.get(batch.resources.service(head.resource)),
        "shop"
    );
    let route = batch.strings.find("http.route").expect("a key");
    let route = batch
        .attribute_value(0, route)
        .map(|value| value.to_string());
    assert_eq!(route.as_deref(), Some("/cart"));
}
