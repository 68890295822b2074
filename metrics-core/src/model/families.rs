//! The families that all models share.

use super::site::Operation;
use crate::{
    cell::Scope,
    created,
    descriptor::{Kind, Place},
    element::{Declared, Entry},
    lint::Allow,
    metric::{Declare, Metric},
    registry,
    sorted::SortedMap,
    visit::{Details, Labels, Number, Visitor},
};
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows of all models, which [`Declaration`](crate::registry::Declaration) can show under other names.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ModelRows(Operation);

impl ModelRows {
    /// Rows that were inserted.
    pub const fn inserted() -> Self {
        Self(Operation::Insert)
    }

    /// Rows that were updated.
    pub const fn updated() -> Self {
        Self(Operation::Update)
    }

    /// Rows that were deleted.
    pub const fn deleted() -> Self {
        Self(Operation::Delete)
    }

    /// Shows no series under the standard names from here on, because the rows are shown under others.
    pub fn hide_standard() {
        HIDDEN.store(true, Ordering::Relaxed);
    }
}

static HIDDEN: AtomicBool = AtomicBool::new(false);

/// The rows under their standard names.
struct Standard(ModelRows);

impl Declare for Standard {
    const KIND: Kind = ModelRows::KIND;
    const LABELS: &'static [&'static str] = ModelRows::LABELS;
}

impl Metric for Standard {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        if !HIDDEN.load(Ordering::Relaxed) {
            self.0.visit(scope, visitor);
        }
    }
}

impl Declare for ModelRows {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["model"];
}

impl Metric for ModelRows {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        // Models of one name, say in two modules, are one series.
        let mut rows = SortedMap::default();
        for site in registry::models() {
            *rows.or_insert_with(site.meta().name, || 0_u64) += site.rows(self.0, scope);
        }
        for (name, rows) in rows {
            // Rows are counted from the start.
            let details = Details { created: created::start(), ..Details::default() };
            visitor.number_with(Labels::new(Self::LABELS, &[name]), Number::U64(rows), &details);
        }
    }
}

const fn declared(name: &'static str, help: &'static str, line: u32) -> Declared {
    let place = Place { package: env!("CARGO_PKG_NAME"), module: module_path!(), file: file!(), line };
    Declared { name, namespaced: false, help, unit: None, allow: Allow::NONE, place }
}

/// The families, for the registry's own element.
pub(crate) static ENTRIES: &[Entry] = &[
    Entry::new(
        declared("model_inserts_total", "Rows inserted, by model.", line!()),
        &Standard(ModelRows::inserted()),
    ),
    Entry::new(
        declared("model_updates_total", "Rows updated, by model.", line!()),
        &Standard(ModelRows::updated()),
    ),
    Entry::new(
        declared("model_deletes_total", "Rows deleted, by model.", line!()),
        &Standard(ModelRows::deleted()),
    ),
];
