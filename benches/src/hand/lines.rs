//! Exposition with everything prepared: for each sample the line up to the value, then the number.

use std::fmt::Write;

/// Lines whose text is ready, and the numbers that belong to them.
pub struct Lines {
    text: String,
    ends: Vec<u32>,
    values: Vec<u64>,
}

impl Lines {
    /// Keeps every sample line of a text exposition up to its value. Values become integers: floats are few.
    pub fn of(exposition: &str) -> Self {
        let mut lines = Self { text: String::new(), ends: Vec::new(), values: Vec::new() };
        for line in exposition.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, value)) = line.rsplit_once(' ') {
                let _ = write!(lines.text, "{name} ");
                lines.ends.push(lines.text.len() as u32);
                lines.values.push(value.parse().unwrap_or(0));
            }
        }
        lines
    }

    /// Writes all lines.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let text = self.text.as_bytes();
        let mut from = 0;
        let mut number = itoa::Buffer::new();
        for (&end, &value) in self.ends.iter().zip(&self.values) {
            out.extend_from_slice(&text[from..end as usize]);
            out.extend_from_slice(number.format(value).as_bytes());
            out.push(b'\n');
            from = end as usize;
        }
    }
}
