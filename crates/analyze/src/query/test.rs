//! Conditions on a span by itself, resolved against a table.
//!
//! What is the same for all spans of an operation, a resource or a scope is
//! asked once for each of those.

use super::field::{DurationField, Field, Flag, Owner, Quantity, TextField};
use super::ground::Ground;
use super::syntax::Compare;
use super::value_test::ValueTest;
use crate::facts::fact_flags;
use spanwise_model::canonical::{CanonicalValue, Reader};
use spanwise_model::trace::TopKind;
use spanwise_model::{flags, OperationId, ResourceId, ScopeId, Span, SpanTable, Symbol, Value};
use std::borrow::Cow;

/// A condition on a span by itself.
pub(super) enum Test {
    /// By operation.
    Operation(Vec<bool>),
    /// By resource.
    Resource(Vec<bool>),
    /// By scope.
    Scope(Vec<bool>),
    Text(TextField, ValueTest),
    Duration(DurationField, Compare, u64),
    Flag(Flag),
    Quantity(Quantity, ValueTest),
    Attribute(Owner, Option<Symbol>, ValueTest),
    Canonical(Reader, ValueTest),
}

impl Test {
    /// The test of a field, resolved against a table.
    pub(super) fn of(field: &Field, test: ValueTest, table: &SpanTable) -> Self {
        match field {
            Field::Text(field) => of_text(*field, test, table),
            Field::Duration(field) => match test {
                ValueTest::Duration(compare, nano) => Self::Duration(*field, compare, nano),
                _ => Self::Duration(*field, Compare::AtLeast, 0),
            },
            Field::Flag(flag) => Self::Flag(*flag),
            Field::Quantity(quantity) => Self::Quantity(*quantity, test),
            Field::Attribute(Owner::Resource, key) => of_resource(key, &test, table),
            Field::Attribute(owner, key) => {
                Self::Attribute(*owner, table.store.strings.find(key), test)
            }
            Field::Canonical(field) => Self::Canonical(Reader::new(field, table), test),
        }
    }

    /// True where a span of a trace meets it.
    pub(super) fn meets(&self, ground: &Ground<'_>, span: u32) -> bool {
        let columns = &ground.table.columns;
        let row = ground.row(span) as usize;
        match self {
            Self::Operation(meets) => meets[columns.operation[row].0 as usize],
            Self::Resource(meets) => meets[columns.resource[row].0 as usize],
            Self::Scope(meets) => meets[columns.scope[row].0 as usize],
            Self::Text(field, test) => text(*field, ground, span).is_some_and(|s| test.text(&s)),
            Self::Duration(field, compare, nano) => {
                duration(*field, ground, span).is_some_and(|found| compare.holds(&found, nano))
            }
            Self::Flag(flag) => self::flag(*flag, ground, span),
            Self::Quantity(quantity, test) => test.whole(self::quantity(*quantity, ground, span)),
            Self::Attribute(owner, key, test) => key.is_some_and(|key| {
                attribute(*owner, key, ground.span(span)).is_some_and(|v| test.value(v))
            }),
            Self::Canonical(reader, test) => match reader.read(ground.span(span)) {
                Some(CanonicalValue::Text(text)) => test.text(&text),
                Some(CanonicalValue::Number(n) | CanonicalValue::Duration(n)) => test.whole(n),
                Some(CanonicalValue::Flag(flag)) => test.flag(flag),
                None => false,
            },
        }
    }
}

