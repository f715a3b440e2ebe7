//! Endpoints that are known by what they say, not by how they are written.

use super::tags::{EndpointKeys, LOCAL, PEER_SERVICE, REMOTE};
use crate::json::Open;
use spanwise_model::{ResourceId, Result, Symbol, Value};
use std::net::{Ipv4Addr, Ipv6Addr};

/// An endpoint: whatever it does not say is empty or zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) service: Symbol,
    pub(super) ipv4: Symbol,
    pub(super) ipv6: Symbol,
    pub(super) port: i64,
}

impl Host {
    /// The endpoint that recorded a span, as a resource.
    pub(super) fn resource(self, open: &mut Open<'_>) -> Result<ResourceId> {
        self.each_field(&LOCAL, open, |open, key, value| {
            open.batch.resources.push(key, value);
        })?;
        Ok(open.batch.resources.close(self.service))
    }

    /// The other side of a span, as attributes of the open record.
    pub(super) fn peer(self, open: &mut Open<'_>) -> Result<()> {
        if self.service != Symbol::EMPTY {
            let name = open.batch.strings.get(self.service).to_owned();
            let key = open.intern(PEER_SERVICE)?;
            open.batch.attribute_of(key, Value::Str(&name));
        }
        self.each_field(&REMOTE, open, |open, key, value| {
            open.batch.attribute_of(key, value);
        })
    }

    fn each_field(
        self,
        keys: &EndpointKeys,
        open: &mut Open<'_>,
        put: impl Fn(&mut Open<'_>, Symbol, Value<'_>),
    ) -> Result<()> {
        for address in [self.ipv4, self.ipv6] {
            if address != Symbol::EMPTY {
                let text = open.batch.strings.get(address).to_owned();
                let key = open.intern(keys.address)?;
                put(open, key, Value::Str(&text));
            }
        }
        if self.port != 0 {
            let key = open.intern(keys.port)?;
            put(open, key, Value::Int(self.port));
        }
        Ok(())
    }
}

/// The text of an address of four bytes; none for that of no host.
pub(super) fn ipv4(bits: u32, open: &mut Open<'_>) -> Result<Symbol> {
    match bits {
        0 => Ok(Symbol::EMPTY),
        bits => open.intern(&Ipv4Addr::from_bits(bits).to_string()),
    }
}

/// The text of an address of sixteen bytes; `None` for that of no host, and for
/// other lengths.
pub(super) fn ipv6(bytes: &[u8], open: &mut Open<'_>) -> Result<Symbol> {
    match <[u8; 16]>::try_from(bytes).map(Ipv6Addr::from) {
        Ok(address) if !address.is_unspecified() => open.intern(&address.to_string()),
        _ => Ok(Symbol::EMPTY),
    }
}
