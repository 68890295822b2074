//! The labels of an exemplar, within their limits.

use crate::lint;

/// The characters that all names and values of one exemplar may have together.
///
/// Source: OpenMetrics 1.0, "Exemplars".
const MOST: usize = 128;

/// Where a [source](super::set_source) puts the labels of an exemplar.
///
/// Its memory is used again for the next one.
#[derive(Debug, Default)]
pub struct ExemplarLabels {
    pairs: Vec<(String, String)>,
    used: usize,
    characters: usize,
    refused: bool,
}

impl ExemplarLabels {
    /// Adds a label. Returns `false` without adding it if its name is not that of a label, or is there already, or if
    /// all names and values together would have more than 128 characters.
    pub fn push(&mut self, name: &str, value: &str) -> bool {
        let characters = self.characters + name.chars().count() + value.chars().count();
        if characters > MOST
            || !lint::is_label_name(name)
            || self.pairs().iter().any(|(known, _)| known == name)
        {
            self.refused = true;
            return false;
        }
        self.characters = characters;
        if self.used == self.pairs.len() {
            self.pairs.push((String::new(), String::new()));
        }
        if let Some((known_name, known_value)) = self.pairs.get_mut(self.used) {
            known_name.clear();
            known_name.push_str(name);
            known_value.clear();
            known_value.push_str(value);
            self.used += 1;
        }
        true
    }

    pub(super) fn clear(&mut self) {
        (self.used, self.characters, self.refused) = (0, 0, false);
    }

    /// Whether a label could not be one.
    pub(super) fn refused(&self) -> bool {
        self.refused
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        self.pairs.get(..self.used).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let mut labels = ExemplarLabels::default();
        assert!(labels.push("trace_id", "ü") && !labels.refused());
        for (name, value) in [("", "x"), ("1", "x"), ("a b", "x"), ("__x", "x"), ("trace_id", "y")] {
            assert!(!labels.push(name, value), "{name}");
        }
        assert!(!labels.push("a", &"ü".repeat(119)), "8 + 1 + 1 + 119 characters");
        assert!(labels.push("a", &"ü".repeat(118)));
        assert!(!labels.push("b", ""));
        assert!(labels.refused());
        assert_eq!(labels.pairs().len(), 2);
        labels.clear();
        assert!(labels.pairs().is_empty() && !labels.refused());
        assert!(labels.push("b", "again"));
        assert_eq!(labels.pairs(), [("b".to_owned(), "again".to_owned())]);
    }
}
