//! A metric's name and its label names, as a caller writes them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use metrics::{Key, KeyName, Label};
use tallymark_core::{Labellable, Labelled, Varied};

use crate::{names, rejected::Reason};

/// The most labels of one series.
pub(crate) const MOST_LABELS: usize = 16;

/// What the keys of one call site have in common, and where their values belong in the family.
pub(crate) struct Signature<M: 'static> {
    name: KeyName,
    labels: Box<[KeyName]>,
    /// For each label name of the family, the number of its value.
    places: Box<[usize]>,
    pub(crate) labelled: &'static Labelled<M>,
    /// Whether a key of this signature owned its labels. The next ones are likely to, too.
    owns_labels: AtomicBool,
}

/// The labels of a key that have a value: Prometheus takes an empty one for a label that is not there.
#[inline]
pub(crate) fn present(key: &Key) -> impl Iterator<Item = &Label> {
    key.labels().filter(|label| !label.value().is_empty())
}

/// The values of these labels. There are not more of them in a key that has a signature.
pub(crate) fn values(key: &Key) -> [&str; MOST_LABELS] {
    let mut values = [""; MOST_LABELS];
    for (value, label) in values.iter_mut().zip(present(key)) {
        *value = label.value();
    }
    values
}

/// Literals are where they were, so that their bytes need not be compared.
#[inline]
pub(crate) fn same_text(known: &str, text: &str) -> bool {
    std::ptr::eq(known, text) || known == text
}

/// A name that costs nothing to keep if it is a literal.
fn retained(name: impl Into<KeyName>) -> KeyName {
    name.into().to_retained()
}

impl<M: Labellable + Send + 'static> Signature<M> {
    /// Returns the signature of a key of this family.
    pub(crate) fn new(key: &Key, family: &Varied<M>) -> Result<Arc<Self>, Reason> {
        // Of labels that have the same name, the last one counts.
        let mut own: Vec<(String, usize)> = Vec::new();
        for (at, label) in present(key).enumerate() {
            let name = names::label_name(label.key());
            match own.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = at,
                None => own.push((name, at)),
            }
        }
        let wanted: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let labelled = family.labelled(&wanted).map_err(|_| Reason::Labels)?;
        let place = |name: &&str| own.iter().find(|(known, _)| known == name).map_or(0, |&(_, at)| at);
        Ok(Arc::new(Self {
            name: key.name_shared().to_retained(),
            labels: present(key).map(|label| retained(label.clone().into_parts().0)).collect(),
            places: labelled.names().iter().map(place).collect(),
            labelled,
            owns_labels: AtomicBool::new(false),
        }))
    }
}

impl<M: Labellable> Signature<M> {
    /// Whether this is the name of a key.
    #[inline]
    pub(crate) fn is_named(&self, key: &Key) -> bool {
        same_text(self.name.as_str(), key.name())
    }

    /// The names of the labels that have a value.
    #[inline]
    pub(crate) fn labels(&self) -> &[KeyName] {
        &self.labels
    }

    /// Whether this is the signature of a key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        let mut labels = present(key);
        self.is_named(key)
            && self
                .labels
                .iter()
                .all(|name| labels.next().is_some_and(|label| same_text(name.as_str(), label.key())))
            && labels.next().is_none()
    }

    /// Returns a key that can be kept, with its labels where they are in this one, unless this one owns them.
    pub(crate) fn borrowed(&self, key: &Key) -> Option<Key> {
        // Whether it does is seen by copying them, so that it is not asked for each.
        if self.labels.is_empty() || self.owns_labels.load(Ordering::Relaxed) {
            return None;
        }
        let retained = key.to_retained();
        let borrows = std::ptr::eq(retained.labels().as_slice(), key.labels().as_slice());
        self.owns_labels.store(!borrows, Ordering::Relaxed);
        borrows.then_some(retained)
    }

    /// Returns the series with these values, which are in the order of the labels; created on first use.
    pub(crate) fn series(&self, given: &[&str; MOST_LABELS]) -> M::Handle {
        let mut values = [""; MOST_LABELS];
        for (value, &place) in values.iter_mut().zip(&self.places) {
            *value = given.get(place).copied().unwrap_or_default();
        }
        self.labelled.with(values.get(..self.places.len()).unwrap_or_default())
    }
}
