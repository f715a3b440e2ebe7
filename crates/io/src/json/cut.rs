//! Where a text can be cut into texts that can be read apart: between lines of
//! documents, between documents, and between the elements of a document's main
//! list.

use super::container::container_end;
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

/// The most containers between a document and its records, so that a cut stays
/// small whatever comes: no export has half as many.
const SPINE_DEPTH: usize = 8;

/// The last place where a window can be cut.
pub(crate) fn cut(window: &[u8], cutting: Cutting) -> Option<Cut> {
    let cut = if is_run_of_lines(window) {
        Cut::at(memrchr(b'\n', window)? + 1)
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
/// list. Whatever lies beside the spine, elements among it, is passed at once.
struct Scan<'a> {
    window: &'a [u8],
    at: usize,
    /// The containers of the spine, by their opening brackets.
    spine: Vec<u8>,
    /// What opens the spine, and how long that was before each container.
    opening: Vec<u8>,
    lengths: Vec<usize>,
    /// The text that was passed last.
    text: &'a [u8],
    best: Option<Cut>,
    /// True where the spine is that of the best cut still.
    is_noted: bool,
}

impl<'a> Scan<'a> {
    fn new(window: &'a [u8]) -> Self {
        Self {
            window,
            at: 0,
            spine: Vec::new(),
            opening: Vec::new(),
            lengths: Vec::new(),
            text: &[],
            best: None,
            is_noted: false,
        }
    }

    fn last_cut(mut self) -> Option<Cut> {
        while self.step().is_some() {}
        self.best
    }

    /// Goes on by a string, a container beside the spine, or a byte; `None`
    /// where the window ends.
    fn step(&mut self) -> Option<()> {
        let &byte = self.window.get(self.at)?;
        self.at += 1;
        match byte {
            b'"' => self.string()?,
            b'{' | b'[' if self.joins() => self.open(byte),
            b'{' | b'[' => self.pass()?,
            b'}' | b']' => self.close(),
            b',' if self.spine.last() == Some(&b'[') => self.note(self.at - 1),
            _ => {}
        }
        Some(())
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

    /// Passes the container whose bracket was read; `None` where the window
    /// ends in it.
    fn pass(&mut self) -> Option<()> {
        self.at = container_end(self.window, self.at)?;
        self.text = &[];
        Some(())
    }

    /// True where a container that opens here is one of the spine.
    fn joins(&self) -> bool {
        match self.spine.last() {
            None => true,
            Some(b'{') => self.spine.len() < SPINE_DEPTH && SPINE.contains(&self.text),
            Some(_) => false,
        }
    }

    fn open(&mut self, bracket: u8) {
        self.lengths.push(self.opening.len());
        if !self.spine.is_empty() {
            self.opening.push(b'"');
            self.opening.extend_from_slice(self.text);
            self.opening.extend_from_slice(b"\":");
        }
        self.opening.push(bracket);
        self.spine.push(bracket);
        self.is_noted = false;
    }

    fn close(&mut self) {
        self.text = &[];
        self.spine.pop();
        self.is_noted = false;
        self.opening.truncate(self.lengths.pop().unwrap_or(0));
        if self.spine.is_empty() {
            self.note(self.at);
        }
    }

    /// Notes that the window can be cut at `end`, and the rest begins here.
    fn note(&mut self, end: usize) {
        match &mut self.best {
            Some(best) if self.is_noted => (best.end, best.next) = (end, self.at),
            _ => self.best = Some(self.cut_at(end)),
        }
        self.is_noted = true;
    }

    fn cut_at(&self, end: usize) -> Cut {
        let close = |bracket: &u8| if *bracket == b'{' { b'}' } else { b']' };
        Cut {
            end,
            closing: self.spine.iter().rev().map(close).collect(),
            next: self.at,
            opening: self.opening.clone(),
            records: 0,
        }
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
    fn documents_in_documents_do_not_make_a_cut_large() {
        let text = [r#"{"data":"#.repeat(100), "[1,2,".to_owned()].concat();
        assert_eq!(cut(text.as_bytes(), Cutting::Thorough), None);
        let text = r#"{"data":{"data":{"hits":[1,2"#;
        let found = cut(text.as_bytes(), Cutting::Thorough).expect("a comma");
        assert_eq!((found.end, found.next), (text.len() - 2, text.len() - 1));
        assert_eq!(found.opening, br#"{"data":{"data":{"hits":["#);
    }

    #[test]
    fn lines_are_cut_behind_the_last() {
        let text = b"{\"a\":1}\n{\"b\":2}\n{\"c\"";
        let found = cut(text, Cutting::Cheap).expect("lines");
        assert_eq!((found.end, found.next, found.records), (16, 16, 2));
        assert_eq!(cut(b"[{\"a\":1},{\"b\":2},", Cutting::Cheap), None);
    }
}
