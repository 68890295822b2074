//! Native histograms: buckets whose bounds are powers of one number, there only if something fell into them.
//!
//! Source: Prometheus, "Native histograms", and how its Go client keeps their buckets below a limit.

mod buckets;
mod histogram;
mod key;
mod table;

pub(crate) use buckets::NativeBuckets;
pub use histogram::NativeHistogram;

use std::num::NonZeroU16;

/// The coarsest and the finest resolution.
const SCHEMAS: std::ops::RangeInclusive<i8> = -4..=8;

/// What a native histogram is to look like: how fine its buckets are, and how many there may be.
///
/// Each bucket's upper bound is the one before times 2^(2^-schema): about 9 % wider than the one before at the schema 3
/// that is chosen unless something else is, 0.27 % at the finest. There is one bucket for all that is nearly zero, and
/// on either side of it buckets are there as soon as something falls into them. When there are more than the limit, the
/// resolution is halved: each two neighbours become one, and nothing that was counted is lost. A halved resolution
/// stays.
///
/// An observation costs a hash look-up in a table of the series' own beside what a classic one costs, no lock and no
/// shared cache line; each bucket takes eight bytes of every thread that counts.
///
/// ```
/// use tallymark_core::{Histogram, Native, buckets};
///
/// static WAIT_SECONDS: Histogram = Histogram::native(Native::new().schema(5));
/// static WORK_SECONDS: Histogram = Histogram::new(buckets![0.1, 1.0]).with_native(Native::new());
///
/// WAIT_SECONDS.observe(0.25);
/// assert_eq!(WAIT_SECONDS.get().count(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "it does nothing until a histogram is made with it"]
pub struct Native {
    schema: i8,
    /// Not zero, so that where there is no native histogram there are zeros.
    max_buckets: NonZeroU16,
    zero_threshold: f64,
}

impl Native {
    /// Schema 3, at most 160 buckets, and nothing but what is closer to zero than 2⁻¹²⁸ in the zero bucket.
    #[expect(
        clippy::new_without_default,
        reason = "a metric is a static, and a static needs a const constructor"
    )]
    pub const fn new() -> Self {
        // Two to the power of -128, by its exponent.
        Self {
            schema: 3,
            max_buckets: NonZeroU16::MIN.saturating_add(159),
            zero_threshold: f64::from_bits((1023 - 128) << 52),
        }
    }

    /// How fine the buckets are: from -4, where each is 65,536 times as wide as the one before, to 8, where it is
    /// 1.0027 times as wide.
    ///
    /// # Panics
    ///
    /// If it is less than -4 or more than 8. In a `static` that is a compile error.
    #[track_caller]
    pub const fn schema(mut self, schema: i8) -> Self {
        assert!(
            *SCHEMAS.start() <= schema && schema <= *SCHEMAS.end(),
            "the schema of a native histogram is -4 to 8"
        );
        self.schema = schema;
        self
    }

    /// How many buckets there may be, those of negative values included and the zero bucket not, before the resolution
    /// is halved. At the coarsest resolution there may be more.
    ///
    /// # Panics
    ///
    /// If it is zero. In a `static` that is a compile error.
    #[track_caller]
    pub const fn max_buckets(mut self, max: u16) -> Self {
        let Some(max) = NonZeroU16::new(max) else { panic!("a native histogram has at least one bucket") };
        self.max_buckets = max;
        self
    }

    /// No observations.
    pub(crate) fn nothing(self) -> NativeHistogram {
        NativeHistogram {
            schema: i32::from(self.schema),
            zero_threshold: self.zero_threshold,
            ..NativeHistogram::default()
        }
    }

    /// What is not farther from zero is in the zero bucket.
    ///
    /// # Panics
    ///
    /// If it is negative or not finite. In a `static` that is a compile error.
    #[track_caller]
    pub const fn zero_threshold(mut self, threshold: f64) -> Self {
        assert!(threshold >= 0.0 && threshold.is_finite(), "a zero threshold is finite and not negative");
        self.zero_threshold = threshold;
        self
    }
}
