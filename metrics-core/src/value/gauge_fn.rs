//! Gauges that are asked for their value when they are scraped.

use crate::{
    cell::Scope,
    descriptor::Kind,
    metric::{Declare, Metric},
    number::Number,
    visit::{Labels, Visitor},
};

/// A gauge whose value is computed when it is scraped. Declared with `#[gauge_fn]`.
pub struct GaugeFn {
    read: fn() -> f64,
}

impl GaugeFn {
    /// A gauge that asks `read`.
    pub const fn new(read: fn() -> f64) -> Self {
        Self { read }
    }
}

impl Declare for GaugeFn {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = &[];
}

impl Metric for GaugeFn {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        visitor.number(Labels::NONE, Number::F64((self.read)()));
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn calls_out(&self) -> bool {
        true
    }
}

/// What a `#[gauge_fn]` may return.
#[diagnostic::on_unimplemented(
    message = "a gauge cannot show `{Self}`",
    label = "not a number",
    note = "return an integer, a float, a `bool`, or a `Duration`, which is shown in seconds"
)]
pub trait ToNumber {
    /// The value as the formats define it.
    fn to_number(self) -> f64;
}

macro_rules! to_number {
    ($($ty:ty),*) => {$(
        impl ToNumber for $ty {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, clippy::unnecessary_cast, reason = "one body for all")]
            fn to_number(self) -> f64 {
                self as f64
            }
        }
    )*};
}

to_number!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64);

impl ToNumber for bool {
    fn to_number(self) -> f64 {
        f64::from(u8::from(self))
    }
}

impl ToNumber for std::time::Duration {
    fn to_number(self) -> f64 {
        self.as_secs_f64()
    }
}
