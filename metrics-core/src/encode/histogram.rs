//! Histograms: the bulk of most expositions, so their lines are put together from as few copies as possible.

use super::{Format, number::LONGEST, output::Output, text::TextEncoder};
use crate::{
    descriptor::Kind,
    number::Number,
    visit::{HistogramPoint, Labels},
};

impl TextEncoder {
    /// Writes a histogram. `ends` are what follows the numbers of its buckets, if anything does.
    pub(super) fn write_histogram(
        &mut self,
        labels: Labels<'_>,
        point: &HistogramPoint<'_>,
        ends: &[Vec<u8>],
    ) {
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

        let total = if ends.is_empty() {
            self.write_buckets(point, 0, |_, _| ())
        } else {
            let size = ends.iter().map(Vec::len).sum();
            self.write_buckets(point, size, |out, bucket| {
                // Between the number and the end of its line.
                out.rewind(out.position() - 1);
                out.text(ends.get(bucket).map(Vec::as_slice).unwrap_or_default());
                out.byte(b'\n');
            })
        };
        // With a negative bound the sum may fall, and OpenMetrics allows neither that nor a count without a sum. That of a gauge
        // histogram may fall, and is negative only where a bound is.
        // Source: OpenMetrics 1.0, "Histogram", "GaugeHistogram".
        let is_open = self.format == Format::OpenMetrics100;
        let is_gauge = is_open && self.kind == Kind::GaugeHistogram;
        let is_negative = point.bounds.first().is_some_and(|&bound| bound < 0.0);
        if is_open && if is_gauge { !is_negative && point.sum < 0.0 } else { is_negative } {
            return;
        }
        let (sum, count): (&[u8], &[u8]) =
            if is_gauge { (b"_gsum", b"_gcount") } else { (b"_sum", b"_count") };
        for (suffix, value) in [(sum, Number::F64(point.sum)), (count, Number::U64(total))] {
            self.write_body(suffix, None);
            self.write_number(value);
        }
    }

    /// Writes the bucket lines, and returns the number of observations. `end` adds what follows a number to a line that was
    /// written, for all of them together `size` bytes.
    #[inline]
    fn write_buckets(
        &mut self,
        point: &HistogramPoint<'_>,
        size: usize,
        end: impl Fn(&mut Output, usize),
    ) -> u64 {
        let buckets = point.bounds.len() + 1;
        self.out.room(buckets * (self.line.size() + LONGEST) + self.bounds.pieces.size() + size);
        let mut total = 0_u64;
        // Counts that are missing are zero: a bucket too few must not cost the `+Inf` line.
        let counts = point.counts.iter().copied().chain(std::iter::repeat(0));
        if let Some(line) = self.line.iter().next() {
            for (bucket, (bound, count)) in self.bounds.pieces.iter().zip(counts).enumerate() {
                total = total.wrapping_add(count);
                line.write_any(&mut self.out);
                bound.write(&mut self.out);
                self.out.whole(total);
                end(&mut self.out, bucket);
            }
        }
        total
    }
}
