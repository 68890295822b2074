//! What stands in for the linker's list where there is none: nothing. On these targets a crate's elements are handed
//! to [`register`](super::register).

use crate::element::Element;

/// No elements.
pub static __TALLYMARK_ELEMENTS_V1: [Element; 0] = [];

pub(super) fn linked() -> &'static [Element] {
    &__TALLYMARK_ELEMENTS_V1
}

/// Checks an element, which is to be registered explicitly on this target.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($element:expr $(,)?) => {
        #[allow(dead_code)]
        static ELEMENT: $crate::__private::Element = $element;
    };
}
