//! Facts that do not change, as labels.

use crate::{
    cell::{
        OFF, Scope,
        gate::{self, Locked},
    },
    descriptor::Kind,
    label::LabelSet,
    metric::{Declare, Metric},
    number::Number,
    publish,
    visit::{Labels, Visitor},
};
use std::{marker::PhantomData, ptr, sync::Mutex};

/// Facts about the program, such as its version: a series whose value is always 1 and whose labels are the facts.
/// Its name ends in `_info`.
///
/// Facts known when the program is compiled are given at once; others are set when they are known, and may be set
/// again.
///
/// ```
/// use tallymark_core::{Info, LabelSet};
///
/// static BUILD_INFO: Info = Info::new(&[("version", env!("CARGO_PKG_VERSION")), ("profile", "release")]);
/// ```
pub struct Info<L = ()> {
    pairs: &'static [(&'static str, &'static str)],
    set: Mutex<Set>,
    labels: PhantomData<fn(L)>,
}

struct Set {
    /// The label texts, once they are set.
    texts: Option<Vec<String>>,
    /// Where they are for other processes.
    note: u64,
}

impl Set {
    const NOTHING: Self = Self { texts: None, note: 0 };
}

impl Info {
    /// These facts.
    pub const fn new(pairs: &'static [(&'static str, &'static str)]) -> Self {
        Self { pairs, set: Mutex::new(Set::NOTHING), labels: PhantomData }
    }
}

impl<L: LabelSet> Info<L> {
    /// Facts that are not known yet. Nothing is shown until they are [`set`](Info::set).
    pub const fn unset() -> Self {
        Self { pairs: &[], set: Mutex::new(Set::NOTHING), labels: PhantomData }
    }

    /// Sets the facts, in place of those set before.
    pub fn set(&self, labels: L::Borrowed<'_>) {
        if OFF {
            return;
        }
        let mut texts = Vec::with_capacity(L::NAMES.len());
        labels.visit(&mut |text| texts.push(text.to_owned()));
        let family = publish::facts_of(ptr::from_ref(self).addr());
        let before = {
            let mut set = self.lock();
            let before = set.texts.replace(texts);
            self.publish_as(family, &mut set);
            before
        };
        // What an allocator does with it may be to count.
        drop(before);
    }

    fn lock(&self) -> Locked<'_, Set> {
        gate::lock(&self.set)
    }

    /// Publishes the facts as those of this family, so that of two that are set the later ones are the last.
    fn publish_as(&self, family: Option<u32>, set: &mut Set) {
        if let Some(family) = family {
            let Set { texts, note } = set;
            *note = match texts {
                Some(texts) => {
                    let texts = texts.iter().map(String::as_str);
                    publish::facts(*note, family, L::NAMES.iter().copied().zip(texts))
                }
                None if self.pairs.is_empty() => *note,
                None => publish::facts(*note, family, self.pairs.iter().copied()),
            };
        }
    }
}

impl<L: LabelSet> Declare for Info<L> {
    const KIND: Kind = Kind::Info;
    const LABELS: &'static [&'static str] = L::NAMES;
    const ALLOWS_CARDINALITY: bool = L::ALLOWS_CARDINALITY;
}

impl<L: LabelSet> Metric for Info<L> {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        // Copied, so that the lock is not held while the visitor works, which may be code of the application.
        let set = self.lock().texts.clone();
        if let Some(texts) = set {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            visitor.number(Labels::new(L::NAMES, &texts), Number::U64(1));
        } else if !self.pairs.is_empty() {
            // To Prometheus, a label without a text is one that is not there.
            let known = self.pairs.iter().copied().filter(|(_, value)| !value.is_empty());
            let (names, values): (Vec<&str>, Vec<&str>) = known.unzip();
            visitor.number(Labels::new(&names, &values), Number::U64(1));
        }
    }

    fn notes_losses(&self) -> bool {
        true
    }

    fn publish(&self) {
        let family = publish::facts_of(ptr::from_ref(self).addr());
        self.publish_as(family, &mut self.lock());
    }
}
