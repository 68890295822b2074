//! The label values of a key, kept so that they are compared in few steps.

use metrics::{Key, Label};
use tallymark_core::Labellable;

use crate::{
    bytes::Bytes,
    signature::{self, LabelName, MOST_LABELS, Signature},
};

/// The label values of one key.
pub(crate) enum Values {
    /// Those of a `static`: a key is likely to be that one again.
    Borrowed(Key),
    /// Those of a key that owned them, one after the other behind their lengths.
    Copied(Bytes),
}

/// The length of a value.
type Len = [u8; size_of::<usize>()];

impl Values {
    /// Keeps the values of a key.
    pub(crate) fn of<M: Labellable>(key: &Key, signature: &Signature<M>) -> Self {
        match signature.borrowed(key) {
            Some(key) => Self::Borrowed(key),
            None => Self::Copied(Bytes::of(|add| {
                for label in key.labels() {
                    add(&label.value().len().to_ne_bytes());
                    add(label.value().as_bytes());
                }
            })),
        }
    }

    /// Whether a key has this signature and these values. The hash of both keys is the same.
    #[inline]
    pub(crate) fn are_of<M: Labellable>(&self, key: &Key, signature: &Signature<M>) -> bool {
        match self {
            Self::Borrowed(known) => {
                let is_there = std::ptr::eq(known.labels().as_slice(), key.labels().as_slice());
                signature.is_named(key) && (is_there || is_equal(known, key))
            }
            Self::Copied(bytes) => is_copied(bytes, key, signature),
        }
    }

    /// Returns the values that are not empty, in the order of the labels.
    pub(crate) fn texts(&self) -> [&str; MOST_LABELS] {
        match self {
            Self::Borrowed(key) => signature::values(key),
            Self::Copied(bytes) => {
                let mut rest = bytes.as_slice();
                let all = std::iter::from_fn(|| {
                    let (value, behind) = split(rest)?;
                    rest = behind;
                    Some(std::str::from_utf8(value).unwrap_or_default())
                });
                let mut texts = [""; MOST_LABELS];
                for (text, value) in texts.iter_mut().zip(all.filter(|value| !value.is_empty())) {
                    *text = value;
                }
                texts
            }
        }
    }
}

/// Whether literals of two call sites are equal.
#[inline(never)]
fn is_equal(known: &Key, key: &Key) -> bool {
    known.labels().as_slice() == key.labels().as_slice()
}

/// Whether a key has this signature and the values that were copied.
#[inline(never)]
fn is_copied<M: Labellable>(bytes: &Bytes, key: &Key, signature: &Signature<M>) -> bool {
    let mut rest = bytes.as_slice();
    let is_same = |(name, label): (&LabelName, &Label)| {
        let value = label.value().as_bytes();
        match split(rest) {
            Some((known, behind)) if known == value => rest = behind,
            _ => return false,
        }
        name.is_of(label)
    };
    // As many values were copied as there are names.
    let (names, labels) = (signature.labels(), key.labels().as_slice());
    names.len() == labels.len() && names.iter().zip(labels).all(is_same) && signature.is_named(key)
}

/// Splits copied values behind the first.
#[inline]
fn split(values: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, behind) = values.split_first_chunk::<{ size_of::<Len>() }>()?;
    behind.split_at_checked(usize::from_ne_bytes(*len))
}

#[cfg(test)]
mod tests {
    use super::Values;
    use crate::signature::{Signature, values};
    use metrics::{Key, Label};
    use std::sync::Arc;
    use tallymark_core::{
        Counter, Varied, place,
        registry::{Declaration, Registry},
    };

    fn family() -> &'static Varied<Counter> {
        let declaration = Declaration::new("values", "", place!()).exact().registry(Registry::new());
        declaration.labels_vary().declare(Counter::new).expect("a registry of its own")
    }

    /// A key that owns everything.
    fn owned(name: &str, labels: &[(&str, &str)]) -> Key {
        let labels: Vec<Label> =
            labels.iter().map(|&(key, value)| Label::new(key.to_owned(), value.to_owned())).collect();
        Key::from_parts(name.to_owned(), labels)
    }

    fn signature(key: &Key, family: &Varied<Counter>) -> Arc<Signature<Counter>> {
        Signature::new(key, family).unwrap_or_else(|reason| panic!("{reason:?}"))
    }

    #[test]
    fn only_the_same_name_labels_and_values_are_the_same() {
        static LABELS: [Label; 2] = [Label::from_static_parts("a", "xy"), Label::from_static_parts("b", "z")];
        let family = family();
        let long = "y".repeat(300);
        let keys = [
            owned("n", &[]),
            owned("m", &[]),
            owned("n", &[("a", "xy"), ("b", "z")]),
            owned("m", &[("a", "xy"), ("b", "z")]),
            owned("n", &[("a", "x"), ("b", "yz")]),
            owned("n", &[("a", "xyz"), ("b", "")]),
            owned("n", &[("a", "xyz")]),
            owned("n", &[("a", "z"), ("b", "xy")]),
            owned("n", &[("b", "z"), ("a", "xy")]),
            owned("n", &[("a", "xy"), ("c", "z")]),
            owned("n", &[("a", "xy"), ("b", "z"), ("c", "w")]),
            owned("n", &[("a", &long), ("b", "z")]),
            owned("n", &[("a", &long), ("b", "zz")]),
        ];
        for (at, key) in keys.iter().enumerate() {
            let signature = signature(key, family);
            let kept = Values::of(key, &signature);
            assert_eq!(kept.texts(), values(key));
            for (other_at, other) in keys.iter().enumerate() {
                assert_eq!(kept.are_of(other, &signature), at == other_at, "{key:?} {other:?}");
            }
        }
        // Literals are compared by where they are, and by what they are with a key that has them somewhere else.
        let literal = Key::from_static_parts("n", &LABELS);
        let signature = signature(&literal, family);
        let kept = Values::of(&literal, &signature);
        assert!(matches!(kept, Values::Borrowed(_)));
        assert_eq!(kept.texts(), values(&literal));
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(kept.are_of(key, &signature), at == 2, "{key:?}");
        }
        assert!(kept.are_of(&literal, &signature));
        assert!(!kept.are_of(&Key::from_static_parts("m", &LABELS), &signature));
    }

    #[test]
    fn keys_that_own_their_labels_are_copied_but_once() {
        static LABELS: [Label; 1] = [Label::from_static_parts("a", "x")];
        let owned = owned("n", &[("a", "y")]);
        let signature = signature(&owned, family());
        assert!(matches!(Values::of(&owned, &signature), Values::Copied(_)));
        // Another call site has literals. It is compared with all that was copied.
        let literal = Key::from_static_parts("n", &LABELS);
        let kept = Values::of(&literal, &signature);
        assert!(matches!(kept, Values::Copied(_)));
        assert!(kept.are_of(&literal, &signature) && !kept.are_of(&owned, &signature));
    }
}
