//! Thrift's binary protocol: fields and lists, each checked.

/// The types of fields.
pub(super) mod kind {
    pub(in super::super) const STOP: u8 = 0;
    pub(in super::super) const BOOL: u8 = 2;
    pub(in super::super) const BYTE: u8 = 3;
    pub(in super::super) const DOUBLE: u8 = 4;
    pub(in super::super) const I16: u8 = 6;
    pub(in super::super) const I32: u8 = 8;
    pub(in super::super) const I64: u8 = 10;
    pub(in super::super) const STRING: u8 = 11;
    pub(in super::super) const STRUCT: u8 = 12;
    pub(in super::super) const MAP: u8 = 13;
    pub(in super::super) const SET: u8 = 14;
    pub(in super::super) const LIST: u8 = 15;
}

/// Why a struct does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// The bytes are over.
    Cut,
    /// What stands there is not thrift.
    Bad,
}

type Parsed<T> = Result<T, Broken>;

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wire<'a> {
    rest: &'a [u8],
}

/// What a skip has entered.
enum Open {
    Struct,
    /// So many values of a type are left.
    List(u8, u64),
    /// So many pairs of these types are left.
    Map(u8, u8, u64),
}

impl<'a> Wire<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn array<const N: usize>(&mut self) -> Parsed<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk().ok_or(Broken::Cut)?;
        self.rest = rest;
        Ok(*array)
    }

    pub(super) fn byte(&mut self) -> Parsed<u8> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn i16(&mut self) -> Parsed<i16> {
        self.array().map(i16::from_be_bytes)
    }

    pub(super) fn i32(&mut self) -> Parsed<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub(super) fn i64(&mut self) -> Parsed<i64> {
        self.array().map(i64::from_be_bytes)
    }

    /// A text or bytes.
    pub(super) fn bytes(&mut self) -> Parsed<&'a [u8]> {
        let length = usize::try_from(self.i32()?).map_err(|_| Broken::Bad)?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Broken::Cut)?;
        self.rest = rest;
        Ok(bytes)
    }

    /// The type and the number of the next field of a struct; `None` at its end.
    pub(super) fn field(&mut self) -> Parsed<Option<(u8, i16)>> {
        match self.byte()? {
            kind::STOP => Ok(None),
            kind => Ok(Some((kind, self.i16()?))),
        }
    }

    /// The type and the number of the elements of a list, which follow.
    pub(super) fn list(&mut self) -> Parsed<(u8, u64)> {
        let kind = self.byte()?;
        let count = u64::try_from(self.i32()?).map_err(|_| Broken::Bad)?;
        Ok((kind, count))
    }

    /// Skips a value of a type, with whatever is in it.
    pub(super) fn skip(&mut self, kind: u8) -> Parsed<()> {
        let mut open = Vec::new();
        self.skip_one(kind, &mut open)?;
        while let Some(top) = open.last_mut() {
            let next = match top {
                Open::List(_, 0) | Open::Map(_, _, 0) => None,
                Open::List(kind, left) => {
                    *left -= 1;
                    Some((*kind, None))
                }
                Open::Map(key, value, left) => {
                    *left -= 1;
                    Some((*key, Some(*value)))
                }
                Open::Struct => self.field()?.map(|(kind, _)| (kind, None)),
            };
            match next {
                None => drop(open.pop()),
                Some((kind, behind)) => {
                    // A value waits below the key that is skipped before it.
                    open.extend(behind.map(|kind| Open::List(kind, 1)));
                    self.skip_one(kind, &mut open)?;
                }
            }
        }
        Ok(())
    }

    /// Skips a value, or enters it where it holds others.
    fn skip_one(&mut self, kind: u8, open: &mut Vec<Open>) -> Parsed<()> {
        match kind {
            kind::BOOL | kind::BYTE => drop(self.byte()?),
            kind::I16 => drop(self.i16()?),
            kind::I32 => drop(self.i32()?),
            kind::I64 | kind::DOUBLE => drop(self.i64()?),
            kind::STRING => drop(self.bytes()?),
            kind::STRUCT => open.push(Open::Struct),
            kind::LIST | kind::SET => {
                let (kind, count) = self.list()?;
                open.push(Open::List(kind, self.possible(count)?));
            }
            kind::MAP => {
                let key = self.byte()?;
                let (value, count) = self.list()?;
                open.push(Open::Map(key, value, self.possible(count)?));
            }
            _ => return Err(Broken::Bad),
        }
        Ok(())
    }

    /// A count of values; each takes a byte at least.
    fn possible(&self, count: u64) -> Parsed<u64> {
        match count <= self.rest.len() as u64 {
            true => Ok(count),
            false => Err(Broken::Cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_types_are_skipped() {
        let list = [
            &[kind::STRING, 0, 0, 0, 2],
            &[0, 0, 0, 1, b'a'][..],
            &[0; 4],
        ]
        .concat();
        let map = [
            &[kind::I16, kind::BOOL, 0, 0, 0, 2][..],
            &[0, 1, 1, 0, 2, 0],
        ]
        .concat();
        let inner = [&[kind::I32, 0, 1, 0, 0, 0, 5][..], &[kind::STOP]].concat();
        for (kind, bytes) in [
            (kind::BOOL, vec![1]),
            (kind::I16, vec![0; 2]),
            (kind::DOUBLE, vec![0; 8]),
            (kind::LIST, list),
            (kind::MAP, map),
            (kind::STRUCT, inner),
        ] {
            let mut wire = Wire::new(&bytes);
            assert_eq!((wire.skip(kind), wire.rest()), (Ok(()), &[][..]), "{kind}");
            let cut = &bytes[..bytes.len() - 1];
            assert_eq!(Wire::new(cut).skip(kind), Err(Broken::Cut), "{kind}");
        }
        assert_eq!(Wire::new(&[0; 9]).skip(9), Err(Broken::Bad));
    }

    #[test]
    fn depth_and_counts_cost_no_more_than_bytes() {
        let deep = [kind::LIST, 0, 0, 0, 1].repeat(200_000);
        assert_eq!(Wire::new(&deep).skip(kind::LIST), Err(Broken::Cut));
        let many = [kind::BOOL, 0x7f, 0xff, 0xff, 0xff, 1];
        assert_eq!(Wire::new(&many).skip(kind::LIST), Err(Broken::Cut));
    }
}
