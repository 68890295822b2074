//! How annotated items are found: the linker puts them side by side.
//!
//! This file is used where `linkme` knows how to read a section of the linker's, and not under Miri, which runs no
//! linker; elsewhere it is `unlinked.rs`.

use super::element::Element;

/// Every element of the program. The name is part of the binary interface: it changes when [`Element`] does, so that
/// two versions never read each other's.
#[linkme::distributed_slice]
pub static __TALLYMARK_ELEMENTS_V4: [Element];

/// All elements that the linker found, in no particular order.
pub(super) fn linked() -> &'static [Element] {
    __TALLYMARK_ELEMENTS_V4.static_slice()
}

/// Whether the linker finds elements here.
pub(super) const FINDS_ALL: bool = true;

/// Puts an element where the registry finds it. Expand it inside of `const _: () = { .. };`.
#[doc(hidden)]
#[macro_export]
macro_rules! __submit {
    ($element:expr $(,)?) => {
        $crate::__private_v4::submit!(ELEMENT: $element);
    };
    // Of one module, the compiler puts elements into the order of their symbols.
    ($name:ident: $element:expr $(,)?) => {
        #[$crate::__private_v4::linkme::distributed_slice($crate::__private_v4::__TALLYMARK_ELEMENTS_V4)]
        #[linkme(crate = $crate::__private_v4::linkme)]
        #[allow(non_upper_case_globals)]
        static $name: $crate::__private_v4::Element = $element;
    };
}

// A section without elements trips some linkers on Windows, so there always is one.
#[allow(
    unsafe_code,
    reason = "`linkme` names a section; within other crates the lint does not look into its macro"
)]
const _: () = {
    #[linkme::distributed_slice(__TALLYMARK_ELEMENTS_V4)]
    static NONE: Element = Element::Metrics(&[]);
};
