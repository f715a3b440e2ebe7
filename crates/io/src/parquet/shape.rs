//! What the structures of Parquet are made of, as far as the library that reads
//! Parquet looks at them.
//!
//! The library takes fields that it knows for what they ought to be, whatever
//! they say they are, and truth values in collections for nothing at all, where
//! the format gives each of them a byte: a few bytes that lie make it count to
//! two thousand million. Of numbers it takes the lower bits, whatever is above
//! them. Structures that hold what they ought to, numbers within their width and
//! no such collections, are read by it as they are here, in as many steps as they
//! have bytes.

use super::thrift::{Thrift, BINARY, BYTE, DOUBLE, FALSE, LIST, STRUCT, TRUE};

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Flag,
    Byte,
    Short,
    Int,
    Long,
    Double,
    Bytes,
    List(&'static Shape),
    Struct(Fields),
}

/// The fields of a structure, by their ids.
pub(super) type Fields = &'static [(i64, Shape)];

use Shape::{Byte, Bytes, Double, Flag, Int, List, Long, Short, Struct};

/// What stands at the end of a file.
pub(super) const FILE_METADATA: Fields = &[
    (1, Int),
    (2, List(&Struct(SCHEMA_ELEMENT))),
    (3, Long),
    (4, List(&Struct(ROW_GROUP))),
    (5, List(&Struct(KEY_VALUE))),
    (6, Bytes),
    (7, List(&Struct(COLUMN_ORDER))),
    (8, Struct(&[])),
    (9, Bytes),
];

/// What stands before a page.
pub(super) const PAGE_HEADER: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Int),
    (5, Struct(DATA_PAGE)),
    (6, Struct(EMPTY)),
    (7, Struct(DICTIONARY_PAGE)),
    (8, Struct(DATA_PAGE_V2)),
];

const EMPTY: Fields = &[];

const SCHEMA_ELEMENT: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Bytes),
    (5, Int),
    (6, Int),
    (7, Int),
    (8, Int),
    (9, Int),
    (10, Struct(LOGICAL_TYPE)),
];

const LOGICAL_TYPE: Fields = &[
    (1, Struct(EMPTY)),
    (2, Struct(EMPTY)),
    (3, Struct(EMPTY)),
    (4, Struct(EMPTY)),
    (5, Struct(&[(1, Int), (2, Int)])),
    (6, Struct(EMPTY)),
    (7, Struct(TIME)),
    (8, Struct(TIME)),
    (10, Struct(&[(1, Byte), (2, Flag)])),
    (11, Struct(EMPTY)),
    (12, Struct(EMPTY)),
    (13, Struct(EMPTY)),
    (14, Struct(EMPTY)),
    (15, Struct(EMPTY)),
    (16, Struct(&[(1, Byte)])),
    (17, Struct(&[(1, Bytes)])),
    (18, Struct(&[(1, Bytes), (2, Int)])),
];

const TIME: Fields = &[(1, Flag), (2, Struct(TIME_UNIT))];

const TIME_UNIT: Fields = &[(1, Struct(EMPTY)), (2, Struct(EMPTY)), (3, Struct(EMPTY))];

const ROW_GROUP: Fields = &[
    (1, List(&Struct(COLUMN_CHUNK))),
    (2, Long),
    (3, Long),
    (4, List(&Struct(&[(1, Int), (2, Flag), (3, Flag)]))),
    (5, Long),
    (6, Long),
    (7, Short),
];

const COLUMN_CHUNK: Fields = &[
    (1, Bytes),
    (2, Long),
    (3, Struct(COLUMN_METADATA)),
    (4, Long),
    (5, Int),
    (6, Long),
    (7, Int),
    (8, Struct(EMPTY)),
    (9, Bytes),
];

const COLUMN_METADATA: Fields = &[
    (1, Int),
    (2, List(&Int)),
    (3, List(&Bytes)),
    (4, Int),
    (5, Long),
    (6, Long),
    (7, Long),
    (8, List(&Struct(KEY_VALUE))),
    (9, Long),
    (10, Long),
    (11, Long),
    (12, Struct(STATISTICS)),
    (13, List(&Struct(&[(1, Int), (2, Int), (3, Int)]))),
    (14, Long),
    (15, Int),
    (16, Struct(SIZES)),
    (17, Struct(&[(1, Struct(BOUNDING_BOX)), (2, List(&Int))])),
];

const SIZES: Fields = &[(1, Long), (2, List(&Long)), (3, List(&Long))];

const BOUNDING_BOX: Fields = &[
    (1, Double),
    (2, Double),
    (3, Double),
    (4, Double),
    (5, Double),
    (6, Double),
    (7, Double),
    (8, Double),
];

