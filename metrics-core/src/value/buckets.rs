//! Bucket layouts.

use super::bucket_table::{BucketTable, MOST};
use std::{
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
};

/// The upper bounds of a histogram's buckets, checked when the program is compiled. The bucket for everything above
/// the last bound is always there and not among them.
///
/// Made with [`buckets!`](crate::buckets), and `const`:
///
/// ```
/// use tallymark_core::{Buckets, Histogram, buckets};
///
/// static REQUEST_BODY_BYTES: Histogram = Histogram::new(buckets![exponential(64.0, 4.0, 10)]);
///
/// static COARSE: Buckets = Buckets::new(&[0.1, 1.0, 10.0]);
/// static BUILD_DURATION_SECONDS: Histogram = Histogram::new(&COARSE);
/// ```
#[derive(Debug)]
pub struct Buckets {
    table: BucketTable,
}

impl Buckets {
    /// These bounds.
    ///
    /// # Panics
    ///
    /// If there are more than 127 bounds, or if they are not finite, sorted and different. In a `static` or in
    /// [`buckets!`](crate::buckets) that is a compile error.
    // Here and below, so that the compiler shows where the bounds are written and not the inside of this file.
    #[track_caller]
    pub const fn new(bounds: &[f64]) -> Self {
        assert!(bounds.len() <= MOST, "a histogram takes at most 127 bucket bounds");
        let mut all = [f64::INFINITY; MOST + 1];
        let mut index = 0;
        while index < bounds.len() {
            assert!(
                bounds[index].is_finite(),
                "bucket bounds must be finite; the +Inf bucket is always there and need not be given"
            );
            assert!(
                index == 0 || bounds[index - 1] < bounds[index],
                "bucket bounds must be sorted, each greater than the one before"
            );
            all[index] = bounds[index];
            index += 1;
        }
        Self { table: BucketTable::new(&all, bounds.len()) }
    }

    /// `count` bounds, each `factor` times the one before, from `start` on.
    ///
    /// # Panics
    ///
    /// If `start` is not positive, or `factor` is not above 1, or there are more than 127 bounds.
    #[track_caller]
    pub const fn exponential(start: f64, factor: f64, count: usize) -> Self {
        assert!(start > 0.0, "exponential buckets start above zero");
        assert!(factor > 1.0, "exponential buckets grow by a factor above 1");
        assert!(count <= MOST, "a histogram takes at most 127 bucket bounds");
        let mut all = [0.0; MOST];
        let (mut bound, mut index) = (start, 0);
        while index < count {
            all[index] = bound;
            bound *= factor;
            index += 1;
        }
        Self::new(all.split_at(count).0)
    }

    /// `count` bounds, each `width` more than the one before, from `start` on.
    ///
    /// # Panics
    ///
    /// If `width` is not positive, or there are more than 127 bounds.
    #[expect(clippy::cast_precision_loss, reason = "at most 127")]
    #[track_caller]
    pub const fn linear(start: f64, width: f64, count: usize) -> Self {
        assert!(width > 0.0, "linear buckets are wider than zero");
        assert!(count <= MOST, "a histogram takes at most 127 bucket bounds");
        let mut all = [0.0; MOST];
        let mut index = 0;
        while index < count {
            // Multiplied rather than added up, so that errors do not add up either.
            all[index] = start + width * index as f64;
            index += 1;
        }
        Self::new(all.split_at(count).0)
    }

