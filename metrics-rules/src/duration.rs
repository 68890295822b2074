//! Durations as Prometheus writes them.

use core::time::Duration;

/// Units from the longest to the shortest, and how many nanoseconds each has.
const UNITS: [(&str, u64); 8] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Returns the duration that a text such as `5m`, `1h30m`, `250ms` or `1.5s` is.
///
/// Units go from the longest to the shortest, as in Prometheus; only the last number may have a fraction, of whole
/// nanoseconds.
///
/// ```
/// use std::time::Duration;
/// use tallymark_rules::parse_duration;
///
/// assert_eq!(parse_duration("1h30m"), Some(Duration::from_secs(5_400)));
/// assert_eq!(parse_duration("0.5ms"), Some(Duration::from_micros(500)));
/// assert_eq!(parse_duration("5 minutes"), None);
/// ```
pub fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut nanos: u64 = 0;
    let mut smaller = &UNITS[..];
    let mut is_last = rest.is_empty();
    if is_last {
        return None;
    }
    while !rest.is_empty() {
        if is_last {
            return None;
        }
        let (number, behind) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != '.')?);
        let (word, behind) =
            behind.split_at(behind.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(behind.len()));
        let at = smaller.iter().position(|(unit, _)| *unit == word)?;
        let (_, size) = smaller[at];
        smaller = &smaller[at + 1..];
        is_last = number.contains('.');
        nanos = nanos.checked_add(scaled(number, size)?)?;
        rest = behind;
    }
    Some(Duration::from_nanos(nanos))
}

/// Returns a decimal number times `size`, if that is a whole number.
fn scaled(number: &str, size: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if number.ends_with('.') {
        return None;
    }
    let mut value = whole.parse::<u64>().ok()?.checked_mul(size)?;
    let mut digit_size = size;
    for digit in fraction.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        let digit = u64::from(digit - b'0');
        if digit_size % 10 != 0 && digit != 0 {
            return None;
        }
        digit_size /= 10;
        value = value.checked_add(digit * digit_size)?;
    }
    Some(value)
}

/// Returns the duration nearest to so many seconds, in whole nanoseconds; the longest if it is longer.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "such a cast takes the nearest number there is"
)]
pub const fn duration_of_seconds(seconds: f64) -> Duration {
    Duration::from_nanos((seconds * 1e9 + 0.5) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_prometheus() {
        for (text, nanos) in [
            ("5m", 300_000_000_000),
            ("1d2h", 93_600_000_000_000),
            ("250ms", 250_000_000),
            ("0.25s", 250_000_000),
            ("2.5us", 2_500),
            ("1s500ms", 1_500_000_000),
            (" 0s ", 0),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_nanos(nanos)), "{text}");
        }
        for text in [
            "",
            "5",
            "m",
            "5 m",
            "5min",
            "1m1h",
            "1.5.5s",
            "-5m",
            "1.5s5ms",
            "0.5ns",
            "5.s",
            ".5s",
            "99999999w",
            "1y",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(duration_of_seconds(0.0005), Duration::from_micros(500));
        assert_eq!(duration_of_seconds(10.0), Duration::from_secs(10));
    }
}
