//! Which bucket a value falls into.
//!
//! Bucket `k` of schema `s` holds what is above b^(k-1) and not above b^k, where b is 2^(2^-s). The key is found at the
//! finest schema. At any other it follows, since the bounds there are every other of those, or every fourth, and so on;
//! so values that are in one bucket stay together when the resolution is halved.

/// The finest schema; the one that the table of bounds is made for.
pub(super) const FINEST: i8 = 8;
/// Bounds in one octave.
const STEPS: usize = 1 << FINEST;
const STEPS_AS_KEY: i32 = 1 << FINEST;
/// Bits of a double's mantissa.
const MANTISSA: u32 = 52;
/// The key of infinities: one bucket above that of the largest number.
const INFINITE: i32 = 1024 * STEPS_AS_KEY + 1;

/// The bounds in the octave from one to two, exactly rounded, then two that nothing is above.
static BOUNDS: [f64; STEPS + 2] = bounds();
/// How many bounds are below each of as many equal parts of the octave.
static BELOW: [u16; STEPS] = below(&bounds());

#[expect(clippy::cast_precision_loss, reason = "that is the rounding")]
const fn bounds() -> [f64; STEPS + 2] {
    const ONE: u128 = 1 << 63;
    // 2^(1/2), 2^(1/4) and so on, each the square root of the one before.
    let mut roots = [0; FINEST as usize];
    let mut root = 2 * ONE;
    let mut at = 0;
    while at < roots.len() {
        root = (root * ONE).isqrt();
        roots[at] = root;
        at += 1;
    }
    let mut bounds = [2.0; STEPS + 2];
    let mut step = 0;
    while step < STEPS {
        let mut power = ONE;
        let mut at = 0;
        while at < roots.len() {
            if step & (STEPS / 2) >> at != 0 {
                power = power * roots[at] / ONE;
            }
            at += 1;
        }
        bounds[step] = power as f64 / ONE as f64;
        step += 1;
    }
    bounds
}

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "both count to 256")]
const fn below(bounds: &[f64; STEPS + 2]) -> [u16; STEPS] {
    let mut below = [0; STEPS];
    let (mut part, mut bound) = (0, 0);
    while part < STEPS {
        let start = 1.0 + part as f64 / STEPS as f64;
        while bounds[bound] < start {
            bound += 1;
        }
        below[part] = bound as u16;
        part += 1;
    }
    below
}

/// The key at the finest schema of a value that is neither zero nor NaN. The sign makes no difference.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "eleven bits, and eight")]
pub(super) fn finest(value: f64) -> i32 {
    if value.is_infinite() {
        return INFINITE;
    }
    let mut value = value.abs();
    let mut scale = 0;
    if value < f64::MIN_POSITIVE {
        // Such numbers have fewer bits. Two to the power of 54 makes them like all others.
        value *= f64::from_bits((1023 + 54) << MANTISSA);
        scale = 54;
    }
    let bits = value.to_bits();
    let exponent = (bits >> MANTISSA) as i32 - 1023 - scale;
    let part = (bits >> (MANTISSA - FINEST as u32)) as usize & (STEPS - 1);
    let number = f64::from_bits(bits & ((1 << MANTISSA) - 1) | 1023 << MANTISSA);
    // A part is narrower than two buckets, so at most two bounds are in it.
    let mut bound = usize::from(BELOW[part]);
    bound += usize::from(number > BOUNDS[bound]);
    bound += usize::from(number > BOUNDS[bound]);
    exponent * STEPS_AS_KEY + bound as i32
}

/// The key at `schema` of the bucket that holds the one with this key at the schema `from`, which is not coarser.
pub(super) fn coarser(key: i32, from: i8, schema: i8) -> i32 {
    let halvings = u32::from((from - schema).unsigned_abs());
    (key + (1 << halvings) - 1) >> halvings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::neighbour::{next_down, next_up};
    use proptest::prelude::*;

    fn key(schema: i8, value: f64) -> i32 {
        coarser(finest(value), FINEST, schema)
    }

    /// The upper bound of a bucket.
    fn bound(schema: i8, key: i32) -> f64 {
        (f64::from(key) * (-f64::from(schema)).exp2()).exp2()
    }

    #[test]
    fn bounds_are_powers_of_one_number() {
        assert_eq!(BOUNDS[0].to_bits(), 1.0_f64.to_bits());
        assert_eq!(BOUNDS[STEPS / 2].to_bits(), 2.0_f64.sqrt().to_bits());
        for (step, &bound) in BOUNDS[..STEPS].iter().enumerate() {
            let expected = (step as f64 / STEPS as f64).exp2();
            assert!((bound - expected).abs() <= f64::EPSILON, "{step}: {bound} {expected}");
            assert!(bound < BOUNDS[step + 1]);
        }
    }

    /// Powers of two are bounds in every schema from 0 on, and belong to the bucket below them.
    #[test]
    fn a_value_on_a_bound_is_in_that_bucket() {
        for exponent in -1074..=1023 {
            let value = f64::from(exponent).exp2();
            for schema in 0..=8 {
                assert_eq!(key(schema, value), exponent << schema);
                assert_eq!(key(schema, -value), exponent << schema);
                if exponent > -1022 {
                    assert_eq!(key(schema, next_up(value)), (exponent << schema) + 1);
                    assert_eq!(key(schema, next_down(value)), exponent << schema);
                }
            }
        }
        for (step, &bound) in (0..).zip(&BOUNDS[..STEPS]) {
            assert_eq!(key(8, bound), step);
            assert_eq!(key(8, next_up(bound)), step + 1);
        }
    }

    /// As the Go client has it.
    #[test]
    fn the_ends_of_the_range() {
        assert_eq!(key(0, f64::MAX), 1024);
        assert_eq!(key(0, f64::INFINITY), 1025);
        assert_eq!(key(-4, f64::MAX), 64);
        assert_eq!(key(-4, f64::NEG_INFINITY), 65);
        assert_eq!(key(8, f64::INFINITY), key(8, f64::MAX) + 1);
        assert_eq!(key(-4, 1.0), 0);
        assert_eq!(key(-4, 65_536.0), 1);
        assert_eq!(key(-4, 65_537.0), 2);
        assert_eq!(key(0, 5e-324), -1074);
    }

    proptest! {
        #[test]
        fn a_value_is_within_its_bucket(value in 1e-300_f64..1e300, schema in -4_i8..=8) {
            let key = key(schema, value);
            let error = 1.0 + 1e-12;
            prop_assert!(value <= bound(schema, key) * error, "above {key}");
            prop_assert!(value * error > bound(schema, key - 1), "below {key}");
        }

        #[test]
        fn halving_once_more_is_halving_twice(bits: u64, schema in -3_i8..=8) {
            let value = f64::from_bits(bits);
            prop_assume!(value != 0.0 && !value.is_nan());
            prop_assert_eq!(coarser(key(schema, value), schema, schema - 1), key(schema - 1, value));
        }
    }
}
