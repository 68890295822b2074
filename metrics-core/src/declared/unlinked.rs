//! The list of elements on targets where the linker makes none: it is empty. There a crate's elements are handed to
//! [`register`](crate::registry::register); functions and models, whose statics nothing can name, are registered when
//! they are first used.

use super::element::Element;

/// No elements.
pub static __TALLYMARK_ELEMENTS_V4: [Element; 0] = [];

/// Returns no elements.
pub(super) fn linked() -> &'static [Element] {
    &__TALLYMARK_ELEMENTS_V4
}

/// Whether the linker finds elements here.
pub(super) const FINDS_ALL: bool = false;

/// Checks an element, which is to be registered explicitly on this target.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($element:expr $(,)?) => {
        $crate::__private_v4::submit!(ELEMENT: $element);
    };
    ($name:ident: $element:expr $(,)?) => {
        #[allow(dead_code, non_upper_case_globals)]
        static $name: $crate::__private_v4::Element = $element;
    };
}
