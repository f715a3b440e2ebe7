//! Templates: what texts of calls have in common, without what differs from
//! call to call.
//!
//! A thousand calls of one place in the code have a thousand texts and one
//! template. Three laws hold: a template is its own template, a literal by
//! another name gives the same template, and the work is linear in the text.

mod path;
mod sql;

pub use path::{name, url};

/// A text without its literals.
///
/// ```
/// use spanwise_analyze::templates::query;
/// let template = query("SELECT * FROM users WHERE id IN (7, 8) -- page 1", "postgresql");
/// assert_eq!(template.text, "SELECT * FROM users WHERE id IN (?)");
/// assert!(!template.is_open);
/// assert!(query("SELECT * FROM users WHERE id = $1", "").is_open);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Template {
    /// The template.
    pub text: String,
    /// True where the text had places for values that it does not tell, such
    /// as `$1`; then equal texts need not be equal calls.
    pub is_open: bool,
}

/// Databases whose texts are commands with arguments.
const COMMANDS: [&str; 5] = ["redis", "valkey", "memcached", "memcache", "keydb"];

/// The template of a query to a database of this system, which may be empty.
///
/// Literals and places for values become `?`, lists of them one, comments and
/// superfluous blanks go; of a command with arguments (Redis, Memcached) the
/// command is left. Names in double quotes stay, but in JSON only keys do.
///
/// ```
/// use spanwise_analyze::templates::query;
/// let text = |query: &str, system| spanwise_analyze::templates::query(query, system).text;
/// assert_eq!(text("insert into a values (1, 'x'), (2, 'y')", ""), "insert into a values (?)");
/// assert_eq!(text("HGET cart:7 items", "redis"), "HGET ?");
/// assert_eq!(text(r#"{"find": "users", "limit": 5}"#, "mongodb"), r#"{"find": ?, "limit": ?}"#);
/// ```
#[must_use]
pub fn query(text: &str, system: &str) -> Template {
    if COMMANDS.contains(&system) {
        return command(text);
    }
    sql::template(text)
}

/// The first word, and whether more comes.
fn command(text: &str) -> Template {
    let (word, rest) = match text.trim().split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (text.trim(), ""),
    };
    let hidden = |word: &str| word == "?";
    Template {
        text: if rest.is_empty() {
            word.to_owned()
        } else {
            format!("{word} ?")
        },
        is_open: rest.split_whitespace().any(hidden),
    }
}

#[cfg(test)]
mod tests;
