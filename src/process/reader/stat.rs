//! `/proc/self/stat`: one line of fields.

use std::str;

/// Times are in clock ticks; the start is counted from the start of the system.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) user: Option<u64>,
    pub(super) system: Option<u64>,
    pub(super) threads: Option<u64>,
    pub(super) start: Option<u64>,
    pub(super) virtual_bytes: Option<u64>,
    pub(super) resident_pages: Option<u64>,
}

impl Stat {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        // The name of the program is in parentheses and may itself have parentheses, spaces and line feeds, and be other
        // than UTF-8. After it there are only numbers and a letter.
        let Some(end) = bytes.iter().rposition(|&byte| byte == b')') else { return Self::default() };
        let rest = bytes.get(end + 1..).unwrap_or_default().trim_ascii_start();
        // A number that nothing follows may have been cut short.
        let fields: Vec<&[u8]> = rest
            .split_inclusive(u8::is_ascii_whitespace)
            .filter_map(|field| field.split_last().filter(|(last, _)| last.is_ascii_whitespace()))
            .map(|(_, field)| field)
            .collect();
        // `proc(5)` counts from 1, and the state, which comes first after the name, is its third.
        let field = |number: usize| str::from_utf8(fields.get(number - 3)?).ok()?.parse().ok();
        Self {
            user: field(14),
            system: field(15),
            threads: field(20),
            start: field(22),
            virtual_bytes: field(23),
            resident_pages: field(24),
        }
    }
}
