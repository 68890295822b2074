//! The texts of one label set, asked for once.

use super::{LabelSet, MAX_LABELS};

/// Room for the texts of most label sets, so that they are looked up, and created, without asking for memory: an
/// allocator that counts by label would be asked again and again.
const ROOM: usize = 512;

/// The texts that a label set named when it was asked. It may name others the next time.
pub(crate) struct Texts {
    bytes: [u8; ROOM],
    /// All of them, as soon as there is no room.
    long: String,
    ends: [usize; MAX_LABELS],
    count: usize,
}

impl Texts {
    /// Asks a label set for its texts.
    pub(crate) fn of<L: LabelSet>(labels: &L) -> Self {
        let mut texts = Self { bytes: [0; ROOM], long: String::new(), ends: [0; MAX_LABELS], count: 0 };
        labels.visit(&mut |text| texts.push(text));
        texts
    }

    fn push(&mut self, text: &str) {
        let start = self.end();
        let end = start + text.len();
        let Some(place) = self.ends.get_mut(self.count) else { return };
        *place = end;
        self.count += 1;
        if self.long.is_empty() {
            if let Some(room) = self.bytes.get_mut(start..end) {
                return room.copy_from_slice(text.as_bytes());
            }
            self.long = std::str::from_utf8(self.bytes.get(..start).unwrap_or_default())
                .unwrap_or_default()
                .to_owned();
        }
        self.long.push_str(text);
    }

    fn end(&self) -> usize {
        self.count.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0)
    }

    /// Calls `each` with the texts, of which there are [`MAX_LABELS`] at most.
    pub(crate) fn with<R>(&self, each: impl FnOnce(&[&str]) -> R) -> R {
        let all = if self.long.is_empty() {
            // Whole texts were put there.
            std::str::from_utf8(self.bytes.get(..self.end()).unwrap_or_default()).unwrap_or_default()
        } else {
            &self.long
        };
        let mut texts = [""; MAX_LABELS];
        let mut start = 0;
        for (place, &end) in texts.iter_mut().zip(&self.ends).take(self.count) {
            *place = all.get(start..end).unwrap_or_default();
            start = end;
        }
        each(texts.get(..self.count).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Many<'a>(&'a [&'a str]);

    impl LabelSet for Many<'_> {
        type Borrowed<'a> = Many<'a>;
        const NAMES: &'static [&'static str] = &[];
        const CARDINALITY: Option<usize> = None;

        fn index(&self) -> usize {
            0
        }

        fn visit(&self, f: &mut impl FnMut(&str)) {
            self.0.iter().for_each(|text| f(text));
        }

        fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
    }

    #[test]
    fn texts_of_any_length_are_kept_up_to_the_most_labels() {
        let (exact, long) = ("ä".repeat(ROOM / 2), "ö".repeat(ROOM));
        for texts in [&["", "a", "", "bc"][..], &["a", &exact], &[&exact, ""], &[&exact, "x", &long, ""], &[]]
        {
            Texts::of(&Many(texts)).with(|kept| assert_eq!(kept, texts));
        }
        Texts::of(&Many(&["x"; MAX_LABELS + 3])).with(|kept| assert_eq!(kept, ["x"; MAX_LABELS]));
    }
}