fn of_text(field: TextField, test: ValueTest, table: &SpanTable) -> Test {
    let operations = &table.operations;
    let store = &table.store;
    let ids = (0..operations.len() as u32).map(OperationId);
    match field {
        TextField::Service => Test::Operation(
            ids.map(|id| test.text(table.text(operations.service(id))))
                .collect(),
        ),
        TextField::Operation => Test::Operation(
            ids.map(|id| test.text(table.text(operations.name(id))))
                .collect(),
        ),
        TextField::Kind => Test::Operation(
            ids.map(|id| test.text(operations.kind(id).name()))
                .collect(),
        ),
        TextField::Instance => {
            let ids = (0..store.resources.len() as u32).map(ResourceId);
            let instance = |id| store.resources.instance(id, &store.strings);
            Test::Resource(
                ids.map(|id| instance(id).is_some_and(|one| test.text(&one)))
                    .collect(),
            )
        }
        TextField::Scope => {
            let ids = (0..store.scopes.len() as u32).map(ScopeId);
            let names = ids.map(|id| table.text(store.scopes.get(id).0));
            Test::Scope(
                names
                    .map(|name| !name.is_empty() && test.text(name))
                    .collect(),
            )
        }
        field => Test::Text(field, test),
    }
}

fn of_resource(key: &str, test: &ValueTest, table: &SpanTable) -> Test {
    let store = &table.store;
    let key = store.strings.find(key);
    let ids = (0..store.resources.len() as u32).map(ResourceId);
    let meets = |id| {
        let value = key.and_then(|key| store.resources.attribute(id, key));
        value.is_some_and(|value| test.value(value))
    };
    Test::Resource(ids.map(meets).collect())
}

fn text<'a>(field: TextField, ground: &Ground<'a>, span: u32) -> Option<Cow<'a, str>> {
    let view = ground.span(span);
    match field {
        TextField::Status => Some(view.status().name().into()),
        TextField::StatusMessage => view.status_message().map(Cow::Borrowed),
        TextField::Outcome => Some(
            ground.facts.outcome[ground.row(span) as usize]
                .name()
                .into(),
        ),
        TextField::TraceId => Some(view.trace().id_text()),
        TextField::SpanId => Some(view.id_text()),
        _ => None,
    }
}

fn duration(field: DurationField, ground: &Ground<'_>, span: u32) -> Option<u64> {
    let row = ground.row(span) as usize;
    let slack = ground.slack.as_ref();
    match field {
        DurationField::Duration => {
            let is_there = ground.table.columns.flags[row] & flags::MISSING_END == 0;
            is_there.then(|| ground.table.columns.duration_nano[row])
        }
        DurationField::SelfTime => Some(ground.facts.self_nano[row]),
        DurationField::CriticalTime => Some(ground.facts.critical_nano[row]),
        DurationField::Slack => slack?.slack_nano(span as usize),
        DurationField::Drag => slack?.drag_nano(span as usize),
    }
}

fn flag(flag: Flag, ground: &Ground<'_>, span: u32) -> bool {
    let row = ground.row(span) as usize;
    let fact = |flag: u8| ground.facts.flags[row] & flag != 0;
    let view = ground.span(span);
    match flag {
        Flag::Errs => fact(fact_flags::ERRS),
        Flag::Origin => fact(fact_flags::ORIGIN),
        Flag::OnPath => fact(fact_flags::ON_PATH),
        Flag::StatusError => view.flags() & flags::FORMAT_ERROR != 0,
        Flag::Root => view.is_top() && view.top_kind() == TopKind::Root,
        Flag::Orphan => view.is_top() && view.top_kind() == TopKind::Orphan,
    }
}

fn quantity(quantity: Quantity, ground: &Ground<'_>, span: u32) -> i64 {
    let view = ground.span(span);
    let store = &ground.table.store;
    let rows = match quantity {
        Quantity::Events => store.events_of(view.record()),
        Quantity::Links => store.links_of(view.record()),
    };
    rows.len() as i64
}

fn attribute(owner: Owner, key: Symbol, span: Span<'_>) -> Option<Value<'_>> {
    let own = span.attribute_value(key);
    match owner {
        Owner::Span => own,
        _ => {
            let resources = &span.table().store.resources;
            own.or_else(|| resources.attribute(span.resource_id(), key))
        }
    }
}
