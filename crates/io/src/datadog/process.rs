//! The process that a chunk comes from.

use crate::json::Open;
use spanwise_model::{ResourceId, Result, Symbol, Value};

/// The keys that describe a process, and what they are called of a resource.
const KEYS: [(&str, &str); 8] = [
    ("runtime-id", "service.instance.id"),
    ("env", "deployment.environment.name"),
    ("version", "service.version"),
    ("language", "telemetry.sdk.language"),
    ("_dd.hostname", "host.name"),
    ("_dd.tracer_hostname", "host.name"),
    ("process_id", "process.pid"),
    ("system.pid", "process.pid"),
];

/// What is known of a process: by key of a resource, in the order of [`KEYS`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Process([Option<Fact>; KEYS.len()]);

#[derive(Clone, Debug, PartialEq)]
enum Fact {
    Text(Box<str>),
    Number(i64),
}

impl Process {
    /// Notes an attribute of a span, if it describes the process.
    pub(super) fn note(&mut self, key: &str, value: Value<'_>) {
        let Some(at) = KEYS.iter().position(|(name, _)| *name == key) else {
            return;
        };
        self.0[at] = match value {
            Value::Str("") => None,
            Value::Str(text) => Some(Fact::Text(text.into())),
            Value::Int(number) => Some(Fact::Number(number)),
            Value::Double(number) => Some(Fact::Number(number as i64)),
            _ => None,
        };
    }

    /// True where it says which process it is.
    pub(super) fn is_known(&self) -> bool {
        let told = KEYS.iter().zip(&self.0).filter(|(_, fact)| fact.is_some());
        told.into_iter()
            .any(|((_, name), _)| matches!(*name, "service.instance.id" | "process.pid"))
    }

    /// The resource of a span of this process.
    pub(super) fn resource(&self, open: &mut Open<'_>, service: Symbol) -> Result<ResourceId> {
        for ((_, name), fact) in KEYS.iter().zip(&self.0) {
            let value = match fact {
                Some(Fact::Text(text)) => Value::Str(text),
                Some(Fact::Number(number)) => Value::Int(*number),
                None => continue,
            };
            let key = open.intern(name)?;
            open.batch.resources.push(key, value);
        }
        Ok(open.batch.resources.close(service))
    }
}
