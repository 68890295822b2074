//! `/proc/stat`: when the system started.

/// In seconds since 1970.
pub(super) fn seconds(bytes: &[u8]) -> Option<u64> {
    // A line without an end may have been cut short.
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').filter_map(|line| line.strip_suffix(b"\n"));
    let number = lines.find_map(|line| line.strip_prefix(b"btime "))?;
    std::str::from_utf8(number.trim_ascii()).ok()?.parse().ok()
}
