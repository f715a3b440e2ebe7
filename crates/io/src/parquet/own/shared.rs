//! What many records share: resources and scopes.

use super::leaf::{Cell, Leaf};
use super::leaves::{Leaves, REQUIRED};
use super::memo::{Names, Together};
use super::object;
use super::physical::Text;
use super::Short;
use crate::json::Open;
use crate::parquet::file::Stop;
use spanwise_model::{ResourceId, ScopeId, Symbol, Value};

/// Resources.
pub(super) struct Resource<'f> {
    attributes: Leaf<'f, Text>,
    known: Together<2, ResourceId>,
    /// The last one, and how often it comes again at once.
    again: (ResourceId, usize),
}

impl<'f> Resource<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            attributes: leaves.leaf(REQUIRED)?,
            known: Together::default(),
            again: (ResourceId::default(), 0),
        })
    }

    /// The resource of the next row, whose service is this one.
    #[inline]
    pub(super) fn next(
        &mut self,
        services: &mut Names<'f>,
        open: &mut Open<'_>,
    ) -> Result<ResourceId, Stop> {
        if self.again.1 == 0 {
            let resource = self.look(services, open)?;
            let times = services.again().min(self.attributes.again());
            services.pass_again(times);
            self.attributes.pass_again(times);
            self.again = (resource, times);
            return Ok(resource);
        }
        self.again.1 -= 1;
        Ok(self.again.0)
    }

    fn look(&mut self, services: &mut Names<'f>, open: &mut Open<'_>) -> Result<ResourceId, Stop> {
        let service = services.next().ok_or(Short)?;
        let attributes = self.attributes.value().ok_or(Short)?;
        let places = [service.place, attributes.place];
        if let Some(known) = self.known.get(places) {
            return Ok(known);
        }
        members(attributes, open, |open, key, value| {
            open.batch.resources.push(key, value);
        })?;
        let service = services.symbol(service, open)?;
        let resource = open.batch.resources.close(service);
        self.known.put(places, resource);
        Ok(resource)
    }
}

/// Scopes: name, version and attributes.
pub(super) struct Scope<'f> {
    name: Names<'f>,
    version: Names<'f>,
    attributes: Leaf<'f, Text>,
    known: Together<3, ScopeId>,
    /// The last one, and how often it comes again at once.
    again: (ScopeId, usize),
}

impl<'f> Scope<'f> {
    pub(super) fn of(leaves: &mut Leaves<'f>) -> Option<Self> {
        Some(Self {
            name: leaves.names(REQUIRED)?,
            version: leaves.names(REQUIRED)?,
            attributes: leaves.leaf(REQUIRED)?,
            known: Together::default(),
            again: (ScopeId::default(), 0),
        })
    }

    /// The scope of the next row.
    #[inline]
    pub(super) fn next(&mut self, open: &mut Open<'_>) -> Result<ScopeId, Stop> {
        if self.again.1 == 0 {
            let scope = self.look(open)?;
            let names = self.name.again().min(self.version.again());
            let times = names.min(self.attributes.again());
            self.name.pass_again(times);
            self.version.pass_again(times);
            self.attributes.pass_again(times);
            self.again = (scope, times);
            return Ok(scope);
        }
        self.again.1 -= 1;
        Ok(self.again.0)
    }

    fn look(&mut self, open: &mut Open<'_>) -> Result<ScopeId, Stop> {
        let name = self.name.next().ok_or(Short)?;
        let version = self.version.next().ok_or(Short)?;
        let attributes = self.attributes.value().ok_or(Short)?;
        let places = [name.place, version.place, attributes.place];
        if let Some(known) = self.known.get(places) {
            return Ok(known);
        }
        members(attributes, open, |open, key, value| {
            open.batch.scopes.push(key, value);
        })?;
        let name = self.name.symbol(name, open)?;
        let version = self.version.symbol(version, open)?;
        let scope = open.batch.scopes.intern(name, version);
        self.known.put(places, scope);
        Ok(scope)
    }
}

/// Reads an object of attributes.
pub(super) fn members(
    object: Cell<&[u8]>,
    open: &mut Open<'_>,
    mut push: impl FnMut(&mut Open<'_>, Symbol, Value<'_>),
) -> Result<(), Stop> {
    let text = std::str::from_utf8(object.value).unwrap_or_default();
    let whole = object::read(text, |key, value| {
        let key = open.intern(key)?;
        push(open, key, value);
        Ok::<(), Stop>(())
    })?;
    if !whole {
        open.flaw(crate::flaws::Flaw::Malformed);
    }
    Ok(())
}
