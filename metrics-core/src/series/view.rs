//! Series as everybody sees them who does not count.

use super::{Bare, Interned, More, Shape, Store, options::MAX_SERIES};
use crate::{cell::UNASSIGNED, metric::Outline, registry};
use once_cell::race::OnceBox;

/// The series of one metric, what is known of their labels, and what their slots are.
///
/// Scrapes, removal, expiry and the first use of a family go through this, which does not know the type of the labels:
/// so they are compiled once, and not again for each label set.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub(super) bare: &'a Bare,
    pub(super) shape: Shape,
    pub(super) store: Store,
}

impl<'a> View<'a> {
    /// Whether each series is to be shown before it is touched: where there are no labels, or with `init`.
    pub(crate) fn shows_untouched(self) -> bool {
        self.shape.names.is_empty() || self.bare.options.init()
    }

    /// Whether the series keep exemplars.
    pub(crate) fn keeps_exemplars(self) -> bool {
        self.bare.options.exemplars()
    }

    /// The most series that are shown at once where slots are looked up.
    fn max_series(self) -> u32 {
        let first = self.bare.first();
        if self.shape.row().is_some() || first == UNASSIGNED { MAX_SERIES } else { first }
    }

    /// What is known of the series before there are any.
    pub(crate) fn outline(self) -> Outline {
        let limited = self.shape.row().is_none().then(|| self.max_series() as usize);
        self.shape.outline(limited)
    }

    pub(super) fn more(self) -> &'a More {
        self.bare.more.get_or_init(|| {
            let max = self.max_series();
            let interned = Interned::new(self.shape.names.len(), self.store, max);
            Box::new(More { interned, rare: OnceBox::new() })
        })
    }

    /// Gives the row its slots.
    #[cold]
    pub(super) fn assign(self) -> u32 {
        registry::assign_declared();
        self.store.assign(&self.bare.first, self.shape.row().unwrap_or(0))
    }

    /// The slot of a label set that was not found: a new one, or that of the overflow series.
    #[cold]
    pub(super) fn create(self, hash: u64, texts: &[String]) -> u32 {
        let more = self.more();
        more.interned.create(hash, texts, more.removed())
    }
}
