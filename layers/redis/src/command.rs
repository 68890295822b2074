//! What commands do to a cache.

use tallymark_cache::Operation;
use ::redis::{Arg, Cmd};

/// What a command is to a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A lookup of one key or field.
    Get,
    /// A lookup of several: an array answers, with nil for each that is not there.
    GetMany,
    /// A lookup of a whole hash: an empty answer is none.
    GetAll,
    /// Stores keys or fields. Nil says that a condition did not hold.
    Set,
    /// Stores keys or fields, and answers with what was there before, so that nil says nothing.
    SetGet,
    /// Stores keys or fields, and answers with 0 if a condition did not hold.
    SetIf,
    /// Deletes, and answers with the number of those that were there.
    Delete,
    /// The beginning of a transaction.
    Multi,
    /// The end of a transaction: an array answers, with an answer for each command in it.
    Exec,
    /// The end of a transaction that is not to be.
    Discard,
    /// Everything else.
    Other,
}

impl Kind {
    /// What the time of such a command counts as, if it is alone.
    pub(super) fn operation(self) -> Operation {
        match self {
            Self::Get | Self::GetMany | Self::GetAll => Operation::Get,
            Self::Set | Self::SetGet | Self::SetIf => Operation::Set,
            Self::Delete => Operation::Delete,
            Self::Multi | Self::Exec | Self::Discard | Self::Other => Operation::Other,
        }
    }
}

/// A command, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) kind: Kind,
    /// How many keys or fields it is about.
    pub(super) keys: u64,
}

impl Command {
    const OTHER: Self = Self { kind: Kind::Other, keys: 1 };

    /// A command of these arguments, its name first.
    pub(super) fn new<'a>(mut arguments: impl Iterator<Item = &'a [u8]>) -> Self {
        let Some(name) = arguments.next() else { return Self::OTHER };
        let mut upper = [0_u8; 8];
        let Some(upper) = upper.get_mut(..name.len()) else { return Self::OTHER };
        upper.copy_from_slice(name);
        upper.make_ascii_uppercase();
        let one = |kind| Self { kind, keys: 1 };
        // A command without its keys is an error of one key.
        let keys = |arguments: &mut dyn Iterator<Item = &'a [u8]>, kind, fixed: usize, each: usize| {
            let keys = arguments.count().saturating_sub(fixed) / each;
            Self { kind, keys: (keys as u64).max(1) }
        };
        match &*upper {
            b"GET" | b"GETEX" | b"GETDEL" | b"HGET" => one(Kind::Get),
            b"MGET" => keys(&mut arguments, Kind::GetMany, 0, 1),
            b"HMGET" => keys(&mut arguments, Kind::GetMany, 1, 1),
            b"HGETALL" => one(Kind::GetAll),
            b"SET" => {
                // Options come after the key and the value.
                let answers_old = arguments.skip(2).any(|option| option.eq_ignore_ascii_case(b"GET"));
                one(if answers_old { Kind::SetGet } else { Kind::Set })
            }
            b"SETEX" | b"PSETEX" => one(Kind::Set),
            b"GETSET" => one(Kind::SetGet),
            b"SETNX" | b"HSETNX" => one(Kind::SetIf),
            b"MSET" => keys(&mut arguments, Kind::Set, 0, 2),
            b"MSETNX" => keys(&mut arguments, Kind::SetIf, 0, 2),
            // The number that it answers is of new fields, and 0 if all were there.
            b"HSET" | b"HMSET" => keys(&mut arguments, Kind::Set, 1, 2),
            b"DEL" | b"UNLINK" => keys(&mut arguments, Kind::Delete, 0, 1),
            b"HDEL" => keys(&mut arguments, Kind::Delete, 1, 1),
            b"MULTI" => one(Kind::Multi),
            b"EXEC" => one(Kind::Exec),
            b"DISCARD" => one(Kind::Discard),
            _ => Self::OTHER,
        }
    }

    pub(super) fn of(command: &Cmd) -> Self {
        if command.is_no_response() {
            // Nobody reads an answer, so nothing is known of hits.
            return Self::OTHER;
        }
        Self::new(command.args_iter().map(|argument| match argument {
            Arg::Simple(bytes) => bytes,
            // `Cursor`, which only stands in commands that are not told apart.
            _ => &[],
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Kind};

    fn command(line: &str) -> (Kind, u64) {
        let Command { kind, keys } = Command::new(line.split(' ').map(str::as_bytes));
        (kind, keys)
    }

    #[test]
    fn commands_are_told_apart() {
        for (line, expected) in [
            ("GET a", (Kind::Get, 1)),
            ("get a", (Kind::Get, 1)),
            ("MGET a b c", (Kind::GetMany, 3)),
            ("MGET", (Kind::GetMany, 1)),
            ("HMGET h a b", (Kind::GetMany, 2)),
            ("HGETALL h", (Kind::GetAll, 1)),
            ("SET a 1", (Kind::Set, 1)),
            ("SET a 1 NX EX 5", (Kind::Set, 1)),
            ("SET a 1 nx get", (Kind::SetGet, 1)),
            ("SETNX a 1", (Kind::SetIf, 1)),
            ("MSET a 1 b 2", (Kind::Set, 2)),
            ("HSET h a 1 b 2", (Kind::Set, 2)),
            ("DEL a b", (Kind::Delete, 2)),
            ("UNLINK a", (Kind::Delete, 1)),
            ("HDEL h a b", (Kind::Delete, 2)),
            ("PING", (Kind::Other, 1)),
            ("SUBSCRIBE a", (Kind::Other, 1)),
            ("", (Kind::Other, 1)),
        ] {
            assert_eq!(command(line), expected, "{line}");
        }
        assert_eq!(Command::new(std::iter::empty()), Command::OTHER);
    }

    #[test]
    fn a_value_that_reads_get_is_not_the_option() {
        // `SET key GET` has no option: its value comes second.
        assert_eq!(command("SET a GET"), (Kind::Set, 1));
        assert_eq!(command("SET GET 1"), (Kind::Set, 1));
    }
}
