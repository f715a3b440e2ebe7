//! What calls have in common: whom they call, and with what kind of text.

use super::readers::{Field, Readers};
use crate::analyses::callees::{Callees, Node, NodeKind};
use crate::analyses::calls::{Calls, Side};
use crate::analyses::connection::Connection;
use crate::templates;
use spanwise_model::id::hash_words;
use spanwise_model::keyed::KeyedMap;
use spanwise_model::{Span, SpanKind, SpanTable, Strings, Symbol};
use std::borrow::Cow;

/// The most characters of a template that are told.
const MOST: usize = 400;

/// Calls of one label are calls of one place in the code, for all that spans
/// tell: one name, one callee, one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Label {
    /// The name of the span, without ids.
    pub(super) operation: Symbol,
    /// The service, database or address that is called.
    pub(super) peer: Symbol,
    pub(super) template: Symbol,
}

/// What is known of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) label: u32,
    /// A number for its arguments, where they are told.
    pub(super) arguments: Option<u64>,
}

impl Called {
    /// Nobody asked yet.
    pub(super) const UNKNOWN: Self = Self {
        label: u32::MAX,
        arguments: None,
    };
}

/// Whom a call is made to: a service, or what has no spans of its own.
pub(super) type Callee = Node;

/// The text of a call.
struct Told {
    template: Symbol,
    /// The host of an address.
    host: Option<String>,
    arguments: Option<u64>,
}

/// The labels of a batch.
pub(super) struct Labels<'a> {
    calls: Calls<'a>,
    callees: Callees<'a>,
    readers: Readers,
    names: Strings,
    labels: Vec<Label>,
    index: KeyedMap<Label, u32>,
    /// By text and system: the template, and whether values are told.
    queries: KeyedMap<(Cow<'a, str>, Cow<'a, str>), (Symbol, bool)>,
    /// By operation: its name without ids.
    operations: Vec<Option<Symbol>>,
}

impl<'a> Labels<'a> {
    pub(super) fn new(table: &'a SpanTable) -> Self {
        Self {
            calls: Calls { table },
            callees: Callees::new(table),
            readers: Readers::new(table),
            names: Strings::new(),
            labels: Vec::new(),
            index: KeyedMap::default(),
            queries: KeyedMap::default(),
            operations: vec![None; table.operations.len()],
        }
    }

    pub(super) fn get(&self, label: u32) -> Label {
        self.labels[label as usize]
    }

    pub(super) fn text(&self, name: Symbol) -> &str {
        self.names.get(name)
    }

    /// True where a span speaks of messages.
    pub(super) fn is_message(&self, row: u32) -> bool {
        self.callees.connection(row) == Connection::Messaging
    }

    /// What is known of a call; of its arguments only where they are wanted, as
    /// no other attribute says more of each span than of all.
    pub(super) fn of(&mut self, row: u32, wants_arguments: bool) -> Called {
        let near = Span::new(self.calls.table, row);
        let far = self.far_side(row);
        let leaf = self.callees.leaf(row);
        let is_named = far.is_some() || !self.callees.name(leaf).is_empty();
        let told = match self.callees.connection(row) {
            Connection::Database => self.query(near),
            _ => self.request((near, far), wants_arguments || !is_named),
        };
        let operation = self.operation(near);
        let leaf = Some(self.callees.name(leaf)).filter(|name| !name.is_empty());
        let host = told.host.as_deref().unwrap_or_default();
        let peer = far.map_or_else(|| leaf.unwrap_or(host), Span::service);
        let label = Label {
            operation,
            peer: self.names.intern(peer),
            template: told.template,
        };
        Called {
            label: self.number(label),
            arguments: told.arguments,
        }
    }

    /// The name of a call without ids.
    pub(super) fn name_of(&mut self, row: u32) -> Symbol {
        self.operation(Span::new(self.calls.table, row))
    }

    fn operation(&mut self, span: Span<'a>) -> Symbol {
        let held = &mut self.operations[span.operation_id().0 as usize];
        *held.get_or_insert_with(|| self.names.intern(cut(&templates::name(span.operation()))))
    }

    fn number(&mut self, label: Label) -> u32 {
        let labels = &mut self.labels;
        *self.index.entry(label).or_insert_with(|| {
            labels.push(label);
            labels.len() as u32 - 1
        })
    }

    /// The service of a span.
    pub(super) fn service(&self, row: u32) -> Symbol {
        self.calls.service(row)
    }

