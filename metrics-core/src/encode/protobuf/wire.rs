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
