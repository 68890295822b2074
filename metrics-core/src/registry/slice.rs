//! The distributed slice: where annotated items end up, and how they are read back.
//!
//! The linker puts all elements of one section side by side, so that a static in any crate of the program is found
//! without a call. The section's name is shared by everything that is linked: it carries the project's name and the
//! version of [`Element`]'s layout.

use crate::element::Element;

/// All elements of the program.
#[cfg(not(any(miri, target_family = "wasm")))]
#[doc(hidden)]
#[allow(unsafe_code, reason = "the expansion places statics in a section of their own")]
#[linkme::distributed_slice]
pub static SLICE: [Element] = [..];

/// Nowhere to put elements: they are registered explicitly.
#[cfg(any(miri, target_family = "wasm"))]
#[doc(hidden)]
pub static SLICE: [Element; 0] = [];

/// Puts one [`Element`] into the distributed slice.
#[cfg(not(any(miri, target_family = "wasm")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($element:expr) => {
        #[$crate::__private::linkme::distributed_slice($crate::__private::SLICE)]
        #[linkme(crate = $crate::__private::linkme)]
        static __TALLYMARK_ELEMENT: $crate::__private::Element = $element;
    };
}

/// Where there is no slice, the element is only checked.
#[cfg(any(miri, target_family = "wasm"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($element:expr) => {
        #[allow(dead_code)]
        static __TALLYMARK_ELEMENT: $crate::__private::Element = $element;
    };
}