    /// Buckets whose bounds are known only when the program runs, such as a setting of an instrumentation layer. They
    /// live as long as the program; the same bounds again give the same buckets.
    ///
    /// ```
    /// use tallymark_core::Buckets;
    ///
    /// let setting = "0.1,0.5,2.5";
    /// let bounds: Vec<f64> = setting.split(',').filter_map(|bound| bound.parse().ok()).collect();
    /// assert_eq!(Buckets::leak(&bounds)?.bounds(), [0.1, 0.5, 2.5]);
    /// # Ok::<(), tallymark_core::BucketsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Under the conditions in which [`new`](Buckets::new) panics.
    pub fn leak(bounds: &[f64]) -> Result<&'static Self, BucketsError> {
        static KNOWN: Mutex<Vec<&'static Buckets>> = Mutex::new(Vec::new());
        if bounds.len() > MOST {
            return Err(BucketsError::TooMany(bounds.len()));
        }
        for (index, &bound) in bounds.iter().enumerate() {
            if !bound.is_finite() {
                return Err(BucketsError::NotFinite { index, bound });
            }
            if index > 0 && bounds[index - 1] >= bound {
                return Err(BucketsError::NotSorted { index, bound });
            }
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = known.iter().find(|known| known.bounds() == bounds) {
            return Ok(same);
        }
        let buckets: &'static Self = Box::leak(Box::new(Self::new(bounds)));
        known.push(buckets);
        Ok(buckets)
    }

    /// The finite bounds.
    pub const fn bounds(&self) -> &[f64] {
        self.table.bounds.split_at(self.table.len as usize).0
    }

    /// The number of buckets, the one above all bounds included.
    #[inline]
    pub(crate) const fn count(&self) -> u32 {
        self.table.len as u32 + 1
    }

    /// The bucket of a value that is not NaN. A value on a bound is in that bound's bucket.
    pub(crate) fn bucket(&self, value: f64) -> u32 {
        self.table.bucket(value)
    }

    /// The bucket of a finite value, if the table serves it; `None` for all others.
    #[inline(always)]
    pub(crate) fn quick_bucket(&self, value: f64) -> Option<u32> {
        self.table.quick(value)
    }

    /// The bucket of a value that was computed from a clock just now, see [`BucketTable::guess`].
    #[inline(always)]
    pub(crate) fn bucket_of_elapsed(&self, seconds: f64) -> u32 {
        self.table.guess(seconds)
    }
}

/// What a constant that [`buckets!`](crate::buckets) names may be: bounds, or the only bound.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Bounds<T>(pub T);

impl Bounds<f64> {
    #[track_caller]
    pub const fn buckets(self) -> Buckets {
        Buckets::new(&[self.0])
    }
}

impl<const N: usize> Bounds<[f64; N]> {
    #[track_caller]
    pub const fn buckets(self) -> Buckets {
        Buckets::new(&self.0)
    }
}

impl<const N: usize> Bounds<&[f64; N]> {
    #[track_caller]
    pub const fn buckets(self) -> Buckets {
        Buckets::new(self.0)
    }
}

impl Bounds<&[f64]> {
    #[track_caller]
    pub const fn buckets(self) -> Buckets {
        Buckets::new(self.0)
    }
}

/// Why bounds cannot be those of buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum BucketsError {
    /// There are so many; a histogram takes 127.
    TooMany(usize),
    /// A bound is not a finite number.
    NotFinite {
        /// Its place, counted from zero.
        index: usize,
        /// The bound.
        bound: f64,
    },
    /// A bound is not greater than the one before.
    NotSorted {
        /// Its place, counted from zero.
        index: usize,
        /// The bound.
        bound: f64,
    },
}

impl fmt::Display for BucketsError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(count) => write!(f, "a histogram takes at most 127 bucket bounds, not {count}"),
            Self::NotFinite { index, bound } => write!(
                f,
                "the bucket bound {bound} at index {index} is not finite; the +Inf bucket is always there",
            ),
            Self::NotSorted { index, bound } => {
                write!(f, "the bucket bound {bound} at index {index} is not greater than the one before")
            }
        }
    }
}

impl Error for BucketsError {}