    /// Whom a call is made to.
    pub(super) fn callee(&mut self, row: u32) -> Callee {
        match self.far_side(row) {
            Some(far) => (NodeKind::Service, self.calls.service(far.row())),
            None => self.callees.leaf(row),
        }
    }

    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        self.names.intern(text)
    }

    /// The different texts of labels with `; ` between, in their order.
    pub(super) fn joined(&mut self, labels: &[u32], of: fn(Label) -> Symbol) -> Symbol {
        let mut names: Vec<Symbol> = Vec::new();
        for &label in labels {
            let name = of(self.get(label));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let texts: Vec<&str> = names.iter().map(|&name| self.text(name)).collect();
        let joined = texts.join("; ");
        self.intern(&joined)
    }

    /// The span of the callee: the call itself where it is the callee's.
    pub(super) fn far_side(&self, row: u32) -> Option<Span<'a>> {
        let near = Span::new(self.calls.table, row);
        if near.kind() == SpanKind::Server || self.is_elsewhere(near) {
            return Some(near);
        }
        let answers = |child: &Span<'a>| self.calls.is_call(near.row(), child.row());
        near.children().find(answers)
    }

    /// True where a span is of another service than its parent.
    fn is_elsewhere(&self, span: Span<'_>) -> bool {
        let parent = self.calls.parent(span.row());
        parent.is_some_and(|parent| self.calls.service(parent) != self.calls.service(span.row()))
    }

    fn query(&mut self, near: Span<'a>) -> Told {
        let system = self.readers.system.text(near).unwrap_or_default();
        let Some(text) = self.readers.query.text(near) else {
            let summary = self.readers.summary.text(near);
            let template = summary.map(|text| self.names.intern(cut(&text)));
            return Told {
                template: template.unwrap_or_else(|| self.operation(near)),
                host: None,
                arguments: None,
            };
        };
        let arguments = hash(&text);
        let held = self.queries.entry((text, system));
        let (template, told) = *held.or_insert_with_key(|(text, system)| {
            let template = templates::query(text, system);
            (self.names.intern(cut(&template.text)), !template.is_open)
        });
        Told {
            template,
            host: None,
            arguments: told.then_some(arguments),
        }
    }

    /// What a request says; its address is read where it is wanted, or where
    /// nothing else tells the path.
    fn request(&mut self, (near, far): (Span<'a>, Option<Span<'a>>), wants_address: bool) -> Told {
        let readers = &self.readers;
        let said = |reader: &Field| {
            let far = far.and_then(|far| reader.text(far));
            reader.text(near).or(far)
        };
        let route = far.map(Span::operation).filter(|name| name.contains('/'));
        let path = readers.template.text(near).or(route.map(Into::into));
        let address = (wants_address || path.is_none())
            .then(|| said(&readers.address).or_else(|| said(&readers.path)))
            .flatten();
        let path = path.or_else(|| Some(templates::url(address.as_deref()?).into()));
        let is_path = path.as_ref().is_some_and(|path| path.starts_with('/'));
        let method = (is_path || address.is_some()).then(|| {
            let first = near.operation().split_whitespace().next();
            let first = first.filter(|first| is_method(first)).map(Into::into);
            said(&readers.method).or(first)
        });
        let method = method.flatten();
        let safe = matches!(method.as_deref(), Some("GET" | "HEAD"));
        let template = match (path, method) {
            (None, _) => self.operation(near),
            (Some(path), Some(method)) if is_path => {
                self.names.intern(cut(&format!("{method} {path}")))
            }
            (Some(path), _) => self.names.intern(cut(&path)),
        };
        Told {
            template,
            host: address.as_deref().and_then(host).map(Into::into),
            arguments: address.filter(|_| safe).map(|address| hash(&address)),
        }
    }
}

/// True where a span is a call of its parent's: a CLIENT's, one that another
/// service answers, or a query. Messages are none.
#[inline]
pub(super) fn is_call(parent: Side, span: Side, connection: impl Fn() -> Connection) -> bool {
    if parent.is_sender_to(span) {
        return false;
    }
    match span.kind {
        SpanKind::Client => connection() != Connection::Messaging,
        SpanKind::Server if parent.kind == SpanKind::Client => false,
        SpanKind::Server => connection() != Connection::Messaging,
        SpanKind::Internal | SpanKind::Unspecified => match connection() {
            Connection::Messaging => false,
            Connection::Database => true,
            _ => span.service != parent.service,
        },
        _ => false,
    }
}

fn hash(text: &str) -> u64 {
    hash_words(text.as_bytes()) as u64
}

/// The host of an address, with its port.
fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

/// At most [`MOST`] characters.
fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(MOST);
    end.map_or(text, |(at, _)| &text[..at])
}

fn is_method(word: &str) -> bool {
    matches!(
        word,
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    )
}
