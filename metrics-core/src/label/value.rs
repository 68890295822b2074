//! One label's value.

use std::{borrow::Cow, rc::Rc, sync::Arc};

/// A type whose values can be the value of one label.
///
/// A type with finitely many values known at compile time is *closed*: it gives its
/// [`CARDINALITY`](LabelValue::CARDINALITY) and numbers its values. Derive it for enums with
/// `#[derive(LabelValue)]`. Everything else, such as `&str`, is *open*.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a label",
    label = "not a label value",
    note = "to an enum, add `#[derive(LabelValue)]`; texts, integers, `bool` and `Option`s of label values are label values",
    note = "amounts and durations are not: give them to a histogram or a summary"
)]
pub trait LabelValue {
    /// The number of values, if the type is closed.
    const CARDINALITY: Option<usize>;

    /// The number of this value, below [`CARDINALITY`](LabelValue::CARDINALITY). Open types return 0.
    #[inline]
    fn index(&self) -> usize {
        0
    }

    /// Calls `f` with the text of this value.
    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R;

    /// The text of the value numbered `index`. Open types return the empty text, and so do all for numbers out of
    /// range.
    #[inline]
    fn text_at(index: usize) -> &'static str {
        let _ = index;
        ""
    }

    /// The text of this value, if the type is closed; the empty text if it is open. For logs, replies and database
    /// columns that shall use the same words as the metrics.
    ///
    /// ```
    /// use tallymark_core::LabelValue;
    ///
    /// assert_eq!(true.static_text(), "true");
    /// ```
    #[inline]
    fn static_text(&self) -> &'static str {
        Self::text_at(self.index())
    }
}

macro_rules! open_text {
    ($($ty:ty),* $(,)?) => {$(
        impl LabelValue for $ty {
            const CARDINALITY: Option<usize> = None;

            #[inline]
            fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
                f(self)
            }
        }
    )*};
}

open_text!(str, String, Box<str>, Rc<str>, Arc<str>, Cow<'_, str>);

impl LabelValue for bool {
    const CARDINALITY: Option<usize> = Some(2);

    #[inline]
    fn index(&self) -> usize {
        usize::from(*self)
    }

    #[inline]
    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        f(Self::text_at(self.index()))
    }

    #[inline]
    fn text_at(index: usize) -> &'static str {
        match index {
            0 => "false",
            1 => "true",
            _ => "",
        }
    }
}

impl<T: LabelValue + ?Sized> LabelValue for &T {
    const CARDINALITY: Option<usize> = T::CARDINALITY;

    #[inline]
    fn index(&self) -> usize {
        (**self).index()
    }

    #[inline]
    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        (**self).text(f)
    }

    #[inline]
    fn text_at(index: usize) -> &'static str {
        T::text_at(index)
    }
}

/// `None` is the empty text, which Prometheus treats as an absent label.
impl<T: LabelValue> LabelValue for Option<T> {
    const CARDINALITY: Option<usize> = match T::CARDINALITY {
        Some(values) => Some(values + 1),
        None => None,
    };

    #[inline]
    fn index(&self) -> usize {
        match self {
            None => 0,
            Some(value) => 1 + value.index(),
        }
    }

    #[inline]
    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        match self {
            None => f(""),
            Some(value) => value.text(f),
        }
    }

    #[inline]
    fn text_at(index: usize) -> &'static str {
        match index.checked_sub(1) {
            None => "",
            Some(index) => T::text_at(index),
        }
    }
}

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl LabelValue for $ty {
            const CARDINALITY: Option<usize> = None;

            #[inline]
            fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
                f(itoa::Buffer::new().format(*self))
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);
