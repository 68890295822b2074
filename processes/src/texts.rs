//! The label values of a family's series, one behind the other.

/// Label values by the places of series, each of which has as many as its family has labels.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    labels: usize,
    len: usize,
    text: String,
    /// Where each value ends in `text`.
    ends: Vec<usize>,
}

impl Texts {
    /// Values of so many labels.
    pub(crate) fn new(labels: usize) -> Self {
        Self { labels, len: 0, text: String::new(), ends: Vec::new() }
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds the values of a series. What is missing is empty.
    pub(crate) fn push<'a>(&mut self, values: impl Iterator<Item = &'a str>) {
        for value in values.chain(std::iter::repeat("")).take(self.labels) {
            self.text.push_str(value);
            self.ends.push(self.text.len());
        }
        self.len += 1;
    }

    /// The values of the series at a place; none if there is no such place.
    pub(crate) fn of(&self, at: usize) -> impl Iterator<Item = &str> {
        let first = at.saturating_mul(self.labels);
        let ends = self.ends.get(first..first.saturating_add(self.labels)).unwrap_or_default();
        let mut start = first.checked_sub(1).and_then(|last| self.ends.get(last)).copied().unwrap_or(0);
        ends.iter().map(move |&end| {
            let value = self.text.get(start..end).unwrap_or_default();
            start = end;
            value
        })
    }

    /// Whether the series at a place has these values.
    pub(crate) fn are<'a>(&self, at: usize, values: impl Iterator<Item = &'a str>) -> bool {
        at < self.len && self.of(at).eq(values)
    }
}
