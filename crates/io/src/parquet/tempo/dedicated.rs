//! Which attributes have columns of their own.

use crate::json::{objects, Broken, Cursor, Walks};

/// What owns attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parquet) enum Owner {
    Resource,
    Span,
    Event,
}

/// The attributes that have columns of their own, in the order of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::parquet) struct Dedicated {
    columns: Vec<Column>,
}

/// An attribute with a column of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    owner: Owner,
    /// The type as the name of the column has it.
    kind: &'static str,
    name: String,
}

impl Dedicated {
    /// What the `meta.json` of a block says.
    pub(in crate::parquet) fn of(meta: &[u8]) -> Self {
        let mut walk = Meta {
            cursor: Cursor::new(std::str::from_utf8(meta).unwrap_or_default(), 64),
            columns: Vec::new(),
        };
        // What follows something broken is not known, as without the file.
        let _ = walk.document();
        Self {
            columns: walk.columns,
        }
    }

    /// The attribute of a column such as `String01`; the name of the column
    /// where that is not known.
    pub(super) fn name(&self, owner: Owner, column: &str) -> String {
        let at = column.find(|letter: char| letter.is_ascii_digit());
        let (kind, number) = column.split_at(at.unwrap_or(column.len()));
        let number = number.parse::<usize>().unwrap_or(0);
        let mut own = self
            .columns
            .iter()
            .filter(|known| known.owner == owner && known.kind == kind);
        let known = number.checked_sub(1).and_then(|nth| own.nth(nth));
        known.map_or_else(|| column.to_owned(), |known| known.name.clone())
    }
}

struct Meta<'a> {
    cursor: Cursor<'a>,
    columns: Vec<Column>,
}

impl<'a> Walks<'a> for Meta<'a> {
    fn cursor(&mut self) -> &mut Cursor<'a> {
        &mut self.cursor
    }
}

impl Meta<'_> {
    fn document(&mut self) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            match key {
                "dedicatedColumns" => objects(self, Self::column)?,
                _ => self.cursor.skip()?,
            }
        }
        Ok(())
    }

    /// Reads a column: its scope (a span's unless said), name and type (a
    /// string unless said).
    fn column(&mut self) -> Result<(), Broken> {
        self.cursor.enter(b'{')?;
        let (mut owner, mut kind, mut name) = (Owner::Span, "String", String::new());
        let mut first = true;
        while let Some(key) = self.cursor.key(&mut first)? {
            let Some(word) = self.cursor.scalar()?.word() else {
                continue;
            };
            match (key, word.text) {
                ("s" | "scope", "resource") => owner = Owner::Resource,
                ("s" | "scope", "event") => owner = Owner::Event,
                ("t" | "type", "int") => kind = "Int",
                ("n" | "name", _) => {
                    let mut room = String::new();
                    name = word.decode(&mut room).0.to_owned();
                }
                _ => {}
            }
        }
        self.columns.push(Column { owner, kind, name });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbered_by_owner_and_type() {
        let meta = br#"{"format":"vParquet5","dedicatedColumns":[
            {"s":"resource","n":"ip"},{"n":"instance"},{"n":"retries","t":"int"},
            {"s":"event","n":"e"},{"n":"region"}]}"#;
        let dedicated = Dedicated::of(meta);
        for (owner, column, name) in [
            (Owner::Resource, "String01", "ip"),
            (Owner::Span, "String02", "region"),
            (Owner::Span, "Int01", "retries"),
            (Owner::Event, "String01", "e"),
            (Owner::Span, "String03", "String03"),
            (Owner::Span, "Odd", "Odd"),
        ] {
            assert_eq!(dedicated.name(owner, column), name);
        }
        assert_eq!(Dedicated::of(b"no json"), Dedicated::default());
    }
}
