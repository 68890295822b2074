//! What a declaration may say about its series.

/// For how long series are kept, and whether they are shown before they are touched.
///
/// In one word, since every metric has it: a thousand metrics lie on four pages of memory instead of eight, and to touch
/// a page for the first time takes longer than anything else at start-up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options(u32);

/// The bit that says `init`. The others are the seconds.
const INIT: u32 = 1 << 31;

/// Unless something else is asked for.
pub(super) const MAX_SERIES: u32 = 2000;

impl Options {
    /// All zeros, see [`First`](crate::cell::First).
    pub(crate) const DEFAULT: Self = Self(0);

    /// Seconds without a change after which a series is removed; 0 means never.
    pub(crate) const fn expire_after(self) -> u32 {
        self.0 & !INIT
    }

    /// Sets it, to 68 years at most.
    pub(crate) const fn set_expire_after(&mut self, seconds: u32) {
        self.0 = self.0 & INIT | if seconds < INIT { seconds } else { INIT - 1 };
    }

    /// Whether every combination of a closed label set is shown from the first scrape on.
    pub(crate) const fn init(self) -> bool {
        self.0 & INIT != 0
    }

    pub(crate) const fn set_init(&mut self) {
        self.0 |= INIT;
    }
}
