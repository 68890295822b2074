//! Numbers in decimal.

use std::num::FpCategory;

/// Enough for any number in any form here: `-1.2345678901234567e-308` is 24 bytes long.
pub(super) const LONGEST: usize = 32;

/// How whole numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// `1`, as Go's `strconv.FormatFloat(x, 'g', -1, 64)` writes it.
    Bare,
    /// `1.0`, the canonical form of `le` and `quantile` in OpenMetrics.
    Point,
}

/// The least number that [`short`] does not take.
const SHORT: u32 = 10_000_000;

/// A whole number and the end of its line as the bytes of a word, and how many these are, if they fit. Most samples are
/// such numbers, which are put together in a register in less time than it takes to copy them.
#[inline]
pub(super) fn short(value: u64) -> Option<([u8; 8], usize)> {
    let mut rest = u32::try_from(value).ok().filter(|&value| value < SHORT)?;
    let (mut bytes, mut length) = (u64::from(b'\n'), 1);
    loop {
        bytes = bytes << 8 | u64::from(b'0' + (rest % 10) as u8);
        length += 1;
        rest /= 10;
        if rest == 0 {
            return Some((bytes.to_le_bytes(), length));
        }
    }
}

/// Room for one number.
pub(super) struct Digits {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Digits {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }

    fn push(&mut self, text: &[u8]) {
        if let Some(to) = self.bytes.get_mut(self.length..self.length + text.len()) {
            to.copy_from_slice(text);
            self.length += text.len();
        }
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// The shortest decimal that reads back as `value`, laid out as Go does: an exponent of at least two digits below
    /// 10⁻⁴ and from 10⁶ on.
    pub(super) fn float(&mut self, value: f64, whole: Whole) -> &[u8] {
        self.length = 0;
        match value.classify() {
            FpCategory::Nan => self.push(b"NaN"),
            FpCategory::Infinite => self.push(if value > 0.0 { b"+Inf" } else { b"-Inf" }),
            _ => self.finite(value, whole),
        }
        self.text()
    }

    fn finite(&mut self, value: f64, whole: Whole) {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value).as_bytes();
        let size = value.abs();
        if size != 0.0 && !(1e-4..1e6).contains(&size) {
            return self.exponent(text);
        }
        match text.strip_suffix(b".0") {
            Some(short) if whole == Whole::Bare => self.push(short),
            _ => self.push(text),
        }
    }

    /// Takes digits and magnitude out of `text`, whichever notation it is in, and writes `d.ddde±XX`.
    fn exponent(&mut self, text: &[u8]) {
        let (text, negative) = match text.strip_prefix(b"-") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let mut digits = [0; LONGEST];
        let mut count = 0;
        // Digits before the point; and how many zeros after the point precede the first digit of the number.
        let (mut before, mut zeros, mut point) = (0_i32, 0_i32, false);
        let mut written = 0_i32;
        for (at, &byte) in text.iter().enumerate() {
            match byte {
                b'0' if count == 0 => zeros += i32::from(point),
                b'0'..=b'9' => {
                    if let Some(place) = digits.get_mut(count) {
                        *place = byte;
                        count += 1;
                    }
                    before += i32::from(!point);
                }
                b'.' => point = true,
                _ => {
                    written = exponent_of(text.get(at + 1..).unwrap_or_default());
                    break;
                }
            }
        }
        let exponent = written + if before > 0 { before - 1 } else { -1 - zeros };
        let significant = digits[..count].iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1);
        let (first, rest) = digits[..significant].split_at(significant.min(1));
        if negative {
            self.push(b"-");
        }
        self.push(first);
        if !rest.is_empty() {
            self.push(b".");
            self.push(rest);
        }
        self.push(if exponent < 0 { b"e-" } else { b"e+" });
        let size = exponent.unsigned_abs();
        if size < 10 {
            self.push(b"0");
        }
        self.push(itoa::Buffer::new().format(size).as_bytes());
    }
}

/// A bound or a quantile as OpenMetrics, and Prometheus since version 3, write it in a label.
pub fn canonical(value: f64) -> String {
    String::from_utf8_lossy(Digits::new().float(value, Whole::Point)).into_owned()
}

fn exponent_of(text: &[u8]) -> i32 {
    let (digits, sign) = match text {
        [b'-', digits @ ..] => (digits, -1),
        [b'+', digits @ ..] | digits => (digits, 1),
    };
    sign * digits.iter().fold(0, |number, digit| number * 10 + i32::from(digit.wrapping_sub(b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_form(value: f64, bare: &str, point: &str) {
        assert_eq!(std::str::from_utf8(Digits::new().float(value, Whole::Bare)), Ok(bare));
        assert_eq!(std::str::from_utf8(Digits::new().float(value, Whole::Point)), Ok(point));
    }

    /// Expected texts are those of Go's `strconv.FormatFloat(x, 'g', -1, 64)`.
    #[test]
    fn floats_are_written_as_go_does() {
        assert_form(0.0, "0", "0.0");
        assert_form(-0.0, "-0", "-0.0");
        assert_form(1.0, "1", "1.0");
        assert_form(-1.0, "-1", "-1.0");
        assert_form(0.1, "0.1", "0.1");
        assert_form(0.005, "0.005", "0.005");
        assert_form(100.0, "100", "100.0");
        assert_form(123_456.0, "123456", "123456.0");
        assert_form(999_999.5, "999999.5", "999999.5");
        assert_form(f64::INFINITY, "+Inf", "+Inf");
        assert_form(f64::NEG_INFINITY, "-Inf", "-Inf");
        assert_form(f64::NAN, "NaN", "NaN");
    }

    #[test]
    fn large_and_small_ones_have_an_exponent() {
        for (value, text) in [
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (-1e10, "-1e+10"),
            (1e10, "1e+10"),
            (1.5e15, "1.5e+15"),
            (1e16, "1e+16"),
            (1.25e17, "1.25e+17"),
            (1e100, "1e+100"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (1.5e-5, "1.5e-05"),
            (1e-7, "1e-07"),
            (0.000_012_345, "1.2345e-05"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (5e-324, "5e-324"),
            (-1.234_567_890_123_456_8e-300, "-1.2345678901234568e-300"),
            (9_007_199_254_740_993.0, "9.007199254740992e+15"),
        ] {
            assert_form(value, text, text);
        }
    }

    #[test]
    fn whole_numbers_that_are_short_are_written_as_all_others() {
        let powers = (0..12).map(|power| 10_u64.pow(power));
        for value in powers.flat_map(|power| [power - 1, power, power + 1, 7 * power, u64::MAX - power]) {
            let expected = format!("{value}\n");
            let written = short(value).map(|(bytes, length)| bytes[..length].to_vec());
            assert_eq!(written, (expected.len() <= 8).then(|| expected.into_bytes()));
        }
    }

    #[test]
    fn every_text_reads_back_as_the_same_number() {
        // All exponents, and a mantissa that changes with them.
        for step in 0..40_000_u64 {
            let value = f64::from_bits((step << 48) ^ step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16);
            if value.is_finite() {
                let mut digits = Digits::new();
                let text = std::str::from_utf8(digits.float(value, Whole::Bare)).unwrap_or_default();
                assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{text}");
            }
        }
    }
}
