//! Which models' rows are in a table.

use crate::sql::{self, Change};
use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tallymark_core::{__private_v4::ModelSite, registry};

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
}

/// Where a name without a schema is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Home<'a> {
    /// In this schema.
    Known(&'a str),
    /// In this one, unless the server is told otherwise.
    Likely(&'a str),
    /// Nobody has said.
    Unknown,
}

/// Whether a table of a statement holds the rows of a model.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found {
    /// It does not.
    No,
    /// It may, by the schema that names without one are looked for in, which is not known.
    Perhaps,
    /// It does.
    Table(&'static Table),
}

impl Home<'_> {
    /// Whether the table of a model, and that of a statement which has the same name, are the same.
    fn is(self, own: Option<&str>, given: Option<sql::Name<'_>>) -> Option<bool> {
        match (self, own, given) {
            (_, None, None) => Some(true),
            (_, Some(own), Some(given)) => Some(given.is(own)),
            (Self::Known(home), None, Some(given)) => Some(given.is(home)),
            (Self::Known(home), Some(own), None) => Some(own.eq_ignore_ascii_case(home)),
            (Self::Likely(home), None, Some(given)) => given.is(home).then_some(true),
            (Self::Likely(home), Some(own), None) => own.eq_ignore_ascii_case(home).then_some(true),
            (Self::Unknown, None, Some(_)) | (Self::Unknown, Some(_), None) => None,
        }
    }
}

/// All tables of models, sorted by the hashes of their names.
#[derive(Debug, Default)]
struct Index {
    /// How often something had been registered when this was made.
    registrations: usize,
    tables: Vec<&'static Table>,
}

/// The name and the schema of a table, in lower case.
type Key = (String, Option<String>);

fn key(schema: Option<&str>, name: &str) -> Key {
    (name.to_ascii_lowercase(), schema.map(str::to_ascii_lowercase))
}

impl Index {
    fn find(&self, table: sql::Table<'_>, home: Home<'_>) -> Found {
        if self.tables.is_empty() {
            return Found::No;
        }
        let hash = table.name.hash();
        let from = self.tables.partition_point(|known| known.hash < hash);
        let same = self.tables.iter().skip(from).take_while(|known| known.hash == hash);
        let mut found = Found::No;
        for known in same.filter(|known| table.name.is(known.name)) {
            match home.is(known.schema, table.schema) {
                Some(true) => return Found::Table(known),
                Some(false) => {}
                None => found = Found::Perhaps,
            }
        }
        found
    }

    /// Tables that are the same as before are kept, so that little is made that lives for ever.
    fn updated(&self, registrations: usize) -> Self {
        let mut tables: Vec<Table> = Vec::new();
        let mut places: HashMap<Key, usize> = HashMap::new();
        for site in registry::declared_models() {
            let (schema, name) = match site.meta().table.rsplit_once('.') {
                Some((schema, name)) => (Some(schema.rsplit('.').next().unwrap_or(schema)), name),
                None => (None, site.meta().table),
            };
            let place = *places.entry(key(schema, name)).or_insert(tables.len());
            match tables.get_mut(place) {
                // Structs of one name are one model, say the row that is read and the row that is inserted.
                Some(table) if table.sites.iter().any(|known| known.meta().name == site.meta().name) => {}
                Some(table) => table.sites.push(site),
                None => {
                    tables.push(Table { hash: sql::name_hash(name), schema, name, sites: vec![site] });
                }
            }
        }
        let before: HashMap<Key, &'static Table> =
            self.tables.iter().map(|&table| (key(table.schema, table.name), table)).collect();
        let models = |table: &Table| table.sites.iter().map(|site| site.meta().name).collect::<Vec<_>>();
        let mut tables: Vec<&'static Table> = tables
            .into_iter()
            .map(|table| match before.get(&key(table.schema, table.name)) {
                Some(known) if models(known) == models(&table) => *known,
                _ => &*Box::leak(Box::new(table)),
            })
            .collect();
        tables.sort_by_key(|table| table.hash);
        Self { registrations, tables }
    }
}

/// Runs a look-up in the index.
///
/// The index is kept by thread, so that nobody waits for anybody; it is made anew when models have been registered.
fn with_index<T>(look: impl FnOnce(&Index) -> T) -> Option<T> {
    thread_local! {
        static INDEX: RefCell<Option<Arc<Index>>> = const { RefCell::new(None) };
    }
    let registrations = registry::registrations();
    INDEX
        .try_with(|index| {
            let mut index = index.try_borrow_mut().ok()?;
            let known = index.as_ref().filter(|known| known.registrations == registrations);
            Some(match known {
                Some(known) => look(known),
                None => look(index.insert(shared(registrations))),
            })
        })
        .ok()
        .flatten()
}

/// A table of no model.
#[cfg(test)]
pub(crate) fn nameless() -> &'static Table {
    Box::leak(Box::new(Table { hash: 0, schema: None, name: "", sites: Vec::new() }))
}

/// Returns the table that a statement names, if it holds the rows of a model.
pub(crate) fn find(table: sql::Table<'_>, home: Home<'_>) -> Found {
    with_index(|index| index.find(table, home)).unwrap_or(Found::No)
}

/// Whether there are any models.
pub(crate) fn are_any() -> bool {
    with_index(|index| !index.tables.is_empty()).unwrap_or(false)
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
