//! All elements of the program.

use super::{element::Element, slice};
use crate::{
    cell::gate::{self, Locked},
    function::FunctionSite,
    job::JobSite,
    model::ModelSite,
};
use std::{
    collections::BTreeSet,
    ptr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Lists of elements: the linker's, and behind it those that were registered while the program runs. Lists are never
/// removed, so their number says whether there may be new elements.
pub(crate) struct Elements {
    linked: fn() -> &'static [Element],
    registered: Mutex<Registered>,
    count: AtomicUsize,
}

/// What was registered, and where that is, so that what is there already is found without looking at all of it.
struct Registered {
    lists: Vec<&'static [Element]>,
    places: BTreeSet<(usize, usize)>,
}

impl Elements {
    pub(crate) const fn new(linked: fn() -> &'static [Element]) -> Self {
        let registered = Registered { lists: Vec::new(), places: BTreeSet::new() };
        Self { linked, registered: Mutex::new(registered), count: AtomicUsize::new(1) }
    }

    /// The program's elements.
    pub(crate) fn global() -> &'static Self {
        static GLOBAL: Elements = Elements::new(slice::linked);
        &GLOBAL
    }

    fn registered(&self) -> Locked<'_, Registered> {
        gate::lock(&self.registered)
    }

    /// Adds a list, unless it is there already.
    pub(crate) fn register(&self, elements: &'static [Element]) {
        let mut registered = self.registered();
        if registered.places.insert((elements.as_ptr().addr(), elements.len())) {
            registered.lists.push(elements);
            self.count.store(registered.lists.len() + 1, Ordering::Release);
        }
    }

    /// How many lists there are.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// The lists, those behind the first `skip` ones.
    pub(crate) fn lists(&self, skip: usize) -> Vec<&'static [Element]> {
        let registered = self.registered();
        std::iter::once((self.linked)()).chain(registered.lists.iter().copied()).skip(skip).collect()
    }

    /// Every annotated function, in no particular order.
    pub(crate) fn functions(&self) -> Vec<&'static FunctionSite> {
        let mut functions = Vec::new();
        self.each(|element| {
            if let Element::Function(site) = element {
                functions.push(*site);
            }
        });
        functions
    }

    /// Every job, in no particular order.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &'static JobSite> + use<> {
        self.lists(0).into_iter().flatten().filter_map(|element| match element {
            Element::Job(site) => Some(*site),
            _ => None,
        })
    }

    /// Every struct with model metrics, in no particular order.
    pub(crate) fn models(&self) -> Vec<&'static ModelSite> {
        let mut models = Vec::new();
        self.each(|element| {
            if let Element::Model(site) = element {
                models.push(*site);
            }
        });
        models
    }

    /// Two loops, of which the inner one is a few instructions: nearly all elements are something else.
    fn each(&self, mut each: impl FnMut(&'static Element)) {
        for list in self.lists(0) {
            list.iter().for_each(&mut each);
        }
    }
}

/// A value that is made from all elements, and made anew when there are more of them.
pub(crate) struct FromElements<T> {
    make: fn(&Elements) -> T,
    /// The value, and how many lists there were when it was made.
    made: Mutex<Option<(usize, Arc<T>)>>,
}

impl<T> FromElements<T> {
    pub(crate) const fn new(make: fn(&Elements) -> T) -> Self {
        Self { make, made: Mutex::new(None) }
    }

    pub(crate) fn get(&self, elements: &Elements) -> Arc<T> {
        let count = elements.count();
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        match &*made {
            Some((known, value)) if *known == count => Arc::clone(value),
            _ => {
                let value = Arc::new((self.make)(elements));
                *made = Some((count, Arc::clone(&value)));
                value
            }
        }
    }
}

/// Notes that a function, job or model is used for the first time. Where the linker has found it before, that is nothing.
#[inline(always)]
pub(crate) fn used(element: Element) {
    if !slice::FINDS_ALL {
        register_used(element);
    }
}

/// Registers a function, job or model, once even if several threads use it for the first time.
#[cold]
fn register_used(element: Element) {
    static KNOWN: Mutex<BTreeSet<usize>> = Mutex::new(BTreeSet::new());
    let address = match element {
        Element::Function(site) => ptr::from_ref(site).addr(),
        Element::Job(site) => ptr::from_ref(site).addr(),
        Element::Model(site) => ptr::from_ref(site).addr(),
        Element::Counter(..) | Element::Metrics(_) | Element::Collector(_) | Element::Group(_) => return,
    };
    let is_new = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(address);
    if is_new {
        Elements::global().register(std::slice::from_ref(Box::leak(Box::new(element))));
    }
}
