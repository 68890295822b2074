//! Histograms: the bulk of most expositions, so their lines are put together from as few copies as possible.

use super::{
    Format,
    number::{Digits, LONGEST, Whole},
    pieces::Pieces,
    text::TextEncoder,
};
use crate::visit::{HistogramPoint, Labels, Number};

/// The texts of bucket bounds, kept as long as series have the same ones.
#[derive(Default)]
pub(super) struct Bounds {
    known: Vec<f64>,
    /// For each bound, and for `+Inf`: the rest of the line between `le="` and the number.
    pieces: Pieces,
}

impl Bounds {
    fn prepare(&mut self, bounds: &[f64], whole: Whole) {
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

impl TextEncoder {
    pub(super) fn write_histogram(&mut self, labels: Labels<'_>, point: &HistogramPoint<'_>) {
        let whole = self.whole();
        self.bounds.prepare(point.bounds, whole);
        self.render_body(labels);
        let mut line = std::mem::take(&mut self.scratch);
        line.clear();
        self.open(&mut line, b"_bucket");
        if !self.body.is_empty() {
            line.extend_from_slice(&self.body);
            line.push(b',');
        }
        line.extend_from_slice(b"le=\"");
        self.line.clear();
        self.line.push(&line);
        self.scratch = line;

        let buckets = point.bounds.len() + 1;
        self.out.room(buckets * (self.line.size() + LONGEST) + self.bounds.pieces.size());
        let mut total = 0_u64;
        // Counts that are missing are none: a bucket too few must not cost the `+Inf` line.
        let counts = point.counts.iter().copied().chain(std::iter::repeat(0));
        if let Some(line) = self.line.iter().next() {
            for (bound, count) in self.bounds.pieces.iter().zip(counts) {
                total = total.wrapping_add(count);
                line.write(&mut self.out);
                bound.write(&mut self.out);
                self.out.text(itoa::Buffer::new().format(total).as_bytes());
                self.out.byte(b'\n');
            }
        }
        // With a negative bound the sum may fall, and OpenMetrics allows neither that nor a count without a sum.
        // Source: OpenMetrics 1.0, "Histogram".
        if self.format == Format::OpenMetrics100 && point.bounds.first().is_some_and(|&bound| bound < 0.0) {
            return;
        }
        for (suffix, value) in [(b"_sum".as_slice(), Number::F64(point.sum)), (b"_count", Number::U64(total))]
        {
            self.write_body(suffix, None);
            self.write_number(value);
        }
    }
}
