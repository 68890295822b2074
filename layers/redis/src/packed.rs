//! Commands that are encoded already.

use crate::command::Command;

/// The commands in encoded bytes: arrays of bulk strings.
///
/// Source: the Redis serialization protocol specification, "Sending commands to a Redis server".
///
/// The iterator ends where the bytes are no such array.
#[derive(Clone)]
pub(crate) struct Packed<'a> {
    rest: &'a [u8],
}

impl<'a> Packed<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Reads the number of a line that begins with `mark`.
    fn number(&mut self, mark: u8) -> Option<usize> {
        let (&first, rest) = self.rest.split_first()?;
        let end = rest.iter().position(|&byte| byte == b'\r')?;
        let (digits, rest) = rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix(b"\r\n")?;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (first == mark).then_some(number)
    }

    /// Reads a bulk string.
    fn argument(&mut self) -> Option<&'a [u8]> {
        let length = self.number(b'$')?;
        let (argument, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.strip_prefix(b"\r\n")?;
        Some(argument)
    }
}

impl Iterator for Packed<'_> {
    type Item = Command;

    fn next(&mut self) -> Option<Command> {
        let count = self.number(b'*')?;
        // The arguments are read twice: a command need not look at all of them, and the next one begins after them.
        let mut arguments = self.clone();
        for _ in 0..count {
            self.argument()?;
        }
        Some(Command::new((0..count).map_while(|_| arguments.argument())))
    }
}

#[cfg(test)]
mod tests {
    use super::Packed;
    use crate::command::CommandKind;
    use proptest::prelude::*;
    use redis::{cmd, pipe};

    #[test]
    fn pipelines_and_transactions_are_read_as_they_are_sent() {
        let kinds = |bytes: &[u8]| Packed::new(bytes).map(|command| command.kind).collect::<Vec<_>>();
        let mut pipeline = pipe();
        pipeline.cmd("GET").arg("a\r\n$3").cmd("DEL").arg(&["a", "b"]).cmd("PING");
        assert_eq!(
            kinds(&pipeline.get_packed_pipeline()),
            [CommandKind::Get, CommandKind::Delete, CommandKind::Other]
        );
        pipeline.atomic();
        let atomic = [
            CommandKind::Multi,
            CommandKind::Get,
            CommandKind::Delete,
            CommandKind::Other,
            CommandKind::Exec,
        ];
        assert_eq!(kinds(&pipeline.get_packed_pipeline()), atomic);
        assert_eq!(
            Packed::new(&cmd("MGET").arg(&[1, 2, 3]).get_packed_command()).map(|it| it.keys).sum::<u64>(),
            3
        );
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in proptest::collection::vec(prop_oneof![
            Just(b'*'), Just(b'$'), Just(b'1'), Just(b'2'), Just(b'\r'), Just(b'\n'), any::<u8>(),
        ], 0..60)) {
            prop_assert!(Packed::new(&bytes).count() <= bytes.len());
        }
    }
}