/// For durations of requests, queries and jobs, in seconds: from half a millisecond to ten seconds.
pub static DEFAULT: &Buckets =
    &Buckets::new(&[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);

/// For durations of functions, in seconds: from a microsecond to ten seconds.
pub static FUNCTION: &Buckets =
    &Buckets::new(&[1e-6, 1e-5, 1e-4, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0]);

/// For sizes, in bytes: powers of four from 64 to 16 MiB.
pub static BYTES: &Buckets = &Buckets::exponential(64.0, 4.0, 10);

/// Bucket bounds for a [`Histogram`](crate::Histogram), as a `&'static` [`Buckets`] made when the program is compiled.
///
/// Bounds that are not sorted or not finite are a compile error.
///
/// ```
/// use tallymark_core::buckets;
///
/// assert_eq!(buckets![0.1, 0.5, 1.0].bounds(), [0.1, 0.5, 1.0]);
/// assert_eq!(buckets![exponential(1.0, 2.0, 4)].bounds(), [1.0, 2.0, 4.0, 8.0]);
/// assert_eq!(buckets![linear(0.0, 5.0, 3)].bounds(), [0.0, 5.0, 10.0]);
///
/// const BOUNDS: [f64; 3] = [0.1, 0.5, 1.0];
/// assert_eq!(buckets![BOUNDS].bounds(), BOUNDS);
/// ```
#[macro_export]
macro_rules! buckets {
    [exponential($start:expr, $factor:expr, $count:expr $(,)?)] => {
        const { &$crate::Buckets::exponential($start, $factor, $count) }
    };
    [linear($start:expr, $width:expr, $count:expr $(,)?)] => {
        const { &$crate::Buckets::linear($start, $width, $count) }
    };
    [exponential($($wrong:tt)*)] => {
        ::core::compile_error!(
            "`exponential` takes a start, a factor and the number of bounds: `buckets![exponential(0.1, 2.0, 10)]`"
        )
    };
    [linear($($wrong:tt)*)] => {
        ::core::compile_error!(
            "`linear` takes a start, a width and the number of bounds: `buckets![linear(0.0, 5.0, 10)]`"
        )
    };
    // One constant, which is all bounds or the only one.
    [$bounds:path] => {
        const { &$crate::__private_v4::Bounds($bounds).buckets() }
    };
    [$($bound:expr),* $(,)?] => {
        const { &$crate::Buckets::new(&[$($bound),*]) }
    };
}

#[cfg(test)]
mod tests {
    use super::{BYTES, Buckets, BucketsError, DEFAULT, FUNCTION};
    use crate::{
        Histogram,
        number::neighbour::{next_down, next_up},
    };
    use proptest::prelude::*;

    fn check(buckets: &Buckets, value: f64) {
        let expected = buckets.bounds().iter().filter(|&&bound| bound < value).count();
        assert_eq!(buckets.bucket(value) as usize, expected, "{value} among {:?}", buckets.bounds());
        if let Some(quick) = buckets.quick_bucket(value) {
            assert_eq!(quick as usize, expected, "{value} among {:?}, at once", buckets.bounds());
            assert!(value.is_finite(), "{value} is not finite, and has a bucket");
        }
    }

    #[test]
    fn a_constant_may_be_all_bounds_or_the_only_one() {
        const ARRAY: [f64; 2] = [0.5, 1.0];
        const SLICE: &[f64] = &ARRAY;
        const REFERENCE: &[f64; 2] = &ARRAY;
        const ONE: f64 = 0.5;
        for buckets in [buckets![ARRAY], buckets![SLICE], buckets![REFERENCE]] {
            assert_eq!(buckets.bounds(), ARRAY);
        }
        assert_eq!(buckets![ONE].bounds(), [ONE]);
        assert_eq!(buckets![ONE, 2.0 * ONE].bounds(), ARRAY);
        assert_eq!(buckets![f64::MAX].bounds(), [f64::MAX]);
    }

    #[test]
    fn what_is_not_told_at_once_is_observed_all_the_same() {
        static SPARSE: Histogram = Histogram::new(buckets![1.0, 2.0]);
        static MIXED: Histogram = Histogram::new(buckets![-1.0, 1.0, 2.0]);
        static EMPTY: Histogram = Histogram::new(buckets![]);
        assert_eq!(DEFAULT.quick_bucket(0.02), Some(5));
        for value in [-1.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -f64::NAN, f64::MAX] {
            assert_eq!(DEFAULT.quick_bucket(value), None, "{value}");
        }
        for histogram in [&SPARSE, &MIXED, &EMPTY] {
            for value in [-3.0, -0.0, 0.5, 1.5, 1e300, f64::NAN, f64::NEG_INFINITY, f64::INFINITY] {
                histogram.observe(value);
                histogram.handle().observe(value);
            }
            assert_eq!(histogram.get().count(), 14);
        }
        assert_eq!(SPARSE.get().counts(), [8, 2, 4]);
        assert_eq!(MIXED.get().counts(), [4, 4, 2, 4]);
        assert_eq!(EMPTY.get().counts(), [14]);
    }

    #[test]
    fn bounds_and_their_neighbours_fall_where_they_belong() {
        let dense = Buckets::linear(1.0, 0.01, 100);
        let wide = Buckets::new(&[1e-300, 1.0, 1e300]);
        let negative = Buckets::linear(-5.0, 1.0, 11);
        let three = Buckets::new(&[1.0, 1.05, 1.1, 2.0]);
        let none = Buckets::new(&[]);
        let zero = Buckets::new(&[0.0, 1.0, 1.1, 2.0, 5.0]);
        let [alone, minus] = [Buckets::new(&[0.0]), Buckets::new(&[-0.0, 1.0])];
        let all = [DEFAULT, FUNCTION, BYTES, &dense, &wide, &negative, &three, &none, &zero, &alone, &minus];
        for value in [0.0, 0.5, 2.0, 5.0] {
            assert!(zero.quick_bucket(value).is_some(), "{value}");
        }
        for buckets in all {
            for &bound in buckets.bounds() {
                for value in [bound, next_down(bound), next_up(bound), -bound, bound * 1.1, bound / 1.1] {
                    check(buckets, value);
                }
            }
            for value in [
                0.0,
                -0.0,
                1.0,
                f64::MAX,
                f64::MIN,
                f64::MIN_POSITIVE,
                5e-324,
                f64::INFINITY,
                f64::NEG_INFINITY,
            ] {
                check(buckets, value);
            }
        }
    }

    #[test]
    fn bounds_of_the_moment_are_checked_and_kept_once() {
        let leaked = Buckets::leak(&[0.5, 1.0]).expect("good bounds");
        assert!(std::ptr::eq(leaked, Buckets::leak(&[0.5, 1.0]).expect("the same")));
        assert_eq!(Buckets::leak(&[1.0; 128]).map(drop), Err(BucketsError::TooMany(128)));
        assert_eq!(
            Buckets::leak(&[1.0, 1.0]).map(drop),
            Err(BucketsError::NotSorted { index: 1, bound: 1.0 })
        );
        assert!(matches!(Buckets::leak(&[f64::NAN]), Err(BucketsError::NotFinite { index: 0, .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 5 } else { 256 }))]

        #[test]
        fn any_value_falls_where_it_belongs(
            mut bounds in proptest::collection::vec(prop_oneof![-10.0..10.0_f64, 1e-9..1e9_f64, any::<f64>()], 0..40),
            values in proptest::collection::vec(prop_oneof![-10.0..10.0_f64, 1e-9..1e9_f64, any::<f64>()], 1..40),
        ) {
            bounds.retain(|bound: &f64| bound.is_finite());
            bounds.sort_by(f64::total_cmp);
            bounds.dedup_by_key(|bound| bound.to_bits());
            bounds.dedup_by(|a: &mut f64, b: &mut f64| *a <= *b);
            let buckets = Buckets::new(&bounds);
            for value in values.into_iter().filter(|value| !value.is_nan()) {
                check(&buckets, value);
            }
        }
    }
}
