//! The members of an object, each guessed by the one before it. Objects of one
//! kind are written by one hand, so what stands before a value is compared as
//! a whole with what stood there last time.

use super::cursor::Parsed;
use super::Cursor;

/// How many ways to write a member are remembered.
const MOST: usize = 64;

/// The members of objects of one kind.
#[derive(Debug)]
pub(crate) struct Members<'a, M> {
    /// The first stands for the beginning of an object.
    known: Vec<Known<'a, M>>,
    last: usize,
    is_first: bool,
    of: fn(&str) -> M,
}

/// A member, and the text before its value, with the comma.
#[derive(Clone, Copy, Debug)]
struct Known<'a, M> {
    head: &'a str,
    member: M,
    /// The one that followed last time.
    next: usize,
}

impl<'a, M: Copy + PartialEq> Members<'a, M> {
    /// No members so far; `of` tells a member by its name.
    pub(crate) fn new(of: fn(&str) -> M) -> Self {
        let beginning = Known {
            head: "",
            member: of(""),
            next: 0,
        };
        Self {
            known: vec![beginning],
            last: 0,
            is_first: true,
            of,
        }
    }

    /// An object was entered.
    #[inline]
    pub(crate) fn begin(&mut self) {
        (self.last, self.is_first) = (0, true);
    }

    /// Goes on behind members that others have read.
    #[inline]
    pub(crate) fn go_on(&mut self) {
        (self.last, self.is_first) = (0, false);
    }

    /// Goes to the value of the next member; `None` behind the object's end.
    #[inline]
    pub(crate) fn next(&mut self, cursor: &mut Cursor<'a>) -> Parsed<Option<M>> {
        let next = self.known[self.last].next;
        let Known { head, member, .. } = self.known[next];
        if next == 0 || !cursor.take(head) {
            return self.unguessed(cursor);
        }
        (self.last, self.is_first) = (next, false);
        Ok(Some(member))
    }

    fn unguessed(&mut self, cursor: &mut Cursor<'a>) -> Parsed<Option<M>> {
        let start = cursor.at;
        let Some(name) = cursor.raw_key(&mut self.is_first)? else {
            return Ok(None);
        };
        let member = (self.of)(name.text);
        self.learn(cursor.since(start), member);
        Ok(Some(member))
    }

    fn learn(&mut self, head: &'a str, member: M) {
        let found = self.known.iter().skip(1).position(|one| one.head == head);
        let at = match found {
            Some(at) => at + 1,
            None if self.known.len() == MOST => return self.last = 0,
            None => {
                let next = 0;
                self.known.push(Known { head, member, next });
                self.known.len() - 1
            }
        };
        self.known[self.last].next = at;
        self.last = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(members: &mut Members<'static, usize>, object: &'static str) -> Vec<usize> {
        let mut cursor = Cursor::new(object, 9);
        cursor.enter(b'{').expect("an object");
        members.begin();
        let mut lengths = Vec::new();
        while let Some(length) = members.next(&mut cursor).expect("JSON") {
            lengths.push(length);
            cursor.skip().expect("a value");
        }
        assert!(cursor.is_at_end());
        lengths
    }

    #[test]
    fn guesses_do_not_change_what_is_read() {
        let mut members = Members::new(str::len);
        for _ in 0..3 {
            for (object, lengths) in [
                (r#"{"a":1,"bb":[2],"ccc":{"a":3}}"#, &[1, 2, 3][..]),
                (r#"{"bb":1,"a":2}"#, &[2, 1]),
                (r#"{ "a": 1 , "bb" : 2 }"#, &[1, 2]),
                ("{}", &[]),
                (r#"{"a":1,"a":1,"bb":1}"#, &[1, 1, 2]),
            ] {
                assert_eq!(read(&mut members, object), lengths, "{object}");
            }
        }
    }

    #[test]
    fn objects_of_many_members_are_read_too() {
        let member = |at: usize| format!("\"{}\":0", "x".repeat(at));
        let all: Vec<String> = (0..2 * MOST).map(member).collect();
        let object: &'static str = format!("{{{}}}", all.join(",")).leak();
        let mut members = Members::new(str::len);
        for _ in 0..2 {
            assert_eq!(read(&mut members, object).len(), 2 * MOST);
        }
        assert_eq!(members.known.len(), MOST);
    }
}
