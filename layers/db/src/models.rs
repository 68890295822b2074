//! Which models' rows are in a table.

use super::sql;
use std::{
    cell::RefCell,
    sync::{Arc, Mutex, PoisonError},
};
use tallymark_core::{
    __private::{ModelOperation, ModelSite},
    registry,
};

/// What happened to rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Insert,
    Update,
    Delete,
}

/// A table that holds the rows of models: of one, unless two structs of different names share it.
#[derive(Debug)]
pub(crate) struct Table {
    hash: u64,
    schema: Option<&'static str>,
    name: &'static str,
    sites: Vec<&'static ModelSite>,
}

impl Table {
    /// Whether rows count when the statement ends, whatever becomes of the transaction.
    pub(crate) fn is_on_statement(&self) -> bool {
        self.sites.iter().any(|site| site.meta().on_statement)
    }

    /// Counts rows.
    pub(crate) fn count(&self, change: Change, rows: u64) {
        if rows == 0 {
            return;
        }
        for site in &self.sites {
            match change {
                Change::Insert => site.inserted(rows),
                Change::Update => site.updated(rows),
                Change::Delete => site.deleted(rows),
            }
        }
    }

    /// Rows are being written, and will count when it is sure that they stay.
    pub(crate) fn seen(&self, change: Change) {
        let operation = match change {
            Change::Insert => ModelOperation::Insert,
            Change::Update => ModelOperation::Update,
            Change::Delete => ModelOperation::Delete,
        };
        for site in &self.sites {
            site.seen(operation);
        }
    }

    /// Schemas are compared only where both sides give one: a statement may leave the schema to the search path.
    fn is(&self, table: sql::Table<'_>) -> bool {
        let schema = match (self.schema, table.schema) {
            (Some(own), Some(given)) => given.is(own),
            _ => true,
        };
        schema && table.name.is(self.name)
    }
}

/// All tables of models, sorted by the hashes of their names.
#[derive(Debug, Default)]
struct Index {
    /// How often something had been registered when this was made.
    registrations: usize,
    tables: Vec<&'static Table>,
}

impl Index {
    fn find(&self, table: sql::Table<'_>) -> Option<&'static Table> {
        if self.tables.is_empty() {
            return None;
        }
        let hash = table.name.hash();
        let from = self.tables.partition_point(|known| known.hash < hash);
        let same = self.tables.get(from..)?.iter().take_while(|known| known.hash == hash);
        same.copied().find(|known| known.is(table))
    }

    /// Tables that are the same as before are kept, so that little is made that lives for ever.
    fn updated(&self, registrations: usize) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        for site in registry::declared_models() {
            let (schema, name) = match site.meta().table.rsplit_once('.') {
                Some((schema, name)) => (Some(schema.rsplit('.').next().unwrap_or(schema)), name),
                None => (None, site.meta().table),
            };
            let known = tables.iter_mut().find(|table| {
                table.name.eq_ignore_ascii_case(name)
                    && match (table.schema, schema) {
                        (Some(one), Some(other)) => one.eq_ignore_ascii_case(other),
                        (one, other) => one == other,
                    }
            });
            match known {
                // Structs of one name are one model, say the row that is read and the row that is inserted.
                Some(table) if table.sites.iter().any(|known| known.meta().name == site.meta().name) => {}
                Some(table) => table.sites.push(site),
                None => {
                    tables.push(Table { hash: sql::name_hash(name), schema, name, sites: vec![site] });
                }
            }
        }
        let same = |one: &Table, other: &Table| {
            (one.schema, one.name) == (other.schema, other.name)
                && one
                    .sites
                    .iter()
                    .map(|site| site.meta().name)
                    .eq(other.sites.iter().map(|site| site.meta().name))
        };
        let mut tables: Vec<&'static Table> = tables
            .into_iter()
            .map(|table| match self.tables.iter().find(|known| same(known, &table)) {
                Some(known) => known,
                None => &*Box::leak(Box::new(table)),
            })
            .collect();
        tables.sort_by_key(|table| table.hash);
        Self { registrations, tables }
    }
}

/// The table that a statement names, if it holds the rows of a model.
///
/// The index is kept by thread, so that nobody waits for anybody; it is made anew when models have been registered.
pub(crate) fn find(table: sql::Table<'_>) -> Option<&'static Table> {
    thread_local! {
        static INDEX: RefCell<Option<Arc<Index>>> = const { RefCell::new(None) };
    }
    let registrations = registry::registrations();
    INDEX
        .try_with(|index| {
            let mut index = index.try_borrow_mut().ok()?;
            let known = index.as_ref().filter(|known| known.registrations == registrations);
            match known {
                Some(known) => known.find(table),
                None => index.insert(shared(registrations)).find(table),
            }
        })
        .ok()
        .flatten()
}

fn shared(registrations: usize) -> Arc<Index> {
    static SHARED: Mutex<Option<Arc<Index>>> = Mutex::new(None);
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    match shared.as_ref() {
        Some(known) if known.registrations == registrations => Arc::clone(known),
        known => {
            let index = Arc::new(known.map_or_else(
                || Index::default().updated(registrations),
                |known| known.updated(registrations),
            ));
            *shared = Some(Arc::clone(&index));
            index
        }
    }
}
