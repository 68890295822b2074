//! Commands that were encoded already.

use super::command::Command;

/// The commands in encoded bytes: arrays of bulk strings.
///
/// Source: the Redis serialization protocol specification, "Sending commands to a Redis server".
///
/// It ends where the bytes are not such arrays.
#[derive(Clone)]
pub(super) struct Packed<'a> {
    rest: &'a [u8],
}

impl<'a> Packed<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The number in a line that begins with `mark`.
    fn number(&mut self, mark: u8) -> Option<usize> {
        let (&first, rest) = self.rest.split_first()?;
        let end = rest.iter().position(|&byte| byte == b'\r')?;
        let (digits, rest) = rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix(b"\r\n")?;
        let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (first == mark).then_some(number)
    }

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
        // Looked at twice, as a command need not look at all of its arguments.
        let mut arguments = self.clone();
        for _ in 0..count {
            self.argument()?;
        }
        Some(Command::new((0..count).map_while(|_| arguments.argument())))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::command::Kind, Packed};
    use ::redis::{cmd, pipe};
    use proptest::prelude::*;

    #[test]
    fn pipelines_and_transactions_are_read_as_they_are_sent() {
        let kinds = |bytes: &[u8]| Packed::new(bytes).map(|command| command.kind).collect::<Vec<_>>();
        let mut pipeline = pipe();
        pipeline.cmd("GET").arg("a\r\n$3").cmd("DEL").arg(&["a", "b"]).cmd("PING");
        assert_eq!(kinds(&pipeline.get_packed_pipeline()), [Kind::Get, Kind::Delete, Kind::Other]);
        pipeline.atomic();
        let atomic = [Kind::Multi, Kind::Get, Kind::Delete, Kind::Other, Kind::Exec];
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
