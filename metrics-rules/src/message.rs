//! Sentences that constant evaluation puts together.

use core::time::Duration;

/// The most bytes of a message; what is longer is cut off.
const MOST: usize = 400;

/// A sentence that constant evaluation puts together, which cannot format texts.
///
/// ```
/// use tallymark_rules::Message;
///
/// const BOTH: Message = Message::new().and("5 is no ").and("edge");
/// assert_eq!(BOTH.text(), "5 is no edge");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Message {
    bytes: [u8; MOST],
    len: usize,
}

impl Default for Message {
    fn default() -> Self {
        Self::new()
    }
}

impl Message {
    /// Creates an empty message.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; MOST], len: 0 }
    }

    /// Adds a text.
    #[must_use]
    pub const fn and(mut self, text: &str) -> Self {
        let mut at = 0;
        while at < text.len() && self.len < MOST {
            self.bytes[self.len] = text.as_bytes()[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    /// Adds words in backquotes with commas between them.
    #[must_use]
    pub const fn and_listed(mut self, words: &[&str]) -> Self {
        let mut at = 0;
        while at < words.len() {
            self = self.and(if at == 0 { "`" } else { ", `" }).and(words[at]).and("`");
            at += 1;
        }
        self
    }

    /// Adds a duration in the unit in which it has the fewest digits: `250ms`, `2.5s`.
    #[must_use]
    pub const fn and_duration(self, duration: Duration) -> Self {
        let nanos = duration.as_nanos();
        let (size, unit) = if nanos >= 1_000_000_000 {
            (1_000_000_000, "s")
        } else if nanos >= 1_000_000 {
            (1_000_000, "ms")
        } else if nanos >= 1_000 {
            (1_000, "us")
        } else {
            (1, "ns")
        };
        self.number(nanos / size, 1).fraction(nanos % size, size).and(unit)
    }

    /// Adds a whole number of at least so many digits.
    const fn number(mut self, mut value: u128, least: usize) -> Self {
        let mut digits = [b'0'; 40];
        let mut count = 0;
        while value > 0 || count < least {
            digits[count] = b'0' + (value % 10) as u8;
            value /= 10;
            count += 1;
        }
        while count > 0 && self.len < MOST {
            count -= 1;
            self.bytes[self.len] = digits[count];
            self.len += 1;
        }
        self
    }

    /// Adds a point and the digits of `rest / size`, without zeros at the end.
    const fn fraction(self, mut rest: u128, mut size: u128) -> Self {
        if rest == 0 {
            return self;
        }
        let mut digits = 0;
        while size > 1 {
            size /= 10;
            digits += 1;
        }
        while rest % 10 == 0 {
            rest /= 10;
            digits -= 1;
        }
        self.and(".").number(rest, digits)
    }

    /// Returns the text.
    pub const fn text(&self) -> &str {
        let (bytes, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(bytes) {
            Ok(text) => text,
            // Cut off within a character.
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        for (nanos, text) in [
            (250_000_000, "250ms"),
            (2_500_000_000, "2.5s"),
            (10_000_000_000, "10s"),
            (500_000, "500us"),
            (1_050_000, "1.05ms"),
            (0, "0ns"),
            (7, "7ns"),
        ] {
            assert_eq!(Message::new().and_duration(Duration::from_nanos(nanos)).text(), text);
        }
        assert_eq!(Message::new().and_listed(&["a", "b"]).text(), "`a`, `b`");
        assert_eq!(Message::new().and(&"x".repeat(MOST + 1)).text().len(), MOST);
    }
}
