//! What systems count in.

const INTERVALS_PER_SECOND: u64 = 10_000_000;

/// How many intervals lie between the beginnings of 1601 and of 1970.
const INTERVALS_BEFORE_1970: u64 = 116_444_736_000_000_000;

/// A time of Windows, which comes in two halves, in intervals of 100 ns.
pub(super) fn intervals(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// A span of such intervals in seconds.
pub(super) fn span_seconds(intervals: u64) -> f64 {
    // Apart, because so many intervals as have passed since 1601 are too many for a `f64`.
    (intervals / INTERVALS_PER_SECOND) as f64
        + (intervals % INTERVALS_PER_SECOND) as f64 / INTERVALS_PER_SECOND as f64
}

/// Returns a moment in seconds since 1970, given in intervals since 1601. Nothing if it is earlier: no process has started then.
pub(super) fn unix_seconds(intervals: u64) -> Option<f64> {
    intervals.checked_sub(INTERVALS_BEFORE_1970).map(span_seconds)
}

/// Seconds and the part of one, in seconds.
pub(super) fn seconds(whole: i64, nanoseconds: i64) -> f64 {
    whole as f64 + nanoseconds as f64 / 1e9
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "they are the nearest to what is written")]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        let table = [
            ((0, 0), 0.0),
            ((0, 1), 1e-7),
            ((0, 10_000_000), 1.0),
            ((0, 15_625), 0.001_562_5),
            ((1, 0), 429.496_729_6),
            ((0x7fff_ffff, u32::MAX), 922_337_203_685.477_6),
        ];
        for ((high, low), expected) in table {
            assert_eq!(span_seconds(intervals(high, low)), expected, "{high} {low}");
        }
    }

    /// Moments as Microsoft and POSIX have them for the same dates.
    #[test]
    fn moments() {
        let table = [
            (116_444_736_000_000_000, Some(0.0)),
            (116_444_735_999_999_999, None),
            (0, None),
            // 2014-12-10 04:01:39.75 UTC.
            (130_626_576_997_500_000, Some(1_418_184_099.75)),
            // 2038-01-19 03:14:08 UTC, one second more than 31 bits hold.
            (137_919_572_480_000_000, Some(2_147_483_648.0)),
        ];
        for (moment, expected) in table {
            assert_eq!(unix_seconds(moment), expected, "{moment}");
        }
        assert_eq!(unix_seconds(intervals(0x01d0_142e, 0x0029_4460)), Some(1_418_184_099.75));
    }

    #[test]
    fn parts() {
        for ((whole, nanoseconds), expected) in [
            ((0, 0), 0.0),
            ((17, 210_000_000), 17.21),
            ((0, 1), 1e-9),
            ((1_418_184_099, 750_000_000), 1_418_184_099.75),
        ] {
            assert_eq!(seconds(whole, nanoseconds), expected);
        }
    }
}
