//! What commands do to a cache.

use redis::{Arg, Cmd};
use tallymark_cache::CacheOperation;

/// The kind of a command, which says how its reply is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CommandKind {
    /// A lookup of one key or field.
    Get,
    /// A lookup of several keys or fields. The reply is an array, with nil for each that does not exist.
    GetMany,
    /// A lookup of a whole hash. An empty reply means that it does not exist.
    GetAll,
    /// Stores keys or fields. The reply is nil if a condition did not hold.
    Set,
    /// Stores keys or fields. The reply is the old value, so that nil says nothing about a condition.
    SetGet,
    /// Stores keys or fields. The reply is 0 if a condition did not hold.
    SetIf,
    /// Deletes keys or fields. The reply is the number of those that existed.
    Delete,
    /// The beginning of a transaction.
    Multi,
    /// The end of a transaction. The reply is an array with the reply to each command in it.
    Exec,
    /// The end of a transaction that is not carried out.
    Discard,
    /// Everything else.
    Other,
}

impl CommandKind {
    /// Returns the operation under which the time of such a command is measured if it is sent alone.
    pub(crate) fn operation(self) -> CacheOperation {
        match self {
            Self::Get | Self::GetMany | Self::GetAll => CacheOperation::Get,
            Self::Set | Self::SetGet | Self::SetIf => CacheOperation::Set,
            Self::Delete => CacheOperation::Delete,
            Self::Multi | Self::Exec | Self::Discard | Self::Other => CacheOperation::Other,
        }
    }
}

/// A command, as far as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) kind: CommandKind,
    /// The number of keys or fields that it is about.
    pub(crate) keys: u64,
}

impl Command {
    const OTHER: Self = Self { kind: CommandKind::Other, keys: 1 };

    /// Reads a command from its arguments, the name first.
    pub(crate) fn new<'a>(mut arguments: impl Iterator<Item = &'a [u8]>) -> Self {
        let Some(name) = arguments.next() else { return Self::OTHER };
        let mut upper = [0_u8; 8];
        let Some(upper) = upper.get_mut(..name.len()) else { return Self::OTHER };
        upper.copy_from_slice(name);
        upper.make_ascii_uppercase();
        let one = |kind| Self { kind, keys: 1 };
        // A command without its keys is refused by the server, and counts as an error of one key.
        let keys = |arguments: &mut dyn Iterator<Item = &'a [u8]>, kind, fixed: usize, each: usize| {
            let keys = arguments.count().saturating_sub(fixed) / each;
            Self { kind, keys: (keys as u64).max(1) }
        };
        match &*upper {
            b"GET" | b"GETEX" | b"GETDEL" | b"HGET" => one(CommandKind::Get),
            b"MGET" => keys(&mut arguments, CommandKind::GetMany, 0, 1),
            b"HMGET" => keys(&mut arguments, CommandKind::GetMany, 1, 1),
            b"HGETALL" => one(CommandKind::GetAll),
            b"SET" => {
                // Options come after the key and the value.
                let returns_old = arguments.skip(2).any(|option| option.eq_ignore_ascii_case(b"GET"));
                one(if returns_old { CommandKind::SetGet } else { CommandKind::Set })
            }
            b"SETEX" | b"PSETEX" => one(CommandKind::Set),
            b"GETSET" => one(CommandKind::SetGet),
            b"SETNX" | b"HSETNX" => one(CommandKind::SetIf),
            b"MSET" => keys(&mut arguments, CommandKind::Set, 0, 2),
            b"MSETNX" => keys(&mut arguments, CommandKind::SetIf, 0, 2),
            // The reply is the number of new fields, and so 0 if all existed: it says nothing about a condition.
            b"HSET" | b"HMSET" => keys(&mut arguments, CommandKind::Set, 1, 2),
            b"DEL" | b"UNLINK" => keys(&mut arguments, CommandKind::Delete, 0, 1),
            b"HDEL" => keys(&mut arguments, CommandKind::Delete, 1, 1),
            b"MULTI" => one(CommandKind::Multi),
            b"EXEC" => one(CommandKind::Exec),
            b"DISCARD" => one(CommandKind::Discard),
            _ => Self::OTHER,
        }
    }

    /// Reads a command that is not encoded yet.
    pub(crate) fn of(command: &Cmd) -> Self {
        if command.is_no_response() {
            // Nobody reads the reply, so whether the key was found is unknown.
            return Self::OTHER;
        }
        Self::new(command.args_iter().map(|argument| match argument {
            Arg::Simple(bytes) => bytes,
            // `Cursor`, which only commands have that are `Other`.
            _ => &[],
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, CommandKind};

    fn command(line: &str) -> (CommandKind, u64) {
        let Command { kind, keys } = Command::new(line.split(' ').map(str::as_bytes));
        (kind, keys)
    }

    #[test]
    fn commands_are_told_apart() {
        for (line, expected) in [
            ("GET a", (CommandKind::Get, 1)),
            ("get a", (CommandKind::Get, 1)),
            ("MGET a b c", (CommandKind::GetMany, 3)),
            ("MGET", (CommandKind::GetMany, 1)),
            ("HMGET h a b", (CommandKind::GetMany, 2)),
            ("HGETALL h", (CommandKind::GetAll, 1)),
            ("SET a 1", (CommandKind::Set, 1)),
            ("SET a 1 NX EX 5", (CommandKind::Set, 1)),
            ("SET a 1 nx get", (CommandKind::SetGet, 1)),
            ("SETNX a 1", (CommandKind::SetIf, 1)),
            ("MSET a 1 b 2", (CommandKind::Set, 2)),
            ("HSET h a 1 b 2", (CommandKind::Set, 2)),
            ("DEL a b", (CommandKind::Delete, 2)),
            ("UNLINK a", (CommandKind::Delete, 1)),
            ("HDEL h a b", (CommandKind::Delete, 2)),
            ("PING", (CommandKind::Other, 1)),
            ("SUBSCRIBE a", (CommandKind::Other, 1)),
            ("", (CommandKind::Other, 1)),
        ] {
            assert_eq!(command(line), expected, "{line}");
        }
        assert_eq!(Command::new(std::iter::empty()), Command::OTHER);
    }

    #[test]
    fn a_value_that_reads_get_is_not_the_option() {
        // `SET key GET` has no option: its value comes second.
        assert_eq!(command("SET a GET"), (CommandKind::Set, 1));
        assert_eq!(command("SET GET 1"), (CommandKind::Set, 1));
    }
}
