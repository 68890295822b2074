//! Label names as they are written, kept as long as series have the same ones.

use super::{
    Escaping,
    escape::{self, Quotes},
    escaping::is_plain_label,
};
use crate::visit::Labels;

/// The label names of the current series, escaped.
#[derive(Default)]
pub(super) struct Names {
    known: Known,
    written: Vec<Vec<u8>>,
}

/// The label names that were written.
#[derive(Default)]
enum Known {
    #[default]
    None,
    /// A slice that lives as long as the program, by address and length: the same address is the same text.
    Fixed(usize, usize),
    /// Text of the moment, whose place may hold other text later.
    Owned(Vec<String>),
}

impl Names {
    /// Forgets them: the constant labels are others, none of which a label may have the name of.
    pub(super) fn forget(&mut self) {
        self.known = Known::None;
    }

    /// Whether they are those of this series.
    #[inline]
    pub(super) fn are_of(&self, labels: Labels<'_>) -> bool {
        let names = labels.names();
        match &self.known {
            Known::Fixed(address, length) => {
                labels.is_fixed() && *address == names.as_ptr().addr() && *length == names.len()
            }
            Known::Owned(known) => known.len() == names.len() && known.iter().zip(names).all(|(a, b)| a == b),
            Known::None => false,
        }
    }

    /// Makes them those of this series. `constant` are the names of the constant labels as they are written.
    #[cold]
    #[inline(never)]
    pub(super) fn write(&mut self, labels: Labels<'_>, escaping: Escaping, constant: &[String]) {
        let names = labels.names();
        self.known = if labels.is_fixed() {
            Known::Fixed(names.as_ptr().addr(), names.len())
        } else {
            Known::Owned(names.iter().map(ToString::to_string).collect())
        };
        self.written.clear();
        let mut taken = constant.to_vec();
        for name in names {
            let name = unique(escaping.label_name(name), &taken);
            let mut text = quoted(&name);
            text.extend_from_slice(b"=\"");
            self.written.push(text);
            taken.push(name);
        }
    }

    /// What precedes each value, in the order of the labels.
    pub(super) fn written(&self) -> &[Vec<u8>] {
        &self.written
    }
}

/// A name that none of the others is. Different names may become the same by escaping, but the labels of a series
/// are all different.
pub(super) fn unique(mut name: String, taken: &[String]) -> String {
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

/// A label's name as the text formats write it: in quotes, if it is not one that they all know.
pub(super) fn quoted(name: &str) -> Vec<u8> {
    if is_plain_label(name) {
        return name.as_bytes().to_vec();
    }
    let mut text = vec![b'"'];
    escape::append(&mut text, name, Quotes::Escape);
    text.push(b'"');
    text
}
