//! Addresses and names without ids.

/// What stands for an id in a path.
const ID: &str = "{id}";

/// The template of an address: its path with `{id}` for each part that is an
/// id, and the names of its parameters. Scheme, host and fragment go.
///
/// A part is an id where it has nothing but digits, or where it has a digit and
/// is long, starts with one, or has three of them. What is a place for a value
/// already (`{id}`, `<int:id>`, `:id`, `*`) stays.
///
/// ```
/// use spanwise_analyze::templates::url;
/// assert_eq!(url("http://shop:80/v1/users/17/cart?page=2#top"), "/v1/users/{id}/cart?page=?");
/// assert_eq!(url("/users/{id}/cart"), "/users/{id}/cart");
/// ```
#[must_use]
pub fn url(text: &str) -> String {
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    let local = without_host(text.trim());
    let mut out = String::with_capacity(local.len() + 1);
    if !local.starts_with('/') {
        out.push('/');
    }
    match local.split_once('?') {
        Some((path, parameters)) => {
            push_path(path, &mut out);
            out.push('?');
            push_parameters(parameters, &mut out);
        }
        None => push_path(local, &mut out),
    }
    out
}

/// The template of the name of a span: the same of its words.
///
/// ```
/// use spanwise_analyze::templates::name;
/// assert_eq!(name("GET /users/17"), "GET /users/{id}");
/// assert_eq!(name("job 4711"), "job {id}");
/// assert_eq!(name("cart.Get"), "cart.Get");
/// ```
#[must_use]
pub fn name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        push_path(word, &mut out);
    }
    out
}

/// What of an address comes behind the host.
fn without_host(text: &str) -> &str {
    let is_scheme = |scheme: &str| {
        let known = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        !scheme.is_empty() && scheme.chars().all(known)
    };
    match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => {
            let host = rest.find(['/', '?']).unwrap_or(rest.len());
            &rest[host..]
        }
        _ => text,
    }
}

fn push_path(path: &str, out: &mut String) {
    for (at, part) in path.split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        out.push_str(if is_id(part) { ID } else { part });
    }
}

fn push_parameters(parameters: &str, out: &mut String) {
    for (at, parameter) in parameters.split('&').enumerate() {
        if at > 0 {
            out.push('&');
        }
        match parameter.split_once('=') {
            Some((key, _)) => {
                out.push_str(if is_id(key) { "?" } else { key });
                out.push_str("=?");
            }
            None => out.push_str(if is_id(parameter) { "?" } else { parameter }),
        }
    }
}

/// How many characters are too many for a name that has a digit in it.
const LONG: usize = 10;

/// And for one that has none.
const VERY_LONG: usize = 40;

fn is_id(part: &str) -> bool {
    if part.starts_with(['{', '<', ':', '*', '$']) {
        return false;
    }
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    let starts = part.starts_with(|c: char| c.is_ascii_digit());
    let strange = part.contains(['%', '@']);
    let named = digits > 0 && (starts || digits >= 3 || part.len() >= LONG);
    named || strange || part.len() >= VERY_LONG
}
