//! The families that all models share.

use super::site::{ModelOperation, ModelSite};
use crate::{
    cell::Scope,
    created,
    declared::{Declared, Elements, Entry, FromElements},
    descriptor::{Kind, Place},
    lint::Allow,
    metric::{Declare, Metric},
    number::Number,
    publish::{self, Part},
    visit::{Details, Labels, Visitor},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Rows of all models, which [`Declaration`](crate::registry::Declaration) can show under other names.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ModelRows(ModelOperation);

impl ModelRows {
    /// Rows that were inserted.
    pub const fn inserted() -> Self {
        Self(ModelOperation::Insert)
    }

    /// Rows that were updated.
    pub const fn updated() -> Self {
        Self(ModelOperation::Update)
    }

    /// Rows that were deleted.
    pub const fn deleted() -> Self {
        Self(ModelOperation::Delete)
    }

    /// Shows no series under the standard names from here on, because the rows are shown under others.
    pub fn hide_standard() {
        HIDDEN.store(true, Ordering::Relaxed);
    }
}

static HIDDEN: AtomicBool = AtomicBool::new(false);

/// Sites by the name of the model.
type Models = BTreeMap<&'static str, Vec<&'static ModelSite>>;

/// All models. Those of one name, say in two modules, are one series.
fn models() -> Arc<Models> {
    static MODELS: FromElements<Models> = FromElements::new(|elements| {
        let mut models = Models::new();
        for site in elements.models() {
            models.entry(site.meta().name).or_default().push(site);
        }
        models
    });
    MODELS.get(Elements::global())
}

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
        for (&name, sites) in models().iter() {
            let rows: u64 = sites.iter().map(|site| site.rows(self.0, scope)).sum();
            // Rows are counted from the start.
            let details = Details { created: created::start(), ..Details::default() };
            visitor.number_with(Labels::new(Self::LABELS, &[name]), Number::U64(rows), &details);
        }
    }
}

/// Tells other processes of a model whose cells begin at `first`.
pub(super) fn publish(site: &ModelSite, first: u32) {
    for (at, entry) in (0_u16..).zip(ENTRIES) {
        let part = Part { floats: (0, 0), integers: (at, 1), level: false, bounds: &[], hides_zero: false };
        publish::part(entry, first, 3, part, &[site.meta().name]);
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
