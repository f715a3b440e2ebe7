//! Resources and scopes, wherever they stand among their spans.

use super::reader::{Reader, Walked};
use super::value::Owner;
use crate::json::Entered;
use crate::otlp::draft::{Draft, Surroundings};
use spanwise_model::{ResourceId, ScopeId, Symbol};

impl Reader<'_, '_> {
    /// Reads the spans of a resource, to which those belong too that stand
    /// before it. They get it once, at the end: it may be there many times.
    pub(super) fn resource_spans(&mut self) -> Walked {
        let from = self.batch.len();
        self.around = Surroundings::default();
        let mut resource = None;
        let walked = self.resource_fields(&mut resource);
        let resource = resource.unwrap_or_else(|| self.batch.resources.close(Symbol::EMPTY));
        self.batch.heads[from..]
            .iter_mut()
            .for_each(|head| head.resource = resource);
        walked
    }

    fn resource_fields(&mut self, resource: &mut Option<ResourceId>) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "resource" => *resource = Some(self.resource()?),
                "scopeSpans"
                | "scope_spans"
                | "instrumentationLibrarySpans"
                | "instrumentation_library_spans" => self.each(Self::scope_spans)?,
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    fn resource(&mut self) -> Walked<ResourceId> {
        let mut draft = Draft::default();
        let at = self.cursor.at;
        self.around.service = Symbol::EMPTY;
        let walked = self.resource_object(&mut draft);
        let service = self.around.service;
        let id = self.batch.resources.close(service);
        self.flaws(&draft, at);
        walked.map(|()| id)
    }

    fn resource_object(&mut self, draft: &mut Draft) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "attributes" => self.attributes(Owner::Resource, draft)?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    draft.dropped_attributes = self.count(draft)?;
                }
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    fn scope_spans(&mut self) -> Walked {
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(());
        }
        let from = self.batch.len();
        self.around.scope = ScopeId::default();
        let walked = self.scope_fields();
        let scope = self.around.scope;
        self.batch.heads[from..]
            .iter_mut()
            .for_each(|head| head.scope = scope);
        walked
    }

    fn scope_fields(&mut self) -> Walked {
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "spans" => self.each(Self::span)?,
                "scope" | "instrumentationLibrary" | "instrumentation_library" => {
                    self.around.scope = self.scope()?;
                }
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    fn scope(&mut self) -> Walked<ScopeId> {
        let (mut name, mut version) = (Symbol::EMPTY, Symbol::EMPTY);
        let mut draft = Draft::default();
        let at = self.cursor.at;
        if self.cursor.enter(b'{')? == Entered::Inside {
            let mut first = true;
            while let Some(key) = self.cursor.key(&mut first)? {
                match key {
                    "name" => name = self.symbol(&mut draft)?,
                    "version" => version = self.symbol(&mut draft)?,
                    "attributes" => self.attributes(Owner::Scope, &mut draft)?,
                    "droppedAttributesCount" | "dropped_attributes_count" => {
                        draft.dropped_attributes = self.count(&mut draft)?;
                    }
                    _ => self.cursor.skip()?,
                }
            }
        }
        self.flaws(&draft, at);
        Ok(self.batch.scopes.intern(name, version))
    }
}
