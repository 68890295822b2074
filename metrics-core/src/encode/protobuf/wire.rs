//! Protocol buffers as bytes. Exporters of this repository write messages of other schemas with it.
//!
//! Source: Protocol Buffers, "Encoding".

use crate::number::bits;

/// How a field's value is written.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
}

fn key(to: &mut Vec<u8>, field: u32, wire: Wire) {
    varint(to, u64::from(field << 3 | wire as u32));
}

/// Seven bits in each byte, the lowest first; all but the last have the eighth set.
#[expect(clippy::cast_possible_truncation, reason = "what is cut off is written next")]
pub fn varint(to: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

/// An unsigned integer.
pub fn unsigned(to: &mut Vec<u8>, field: u32, value: u64) {
    key(to, field, Wire::Varint);
    varint(to, value);
}

/// An integer that is written short also if it is negative (`sint32`, `sint64`).
pub fn signed(to: &mut Vec<u8>, field: u32, value: i64) {
    key(to, field, Wire::Varint);
    zigzag(to, value);
}

/// The value of such an integer, for lists that are packed.
pub fn zigzag(to: &mut Vec<u8>, value: i64) {
    varint(to, bits(value << 1 ^ value >> 63));
}

/// An integer of the kinds `int32` and `int64`.
pub fn integer(to: &mut Vec<u8>, field: u32, value: i64) {
    unsigned(to, field, bits(value));
}

/// A double.
pub fn double(to: &mut Vec<u8>, field: u32, value: f64) {
    key(to, field, Wire::Fixed64);
    to.extend_from_slice(&value.to_le_bytes());
}

/// A text.
pub fn text(to: &mut Vec<u8>, field: u32, text: &str) {
    key(to, field, Wire::Length);
    varint(to, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

/// The key and the length of a field of bytes that is so long altogether, two bytes at least; the bytes themselves follow. Returns how
/// many these are. The length may take a byte more than it needs, which every reader takes.
pub(super) fn begin_bytes(to: &mut Vec<u8>, field: u32, total: usize) -> usize {
    let before = to.len();
    key(to, field, Wire::Length);
    let behind = total.saturating_sub(to.len() - before);
    let mut width = 1;
    while width < behind && (behind - width) >> (7 * width) > 0 {
        width += 1;
    }
    let length = behind.saturating_sub(width);
    for at in 0..width {
        let more = if at + 1 < width { 0x80 } else { 0 };
        to.push((length >> (7 * at)).to_le_bytes()[0] & 0x7f | more);
    }
    length
}

/// A message, of which `write` writes the fields.
#[inline]
pub fn message(to: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let begun = begin(to, field);
    write(to);
    end(to, begun);
}

/// Begins a message. Returns where it begins, for [`end`].
pub fn begin(to: &mut Vec<u8>, field: u32) -> usize {
    key(to, field, Wire::Length);
    // Most messages are so short that their length takes one byte.
    to.push(0);
    to.len()
}

/// Ends a message, whose length is known now.
pub fn end(to: &mut Vec<u8>, begun: usize) {
    let (at, length) = (begun - 1, to.len() - begun);
    match to.get_mut(at) {
        Some(short) if length < 0x80 => *short = length.to_le_bytes()[0],
        _ => {
            let mut written = Vec::new();
            varint(&mut written, length as u64);
            to.splice(at..=at, written);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_any_length() {
        for total in (2..300).chain(16_380..16_400).chain([2_097_160, 1 << 30]) {
            let mut head = Vec::new();
            let rest = begin_bytes(&mut head, 15, total);
            assert_eq!(head.len() + rest, total);
            let read = head[1..].iter().enumerate().map(|(at, byte)| usize::from(byte & 0x7f) << (7 * at));
            assert_eq!(read.sum::<usize>(), rest, "{total}");
            assert!(
                head[1..head.len() - 1].iter().all(|byte| byte & 0x80 != 0) && head[head.len() - 1] < 0x80
            );
        }
    }
}
