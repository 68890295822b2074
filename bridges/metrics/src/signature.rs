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
///
/// All threads read it. It has cache lines of its own, so that it is in none with a handle's count, to which one of them
/// writes each time.
#[repr(align(64))]
pub(crate) struct Signature<M: 'static> {
    name: KeyName,
    labels: Box<[LabelName]>,
    /// For each label name of the family, the number of its value among those that are not empty.
    places: Box<[usize]>,
    /// Whether all values are where they belong.
    in_order: bool,
    pub(crate) labelled: &'static Labelled<M>,
    /// Whether a key of this signature owned its labels. The next ones are likely to, too.
    owns_labels: AtomicBool,
}

/// The name of a label as a caller writes it, in a cache line of its own as the signature is.
#[repr(align(64))]
pub(crate) struct LabelName {
    name: KeyName,
    /// Whether the label has a value in keys of this signature.
    has_value: bool,
}

/// The labels of a key that have a value: Prometheus takes an empty one for a label that is not there.
#[inline]
pub(crate) fn present(key: &Key) -> impl Iterator<Item = &Label> {
    key.labels().filter(|label| !label.value().is_empty())
}

/// The values of those labels. There are not more of them in a key that has a signature.
pub(crate) fn values(key: &Key) -> [&str; MOST_LABELS] {
    let mut values = [""; MOST_LABELS];
    for (value, label) in values.iter_mut().zip(present(key)) {
        *value = label.value();
    }
    values
}

/// Literals are where they were, so that their bytes need not be compared.
#[inline]
fn same_text(known: &str, text: &str) -> bool {
    std::ptr::eq(known, text) || known == text
}

impl LabelName {
    fn of(label: &Label) -> Self {
        // A literal costs nothing to keep.
        let name = KeyName::from(label.clone().into_parts().0).to_retained();
        Self { name, has_value: !label.value().is_empty() }
    }

    /// Whether this is the name of a label.
    #[inline]
    pub(crate) fn is_of(&self, label: &Label) -> bool {
        same_text(self.name.as_str(), label.key())
    }
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
        let places: Box<[usize]> = labelled.names().iter().map(place).collect();
        Ok(Arc::new(Self {
            name: key.name_shared().to_retained(),
            labels: key.labels().map(LabelName::of).collect(),
            in_order: places.iter().copied().eq(0..places.len()),
            places,
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

    /// The names of the labels.
    #[inline]
    pub(crate) fn labels(&self) -> &[LabelName] {
        &self.labels
    }

    /// Whether this is the signature of a key.
    pub(crate) fn is_of(&self, key: &Key) -> bool {
        let labels = key.labels().as_slice();
        let is_of = |(name, label): (&LabelName, &Label)| {
            name.is_of(label) && name.has_value != label.value().is_empty()
        };
        self.is_named(key) && self.labels.len() == labels.len() && self.labels.iter().zip(labels).all(is_of)
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

    /// Returns the series with these values, of the labels that have one and in their order; created on first use.
    pub(crate) fn series(&self, given: &[&str; MOST_LABELS]) -> M::Handle {
        let values = given.get(..self.places.len()).unwrap_or_default();
        if self.in_order {
            return self.labelled.with(values);
        }
        let mut values = [""; MOST_LABELS];
        for (value, &place) in values.iter_mut().zip(&self.places) {
            *value = given.get(place).copied().unwrap_or_default();
        }
        self.labelled.with(values.get(..self.places.len()).unwrap_or_default())
    }
}
