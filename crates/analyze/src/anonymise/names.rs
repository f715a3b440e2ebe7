//! Keyed hashes as names and ids.

use siphasher::sip128::{Hasher128, SipHasher24};
use spanwise_model::{SpanId, TraceId};
use std::hash::Hasher;
use std::net::{IpAddr, Ipv4Addr};

/// How many hexadecimal digits of a hash a name has: enough that of ten
/// thousand names no two are the same but once in five million times.
const DIGITS: usize = 12;

/// Methods of HTTP, which stay in front of the names of operations.
const METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT",
];

/// What services of which nobody said the name are called.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// A key, and what it makes of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    key: [u8; 16],
}

impl Names {
    pub(super) fn new(key: &str) -> Self {
        let mut hasher = SipHasher24::new();
        hasher.write(b"spanwise anonymise");
        hasher.write(key.as_bytes());
        Self {
            key: hasher.finish128().as_bytes(),
        }
    }

    /// The hash of some bytes in one of several uses.
    fn hash(&self, usage: u8, bytes: &[u8]) -> u128 {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        hasher.write_u8(usage);
        hasher.write(bytes);
        hasher.finish128().as_u128()
    }

    /// The hash of a text in digits.
    fn digits(&self, text: &str) -> String {
        let mut digits = format!("{:032x}", self.hash(0, text.as_bytes()));
        digits.truncate(DIGITS);
        digits
    }

    /// The hash of a value in 64 bits.
    pub(super) fn number(&self, bytes: &[u8]) -> u64 {
        self.hash(0, bytes) as u64
    }

    /// A text in this role; an empty one stays empty.
    pub(super) fn name(&self, role: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        format!("{role}-{}", self.digits(text))
    }

    /// A service, or the name of a peer, which may be one, or the address of
    /// its host: the parts before a dot and a colon are hashed apart, so that
    /// `cart` and `cart.shop:8080` still have the same beginning.
    pub(super) fn service(&self, text: &str) -> String {
        if let Ok(address) = text.parse() {
            return self.address(address).to_string();
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        };
        let host = match host.parse() {
            Ok(address) => self.address(address).to_string(),
            Err(_) => self.host(host),
        };
        match port {
            None => host,
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{host}:{port}")
            }
            Some(rest) => format!("{host}:{}", self.digits(rest)),
        }
    }

    fn host(&self, host: &str) -> String {
        let name = |label: &str| match label {
            UNKNOWN_SERVICE => label.to_owned(),
            label => self.name("service", label),
        };
        match host.split_once('.') {
            Some((label, domain)) => format!("{}.{}", name(label), self.digits(domain)),
            None => name(host),
        }
    }

    /// An address of a private network in the place of any.
    fn address(&self, address: IpAddr) -> IpAddr {
        let bytes = self.digits(&address.to_string());
        let [a, b, c, ..] = self.number(bytes.as_bytes()).to_be_bytes();
        Ipv4Addr::new(10, a, b, c).into()
    }

    /// An operation.
    pub(super) fn operation(&self, text: &str) -> String {
        match text.split_once(' ') {
            Some((method, rest)) if METHODS.contains(&method) => {
                format!("{method} {}", self.name("operation", rest))
            }
            None if METHODS.contains(&text) => text.to_owned(),
            _ => self.name("operation", text),
        }
    }

    /// The name of an event; that of exceptions stays.
    pub(super) fn event(&self, text: &str) -> String {
        match text {
            "exception" => text.to_owned(),
            text => self.name("event", text),
        }
    }

    pub(super) fn trace_id(&self, id: TraceId) -> TraceId {
        if id.is_zero() {
            return id;
        }
        TraceId(self.hash(1, &id.0.to_be_bytes()).max(1))
    }

    pub(super) fn span_id(&self, id: SpanId) -> SpanId {
        if id.is_zero() {
            return id;
        }
        SpanId((self.hash(2, &id.0.to_be_bytes()) as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_gives_one_name_and_another_key_another() {
        let (one, other) = (Names::new("a"), Names::new("b"));
        assert_eq!(one.service("cart"), Names::new("a").service("cart"));
        assert_ne!(one.service("cart"), other.service("cart"));
        assert_ne!(one.service("cart"), one.service("shop"));
        assert!(!one.service("cart").contains("cart"));
        assert_ne!(one.trace_id(TraceId(1)), other.trace_id(TraceId(1)));
        assert_eq!(one.span_id(SpanId(0)), SpanId(0));
        assert_eq!(one.name("value", ""), "");
    }

    #[test]
    fn hosts_begin_with_their_services() {
        let names = Names::new("key");
        let cart = names.service("cart");
        for host in ["cart:8080", "cart.shop.svc", "cart.shop.svc:8080"] {
            let told = names.service(host);
            assert!(told.starts_with(&cart), "{host}: {told}");
            assert_eq!(told.ends_with(":8080"), host.ends_with(":8080"));
            assert!(!told.contains("shop"));
        }
        let address = names.service("192.168.7.9:80");
        assert!(
            address.starts_with("10.") && address.ends_with(":80"),
            "{address}"
        );
        assert!(names.service("fe80::1").parse::<IpAddr>().is_ok());
        assert!(names
            .service("unknown_service:java")
            .starts_with("unknown_service:"));
    }

    #[test]
    fn methods_stay_in_front_of_operations() {
        let names = Names::new("key");
        assert_eq!(names.operation("GET"), "GET");
        assert!(names.operation("GET /cart").starts_with("GET operation-"));
        assert!(names.operation("checkout cart").starts_with("operation-"));
        assert_eq!(names.event("exception"), "exception");
    }
}
