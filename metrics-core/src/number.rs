//! Numbers as metrics hold them.

/// What the word of a gauge of floats holds before it is set: a NaN that no arithmetic produces.
pub(crate) const ABSENT_FLOAT: u64 = 0x7ff8_ab5e_0000_0001;

/// A number as a metric holds it. Encoders print integers without a detour through floating point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Counters and counts.
    U64(u64),
    /// Integer gauges.
    I64(i64),
    /// Everything else.
    F64(f64),
}

impl Number {
    /// The number as the formats define it: an IEEE 754 double.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::U64(value) => value as f64,
            Self::I64(value) => value as f64,
            Self::F64(value) => value,
        }
    }
}

/// The signed number of these bits.
#[inline(always)]
#[expect(clippy::cast_possible_wrap, reason = "the same bits are meant")]
pub(crate) const fn signed(bits: u64) -> i64 {
    bits as i64
}

/// The bits of a signed number.
#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "the same bits are meant")]
pub(crate) const fn bits(signed: i64) -> u64 {
    signed as u64
}

macro_rules! whole {
    ($($ty:ty => $variant:ident as $as:ty),* $(,)?) => {$(
        impl From<$ty> for Number {
            fn from(value: $ty) -> Self {
                Self::$variant(<$as>::from(value))
            }
        }
    )*};
}

whole!(
    u8 => U64 as u64, u16 => U64 as u64, u32 => U64 as u64, u64 => U64 as u64, bool => U64 as u64,
    i8 => I64 as i64, i16 => I64 as i64, i32 => I64 as i64, i64 => I64 as i64,
    f32 => F64 as f64, f64 => F64 as f64,
);

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::U64(value as u64)
    }
}

/// Neighbours of floats for tests: std's are younger than the oldest compiler.
#[cfg(test)]
pub(crate) mod neighbour {
    /// Returns the least number greater than a finite one.
    pub(crate) fn next_up(value: f64) -> f64 {
        let bits = value.to_bits();
        if value == 0.0 {
            f64::from_bits(1)
        } else if value > 0.0 {
            f64::from_bits(bits + 1)
        } else {
            f64::from_bits(bits - 1)
        }
    }

    /// Returns the greatest number less than a finite one.
    pub(crate) fn next_down(value: f64) -> f64 {
        -next_up(-value)
    }
}
