//! Diesel, which writes a statement's text anew for everyone who looks at it.

use allocation_counter::{AllocationInfo, measure};
use diesel::{
    Connection as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
    sql_query,
};
use std::fmt::Write as _;
use tallymark::ModelMetrics;
use tallymark_diesel::{CountedDsl as _, Database, Vendor, observe};

/// What it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> AllocationInfo {
    for _ in 0..4 {
        operation();
    }
    measure(operation)
}

/// How many allocations it takes, after a few rounds.
fn allocations(operation: impl FnMut()) -> u64 {
    warm(operation).count_total
}

fn database(name: &'static str) -> Database {
    Database::builder(name).vendor(Vendor::Sqlite).build().expect("a good name")
}

#[allow(missing_docs, reason = "Diesel writes none")]
mod schema {
    diesel::table! {
        alloc_diesel (id) {
            id -> Integer,
            label -> Text,
        }
    }
}

use schema::alloc_diesel;

#[derive(ModelMetrics)]
#[model(table = "alloc_diesel")]
#[expect(dead_code, reason = "rows are counted by their table")]
struct Row;

/// Looks at every text and does nothing else: what Diesel takes for showing it.
struct Reads(String);

impl Instrumentation for Reads {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            self.0.clear();
            write!(self.0, "{query}").expect("a string takes everything");
        }
    }
}

fn connect() -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    let create = "CREATE TABLE alloc_diesel (id INTEGER PRIMARY KEY, label TEXT NOT NULL)";
    sql_query(create).execute(&mut connection).expect("a table");
    connection
}

#[test]
fn an_observed_connection_allocates_no_more_than_one_whose_statements_are_looked_at() {
    use alloc_diesel::dsl::{alloc_diesel as table, id, label};
    let (mut looked_at, mut observed) = (connect(), connect());
    looked_at.set_instrumentation(Reads(String::with_capacity(1 << 12)));
    observe(&mut observed, database("alloc_diesel"));
    let insert = || diesel::insert_into(table).values(label.eq("a"));
    let plain = [
        allocations(|| _ = insert().execute(&mut looked_at).expect("a row")),
        allocations(|| {
            let found = table.filter(id.eq(1)).first::<(i32, String)>(&mut looked_at);
            found.expect("a row");
        }),
    ];
    let counted = [
        allocations(|| _ = insert().execute_counted(&mut observed).expect("a row")),
        allocations(|| {
            let found = table.filter(id.eq(1)).first::<(i32, String)>(&mut observed);
            found.expect("a row");
        }),
    ];
    for (plain, counted) in plain.into_iter().zip(counted) {
        assert!(counted <= plain, "{counted} under observation, {plain} without");
    }
}
