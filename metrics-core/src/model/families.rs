//! The families that all models share.

use super::site::Operation;
use crate::{
    cell::Scope,
    descriptor::{Kind, Place},
    element::{Declared, Entry},
    lint::Allow,
    metric::{Declare, Metric},
    registry,
    sorted::SortedMap,
    visit::{Labels, Number, Visitor},
};

struct Rows(Operation);

impl Declare for Rows {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["model"];
}

impl Metric for Rows {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        // Models of one name, say in two modules, are one series.
        let mut rows = SortedMap::default();
        for site in registry::models() {
            *rows.or_insert_with(site.meta().name, || 0_u64) += site.rows(self.0, scope);
        }
        for (name, rows) in rows {
            visitor.number(Labels::new(Self::LABELS, &[name]), Number::U64(rows));
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
        &Rows(Operation::Insert),
    ),
    Entry::new(declared("model_updates_total", "Rows updated, by model.", line!()), &Rows(Operation::Update)),
    Entry::new(declared("model_deletes_total", "Rows deleted, by model.", line!()), &Rows(Operation::Delete)),
];
