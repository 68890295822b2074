//! What a native histogram holds at one moment.

/// The native buckets of a histogram at one moment.
///
/// The bucket `k` holds what is above b^(k-1) and not above b^k, where b is 2^(2^-schema).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NativeHistogram {
    /// The resolution, from -4 to 8.
    pub schema: i32,
    /// How far from zero the zero bucket reaches.
    pub zero_threshold: f64,
    /// Observations in the zero bucket.
    pub zero_count: u64,
    /// Buckets that have observations, by `k`, and how many.
    pub positive: Vec<(i32, u64)>,
    /// Buckets of negative observations, by the `k` of their absolute values.
    pub negative: Vec<(i32, u64)>,
}

impl NativeHistogram {
    /// The number of observations.
    pub fn count(&self) -> u64 {
        let buckets = self.positive.iter().chain(&self.negative);
        buckets.fold(self.zero_count, |total, (_, count)| total.wrapping_add(*count))
    }

    /// Whether it is valid in itself, with that many observations.
    pub(crate) fn is_of(&self, count: u64) -> bool {
        let sorted = |buckets: &[(i32, u64)]| buckets.is_sorted_by(|a, b| a.0 < b.0);
        (-4..=8).contains(&self.schema)
            && self.zero_threshold >= 0.0
            && sorted(&self.positive)
            && sorted(&self.negative)
            && self.count() == count
    }
}
