//! What stands in for the linker's list where there is none: nothing. On these targets a crate's elements are handed
//! to [`register`](super::register); functions and models, whose statics nobody can name, come when they are first used.

use crate::element::Element;
use std::{
    collections::BTreeSet,
    ptr,
    sync::{Mutex, PoisonError},
};

/// No elements.
pub static __TALLYMARK_ELEMENTS_V3: [Element; 0] = [];

pub(super) fn linked() -> &'static [Element] {
    &__TALLYMARK_ELEMENTS_V3
}

/// Registers a function or model that is used for the first time, once even if several threads are the first.
pub(crate) fn used(element: Element) {
    static KNOWN: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    let address = match element {
        Element::Function(site) => ptr::from_ref(site).addr(),
        Element::Model(site) => ptr::from_ref(site).addr(),
        Element::Counter(..) | Element::Metrics(_) | Element::Collector(_) => return,
    };
    let is_new = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(address);
    if is_new {
        super::register(std::slice::from_ref(Box::leak(Box::new(element))));
    }
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
