//! Numbers from Rust's own.

use crate::visit::Number;

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
