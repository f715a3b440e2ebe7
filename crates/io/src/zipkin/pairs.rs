//! Objects of keys and values within texts, such as attributes of events.

use crate::json::{nested, Broken, Cursor, Entered, Raw, Rooms, Scalar};
use spanwise_model::Value;

/// Shows the pairs of a text that is an object, and nothing else, to a
/// function. False where it is not; some pairs may have been shown even so.
pub(super) fn each_pair(text: &str, depth: usize, mut show: impl FnMut(&str, Value<'_>)) -> bool {
    let mut pairs = Pairs {
        cursor: Cursor::new(text, depth),
        rooms: Rooms::default(),
        key: String::new(),
    };
    text.starts_with('{') && pairs.each(&mut show).is_ok() && pairs.cursor.is_at_end()
}

/// The text of a string with its quotes, if it is one.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let mut cursor = Cursor::new(text, 0);
    let raw = cursor.string().ok()?;
    let mut room = String::new();
    let (text, whole) = raw.decode(&mut room);
    (whole && cursor.is_at_end()).then(|| text.to_owned())
}

struct Pairs<'t> {
    cursor: Cursor<'t>,
    rooms: Rooms,
    key: String,
}

impl Pairs<'_> {
    fn each(&mut self, show: &mut impl FnMut(&str, Value<'_>)) -> Result<(), Broken> {
        if self.cursor.enter(b'{')? != Entered::Inside {
            return Ok(());
        }
        let mut first = true;
        while let Some(key) = self.cursor.raw_key(&mut first)? {
            self.pair(key, show)?;
        }
        Ok(())
    }

    fn pair(&mut self, key: Raw<'_>, show: &mut impl FnMut(&str, Value<'_>)) -> Result<(), Broken> {
        let scalar = match self.cursor.peek() {
            b'{' | b'[' => {
                self.rooms.json.clear();
                nested::compact(&mut self.cursor, &mut self.rooms.json)?;
                Scalar::Container
            }
            _ => self.cursor.scalar()?,
        };
        let (key, _) = key.decode(&mut self.key);
        show(key, self.rooms.value(scalar).0);
        Ok(())
    }
}