const STATISTICS: Fields = &[
    (1, Bytes),
    (2, Bytes),
    (3, Long),
    (4, Long),
    (5, Bytes),
    (6, Bytes),
    (7, Flag),
    (8, Flag),
    (9, Long),
];

const KEY_VALUE: Fields = &[(1, Bytes), (2, Bytes)];

const COLUMN_ORDER: Fields = &[(1, Struct(EMPTY)), (2, Struct(EMPTY))];

const DATA_PAGE: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Int),
    (5, Struct(STATISTICS)),
];

const DICTIONARY_PAGE: Fields = &[(1, Int), (2, Int), (3, Flag)];

const DATA_PAGE_V2: Fields = &[
    (1, Int),
    (2, Int),
    (3, Int),
    (4, Int),
    (5, Int),
    (6, Int),
    (7, Flag),
    (8, Struct(STATISTICS)),
];

impl Shape {
    /// True where a value of this kind has the shape.
    fn is(self, kind: u8) -> bool {
        match self {
            Flag => matches!(kind, TRUE | FALSE),
            Byte => kind == BYTE,
            Short | Int | Long => matches!(kind, 4..=6),
            Double => kind == DOUBLE,
            Bytes => kind == BINARY,
            List(_) => kind == LIST,
            Struct(_) => kind == STRUCT,
        }
    }
}

/// Passes a structure; `None` where its fields are not what they ought to be.
/// Fields that are not known may hold anything but collections of truth values.
pub(super) fn pass(thrift: &mut Thrift<'_>, fields: Fields) -> Option<()> {
    let mut last = 0;
    while let Some(field) = thrift.field(last)? {
        last = field.id;
        match fields.iter().find(|known| known.0 == field.id) {
            None => thrift.skip(field)?,
            Some((_, shape)) if shape.is(field.kind) => pass_value(thrift, *shape)?,
            Some(_) => return None,
        }
    }
    Some(())
}

fn pass_value(thrift: &mut Thrift<'_>, shape: Shape) -> Option<()> {
    match shape {
        Flag => Some(()),
        Byte => thrift.skip_bytes(1),
        Short => i16::try_from(thrift.number()?).ok().map(drop),
        Int => i32::try_from(thrift.number()?).ok().map(drop),
        Long => thrift.number().map(drop),
        Double => thrift.skip_bytes(8),
        Bytes => thrift.skip_text(),
        Struct(fields) => pass(thrift, fields),
        List(of) => {
            let (count, kind) = thrift.list()?;
            let is_one = count == 0 || of.is(kind);
            is_one.then_some(())?;
            (0..count).try_for_each(|_| pass_value(thrift, *of))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A structure with one number, one unknown field and an end.
    fn with(header: &[u8], value: &[u8]) -> Vec<u8> {
        [&[0x15, 2], header, value, &[0]].concat()
    }

    fn passes(bytes: &[u8]) -> bool {
        pass(&mut Thrift::new(bytes), FILE_METADATA).is_some()
    }

    #[test]
    fn unknown_fields_are_passed() {
        // An id of 20, as a number of its own behind the kind.
        for (kind, value) in [(5, &[8][..]), (8, &[2, b'a', b'b']), (9, &[0x25, 2, 4])] {
            assert!(passes(&with(&[kind, 40], value)), "{kind}");
        }
    }

    #[test]
    fn collections_of_truth_values_are_refused() {
        let many = [0xff, 0xff, 0xff, 0xff, 0x07];
        for kind in [TRUE, FALSE] {
            let list = [&[0xf0 | kind][..], &many].concat();
            assert!(!passes(&with(&[9, 40], &list)), "{kind}");
            assert!(!passes(&with(&[10, 40], &list)), "{kind}");
            let map = [&many[..], &[kind << 4 | kind]].concat();
            assert!(!passes(&with(&[11, 40], &map)), "{kind}");
        }
    }

    #[test]
    fn numbers_are_within_their_width() {
        let wide = [0xfe, 0xff, 0xff, 0xff, 0x1f];
        assert!(!passes(&[&[0x15][..], &wide, &[0]].concat()), "a version");
        assert!(passes(&[&[0x36][..], &wide, &[0]].concat()), "rows");
        // The number of field 65541 has the lower bits of that of field 5.
        assert!(!passes(&[0x08, 0x8a, 0x80, 0x08, 1, b'a', 0]));
        assert!(passes(&[0x08, 0x8a, 0x80, 0x02, 1, b'a', 0]), "field 16389");
    }

    #[test]
    fn known_fields_are_what_they_ought_to_be() {
        assert!(passes(&[0x15, 2, 0]));
        assert!(!passes(&[0x11, 0]), "a flag for the version");
        assert!(!passes(&[0x29, 0x15, 2, 0]), "numbers for the schema");
        assert!(passes(&[0x29, 0x00, 0]), "no schema at all");
    }
}
