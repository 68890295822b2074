//! `/proc/self/limits`: a table.

/// The soft limits. One that is not set is the largest number.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) open_files: Option<u64>,
    pub(super) address_space: Option<u64>,
}

impl Limits {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        Self { open_files: soft(&text, "Max open files "), address_space: soft(&text, "Max address space ") }
    }
}

fn soft(text: &str, limit: &str) -> Option<u64> {
    // A line without an end may have been cut short.
    let mut lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    match lines.find_map(|line| line.strip_prefix(limit))?.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}
