//! Where a text can be cut into texts that can be read apart: between lines of
//! documents, between documents, and between the elements of a document's main
//! list.

use super::documents::is_run_of_lines;
use crate::format::{Cut, Cutting};
use memchr::{memchr2, memchr_iter, memrchr};

/// The keys under which the list of records lies, or an envelope of it.
const SPINE: &[&[u8]] = &[
    b"data",
    b"result",
    b"trace",
    b"resourceSpans",
    b"resource_spans",
    b"batches",
    b"hits",
    b"docs",
    b"ndjson",
    b"Traces",
];

/// The last place where a window can be cut.
pub(crate) fn cut(window: &[u8], cutting: Cutting) -> Option<Cut> {
    let cut = if is_run_of_lines(window) {
        let end = memrchr(b'\n', window)? + 1;
        Cut {
            end,
            next: end,
            ..Cut::default()
        }
    } else if cutting == Cutting::Thorough {
        Scan::new(window).last_cut()?
    } else {
        return None;
    };
    let records = memchr_iter(b'\n', &window[..cut.next]).count() as u64;
    Some(Cut { records, ..cut })
}

/// A scan of a window for the ends of elements.
///
/// The *spine* is the chain of containers from the document down to its main
/// list. Whatever lies beside the spine is only counted in depth.
struct Scan<'a> {
    window: &'a [u8],
    at: usize,
    /// How many containers are open.
    depth: usize,
    /// The containers of the spine, by their opening brackets.
    spine: Vec<u8>,
    /// What opens the spine, and how long that was before each container.
    opening: Vec<u8>,
    lengths: Vec<usize>,
    /// The text that was passed last.
    text: &'a [u8],
    best: Option<Cut>,
}

impl<'a> Scan<'a> {
    fn new(window: &'a [u8]) -> Self {
        Self {
            window,
            at: 0,
            depth: 0,
            spine: Vec::new(),
            opening: Vec::new(),
            lengths: Vec::new(),
            text: &[],
            best: None,
        }
    }

    fn last_cut(mut self) -> Option<Cut> {
        while let Some(&byte) = self.window.get(self.at) {
            self.at += 1;
            match byte {
                b'"' => match self.string() {
                    Some(()) => {}
                    None => break,
                },
                b'{' | b'[' => self.open(byte),
                b'}' | b']' => self.close(),
                b',' if self.is_between_elements() => self.note(self.at - 1, self.at),
                _ => {}
            }
        }
        self.best
    }

    /// Passes a string; `None` where the window ends in it.
    fn string(&mut self) -> Option<()> {
        let start = self.at;
        loop {
            let rest = self.window.get(self.at..)?;
            let found = memchr2(b'"', b'\\', rest)?;
            self.at += found + 1;
            if rest[found] == b'"' {
                self.text = &self.window[start..self.at - 1];
                return Some(());
            }
            self.at += 1;
        }
    }

    fn open(&mut self, bracket: u8) {
        let on_spine = self.depth == self.spine.len();
        let joins = on_spine
            && match self.spine.last() {
                None => true,
                Some(b'{') => SPINE.contains(&self.text),
                Some(_) => false,
            };
        if joins {
            self.lengths.push(self.opening.len());
            if !self.spine.is_empty() {
                self.opening.push(b'"');
                self.opening.extend_from_slice(self.text);
                self.opening.extend_from_slice(b"\":");
            }
            self.opening.push(bracket);
            self.spine.push(bracket);
        }
        self.depth += 1;
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth < self.spine.len() {
            self.spine.pop();
            let length = self.lengths.pop().unwrap_or(0);
            self.opening.truncate(length);
            if self.depth == 0 {
                self.note(self.at, self.at);
            }
        }
        self.text = &[];
    }

    fn is_between_elements(&self) -> bool {
        self.depth == self.spine.len() && self.spine.last() == Some(&b'[')
    }

    fn note(&mut self, end: usize, next: usize) {
        let close = |bracket: &u8| if *bracket == b'{' { b'}' } else { b']' };
        self.best = Some(Cut {
            end,
            closing: self.spine.iter().rev().map(close).collect(),
            next,
            opening: self.opening.clone(),
            records: 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces that a text falls into when each window is this long.
    fn pieces(text: &str, size: usize) -> Vec<String> {
        let (mut rest, mut pieces) = (text.as_bytes().to_vec(), Vec::new());
        let mut length = size;
        while length < rest.len() {
            match cut(&rest[..length], Cutting::Thorough) {
                Some(found) => {
                    let piece = [&rest[..found.end], &found.closing[..]].concat();
                    pieces.push(String::from_utf8(piece).expect("text"));
                    rest = [&found.opening[..], &rest[found.next..]].concat();
                    length = size;
                }
                None => length += size,
            }
        }
        pieces.push(String::from_utf8(rest).expect("text"));
        pieces
    }

    #[test]
    fn pieces_are_documents_with_all_elements() {
        for text in [
            r#"{"data":[{"a":[1,2]},{"b":"],[{\"},"},{"c":{}}],"total":3}"#,
            r#"{"total":0,"result":{"resourceSpans":[{"x":1},{"y":[{}]},{"z":2}]}}"#,
            r#"{"took":1,"hits":{"total":{"value":2},"hits":[{"x":1},{"y":[2]}]}}"#,
            r#"{"Traces":[{"Id":"1","Segments":[{"Document":"{\"Traces\":[1,2]}"}]},{"Id":"2"}]}"#,
            r#"[[{"id":"1"},{"id":"2"}],[{"id":"3"}],[]]"#,
            r#"[{"id":"\\"},{"id":"2,[,"},{"id":"3"}]"#,
            "{\n \"batches\": [\n {\"x\": 1},\n {\"y\": 2}\n ]\n}\n{\n \"batches\": []\n}\n",
        ] {
            for size in 1..=text.len() {
                let mut elements = Vec::new();
                for piece in pieces(text, size) {
                    let documents = serde_json::Deserializer::from_str(&piece);
                    for document in documents.into_iter::<serde_json::Value>() {
                        elements.extend(main_list(document.expect(&piece)));
                    }
                }
                let whole = serde_json::Deserializer::from_str(text);
                let whole = whole.into_iter::<serde_json::Value>();
                let all: Vec<_> = whole.flat_map(|d| main_list(d.expect("JSON"))).collect();
                assert_eq!(elements, all, "{text} by {size}");
            }
        }
    }

    fn main_list(document: serde_json::Value) -> Vec<serde_json::Value> {
        match document {
            serde_json::Value::Array(elements) => elements,
            document => {
                let inner = [
                    "data",
                    "result",
                    "resourceSpans",
                    "batches",
                    "hits",
                    "Traces",
                ]
                .iter();
                let mut inner = inner;
                let found = inner.find_map(|key| document.get(key).cloned());
                found.map_or(Vec::new(), main_list)
            }
        }
    }

    #[test]
    fn lines_are_cut_behind_the_last() {
        let text = b"{\"a\":1}\n{\"b\":2}\n{\"c\"";
        let found = cut(text, Cutting::Cheap).expect("lines");
        assert_eq!((found.end, found.next, found.records), (16, 16, 2));
        assert_eq!(cut(b"[{\"a\":1},{\"b\":2},", Cutting::Cheap), None);
    }
}
