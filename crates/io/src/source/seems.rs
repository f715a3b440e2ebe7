//! What a file seems to be that is of no known format, for the message.

use crate::json::has_object;
/// What is said of a file of Parquet that is of no format.
#[cfg(feature = "parquet")]
const PARQUET: &str = "Parquet with other columns, which a mapping can name";
#[cfg(not(feature = "parquet"))]
const PARQUET: &str = "Parquet, which the feature parquet reads";

/// What these bytes, the beginning of a file, seem to be; a noun with what
/// belongs to it.
pub(crate) fn seems(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 10] = [
        (b"\xff\xfe", "UTF-16, of which UTF-8 must be made"),
        (b"\xfe\xff", "UTF-16, of which UTF-8 must be made"),
        (
            b"7z\xbc\xaf\x27\x1c",
            "an archive of 7-Zip, which is not unpacked",
        ),
        (b"Rar!\x1a\x07", "an archive of RAR, which is not unpacked"),
        (b"LZIP\x01", "compressed with lzip, which is not unpacked"),
        (
            b"\x1f\x9d",
            "compressed with compress, which is not unpacked",
        ),
        (
            b"\x02\x21\x4c\x18",
            "an old frame of lz4, which is not unpacked",
        ),
        (b"PAR1", PARQUET),
        (b"%PDF", "a PDF"),
        (b"SQLite format 3\x00", "a database of SQLite"),
    ];
    if head.starts_with(b"PAR1") && !head.ends_with(b"PAR1") {
        return Some("Parquet whose end is missing");
    }
    let start = head.trim_ascii_start();
    if start.first() == Some(&b'<') {
        return Some("a page of HTML or XML");
    }
    KINDS
        .into_iter()
        .find(|(magic, _)| head.starts_with(magic))
        .map(|(_, kind)| kind)
        .or_else(|| list_of_traces(start))
        .or_else(|| is_json(start).then_some("JSON"))
}

/// Answers to searches: they name traces, and of their spans at best those that
/// were searched for.
fn list_of_traces(start: &[u8]) -> Option<&'static str> {
    const LISTS: [(&[&str], &str); 4] = [
        (
            &["traceID", "rootServiceName"],
            "an answer to a search in Tempo, which names traces and does not hold them; \
             ask for each by its id",
        ),
        (
            &["traceID", "spanSets"],
            "an answer to a search in Tempo, which names traces and does not hold them; \
             ask for each by its id",
        ),
        (
            &["TraceSummaries"],
            "a list of summaries from X-Ray, which names traces and does not hold them; \
             ask for them with batch-get-traces",
        ),
        (
            &["queryBasicTraces"],
            "a list of traces from SkyWalking, which names traces and does not hold them; \
             ask for each with queryTrace",
        ),
    ];
    const DEPTH: usize = 3;
    LISTS.into_iter().find_map(|(keys, kind)| {
        let all = (1 << keys.len()) - 1;
        has_object(start, DEPTH, keys, |seen| seen == all).then_some(kind)
    })
}

fn is_json(start: &[u8]) -> bool {
    match start {
        [b'{', rest @ ..] => matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]),
        [b'[', rest @ ..] => matches!(rest.trim_ascii_start(), [b'{' | b']', ..]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_told_apart() {
        let cases: [(&[u8], Option<&str>); 7] = [
            (b"%PDF-1.7", Some("a PDF")),
            (b" \n<!doctype html>", Some("a page of HTML or XML")),
            (b"{\"a\":1}", Some("JSON")),
            (b"[ ]", Some("JSON")),
            (b"[2024-01-01] started", None),
            (b"a,b,c", None),
            (b"", None),
        ];
        for (head, kind) in cases {
            assert_eq!(seems(head), kind, "{head:?}");
        }
    }

    #[test]
    fn answers_to_searches_are_told_apart() {
        for (head, kind) in [
            (
                r#"{"traces":[{"traceID":"1","rootServiceName":"a"}],"metrics":{}}"#,
                "Tempo",
            ),
            (r#"{"traces":[{"traceID":"1","spanSets":["#, "Tempo"),
            (r#"{"TraceSummaries":[{"Id":"1-2-3"}]}"#, "X-Ray"),
            (
                r#"{"data":{"queryBasicTraces":{"traces":[]}}}"#,
                "SkyWalking",
            ),
        ] {
            let told = seems(head.as_bytes()).unwrap_or_default();
            assert!(told.contains(kind), "{head}: {told}");
        }
    }
}
