//! Label sets without their types.

use crate::{
    label::{LabelSet, MAX_LABELS, VisitValues},
    outline::Outline,
    visit::Labels,
};

/// More combinations than this are not laid out in a row, whose slots are numbered in 30 bits. They are looked up like
/// those of an open label set, without a limit. A row costs a thread the pages that it touches: its cells are memory
/// that the system zeroes when it is written to.
const MOST_IN_A_ROW: usize = 1 << 16;

/// What a label set says of itself before there is a value of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// The names of the labels.
    pub(crate) names: &'static [&'static str],
    cardinality: Option<usize>,
    visit_at: fn(usize, &mut dyn FnMut(&'static str)),
    visit_closed: fn(&mut VisitValues<'_>),
}

impl Shape {
    pub(crate) const fn of<L: LabelSet>() -> Self {
        Self {
            names: L::NAMES,
            cardinality: L::CARDINALITY,
            visit_at: L::visit_at,
            visit_closed: L::visit_closed,
        }
    }

    /// The shape of label sets whose names only the running program knows. Without names, there is one set.
    pub(crate) const fn named(names: &'static [&'static str]) -> Self {
        let cardinality = if names.is_empty() { Some(1) } else { None };
        Self { names, cardinality, visit_at: |_, _| {}, visit_closed: |_| {} }
    }

    /// The number of series in the row; `None` if slots are not computed from the labels.
    #[expect(clippy::cast_possible_truncation, reason = "at most MOST_IN_A_ROW")]
    pub(crate) const fn row(self) -> Option<u32> {
        match self.cardinality {
            Some(count) if count <= MOST_IN_A_ROW => Some(count as u32),
            _ => None,
        }
    }

    /// Returns what is known of the series, of which at most `max_series` are shown.
    pub(crate) fn outline(self, max_series: Option<usize>) -> Outline {
        Outline {
            cardinality: self.cardinality,
            visit_closed: Some(self.visit_closed),
            max_series,
            ..Outline::default()
        }
    }

    /// Whether the type knows all combinations.
    pub(crate) const fn is_closed(self) -> bool {
        self.cardinality.is_some()
    }

    /// Shows the labels of the combination numbered `index` of a row.
    pub(crate) fn with_texts_at(self, index: u64, show: impl FnOnce(Labels<'_>)) {
        let mut texts = [""; MAX_LABELS];
        let mut places = texts.iter_mut();
        (self.visit_at)(usize::try_from(index).unwrap_or(usize::MAX), &mut |text| {
            if let Some(place) = places.next() {
                *place = text;
            }
        });
        show(Labels::new(self.names, &texts));
    }
}
