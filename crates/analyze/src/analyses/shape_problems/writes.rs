//! Which calls change something, by what they are called.

/// How texts of calls begin that change something, in lower case: methods of
/// HTTP, statements of SQL, commands, and what methods of RPC are called.
const WRITES: [&str; 44] = [
    "post", "put", "patch", "delete", "insert", "update", "merge", "replace", "upsert", "create",
    "drop", "alter", "truncate", "begin", "start", "commit", "rollback", "set", "incr", "decr",
    "hset", "lpush", "rpush", "zadd", "sadd", "expire", "del", "add", "remove", "place", "charge",
    "pay", "ship", "send", "save", "write", "empty", "reserve", "cancel", "publish", "book",
    "register", "store", "exec",
];

/// True where the template of a call says that it changes something, so that
/// what comes before and behind it may not change places.
pub(super) fn is_write(template: &str) -> bool {
    let word = template.split_whitespace().next().unwrap_or_default();
    if is_write_word(word) {
        return true;
    }
    let method = word.rsplit(['.', '/']).next().unwrap_or_default();
    is_write_word(first_part(method))
}

fn is_write_word(word: &str) -> bool {
    WRITES.iter().any(|write| word.eq_ignore_ascii_case(write))
}

/// `Place` of `PlaceOrder`.
fn first_part(name: &str) -> &str {
    let mut letters = name.char_indices().skip(1);
    let next = letters.find(|(_, c)| !c.is_ascii_lowercase());
    next.map_or(name, |(at, _)| &name[..at])
}

#[cfg(test)]
mod tests {
    use super::is_write;

    #[test]
    fn the_first_word_tells() {
        for write in [
            "POST /order",
            "update t set a = ?",
            "RPUSH ?",
            "shop.Checkout/PlaceOrder",
            "cart.empty_cart",
        ] {
            assert!(is_write(write), "{write}");
        }
        for read in [
            "GET /put",
            "select * from updates",
            "HGET ?",
            "cart.GetCart",
            "Settings",
            "",
        ] {
            assert!(!is_write(read), "{read}");
        }
    }
}
