//! What a declaration may say about its series.

/// For how long series are kept, and whether they are shown before they are touched.
///
/// In one word, since every metric has it: a thousand metrics lie on four pages of memory instead of eight, and to
/// touch a page for the first time takes longer than anything else at start-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options(u32);

/// The bit that says `init`.
const INIT: u32 = 1 << 31;
/// The bit that says `exemplars`.
const EXEMPLARS: u32 = 1 << 30;
/// The others are the seconds.
const SECONDS: u32 = EXEMPLARS - 1;

/// Unless something else is asked for.
pub(super) const MAX_SERIES: u32 = 2000;

impl Options {
    /// All zeros, see [`First`](crate::cell::First).
    pub(crate) const DEFAULT: Self = Self(0);

    /// Whether nothing was asked for.
    pub(crate) const fn are_default(self) -> bool {
        self.0 == Self::DEFAULT.0
    }

    /// Seconds without a change after which a series is removed; 0 means never.
    pub(crate) const fn expire_after(self) -> u32 {
        self.0 & SECONDS
    }

    /// Sets it, to 34 years at most.
    pub(crate) const fn set_expire_after(&mut self, seconds: u32) {
        self.0 = self.0 & !SECONDS | if seconds < SECONDS { seconds } else { SECONDS };
    }

    /// Whether every combination of a closed label set is shown from the first scrape on.
    pub(crate) const fn init(self) -> bool {
        self.0 & INIT != 0
    }

    pub(crate) const fn set_init(&mut self) {
        self.0 |= INIT;
    }

    /// Whether series keep exemplars.
    pub(crate) const fn exemplars(self) -> bool {
        self.0 & EXEMPLARS != 0
    }

    pub(crate) const fn set_exemplars(&mut self) {
        self.0 |= EXEMPLARS;
    }
}
