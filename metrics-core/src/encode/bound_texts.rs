//! Bucket bounds as text.

use super::{
    number::{Digits, LONGEST, Whole},
    pieces::Pieces,
};

/// The texts of bucket bounds, kept as long as series have the same ones.
#[derive(Default)]
pub(super) struct BoundTexts {
    known: Vec<f64>,
    /// For each bound, and for `+Inf`: the rest of the line between `le="` and the number.
    pub(super) pieces: Pieces,
}

impl BoundTexts {
    pub(super) fn prepare(&mut self, bounds: &[f64], whole: Whole) {
        if self.known == bounds && !self.pieces.is_empty() {
            return;
        }
        self.known.clear();
        self.known.extend_from_slice(bounds);
        self.pieces.clear();
        let mut text = Vec::with_capacity(LONGEST);
        for &bound in bounds.iter().chain(&[f64::INFINITY]) {
            text.clear();
            text.extend_from_slice(Digits::new().float(bound, whole));
            text.extend_from_slice(b"\"} ");
            self.pieces.push(&text);
        }
    }
}
