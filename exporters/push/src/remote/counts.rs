//! How much is in a request.

/// Numbers of elements, by what the protocol counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) samples: u64,
    pub(super) histograms: u64,
    pub(super) exemplars: u64,
}

impl Counts {
    /// What is in these and not in the others.
    pub(super) fn less(self, other: Self) -> Self {
        Self {
            samples: self.samples.saturating_sub(other.samples),
            histograms: self.histograms.saturating_sub(other.histograms),
            exemplars: self.exemplars.saturating_sub(other.exemplars),
        }
    }

    /// What is in both.
    pub(super) fn least(self, other: Self) -> Self {
        self.less(self.less(other))
    }

    /// Values of series: samples and histograms, without exemplars.
    pub(super) fn values(self) -> u64 {
        self.samples + self.histograms
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }
}
