//! SeaORM, whose connections give boxed futures.

use allocation_counter::{AllocationInfo, measure};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, EntityTrait as _, sea_query::Expr};
use tallymark_sea_orm::{Database, InstrumentedDatabaseConnection, Vendor};
use tokio::runtime::Runtime;

/// What it takes after a few rounds, in which all is looked up that is looked up once.
fn warm(mut operation: impl FnMut()) -> AllocationInfo {
    for _ in 0..4 {
        operation();
    }
    measure(operation)
}

/// How many allocations more the second takes than the first: the median over many pairs, after a few rounds. Where the
/// database is another thread, waiting for it allocates or does not, depending on who is first; that falls on both alike.
fn more(mut plain: impl FnMut(), mut observed: impl FnMut()) -> i64 {
    warm(&mut plain);
    warm(&mut observed);
    let count = |operation: &mut dyn FnMut()| measure(operation).count_total.cast_signed();
    let mut differences: Vec<_> = (0..255).map(|_| -count(&mut plain) + count(&mut observed)).collect();
    differences.sort_unstable();
    differences[differences.len() / 2]
}

fn database(name: &'static str) -> Database {
    Database::builder(name).vendor(Vendor::Sqlite).build().expect("a good name")
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tallymark::ModelMetrics)]
    #[sea_orm(table_name = "alloc_sea_orm")]
    #[model(name = "alloc_sea_orm")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i32,
        pub(super) label: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

fn read(runtime: &Runtime, connection: &impl ConnectionTrait) {
    runtime.block_on(entity::Entity::find_by_id(1).one(connection)).expect("an answer").expect("a row");
}

fn change(runtime: &Runtime, connection: &impl ConnectionTrait) {
    let update = entity::Entity::update_many().col_expr(entity::Column::Label, Expr::value("b"));
    runtime.block_on(update.exec(connection)).expect("a row");
}

#[test]
fn an_observed_connection_boxes_one_future_more() {
    let runtime = runtime();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let plain = runtime.block_on(SeaOrm::connect(options)).expect("a database in memory");
    for sql in [
        "CREATE TABLE alloc_sea_orm (id INTEGER PRIMARY KEY, label TEXT NOT NULL)",
        "INSERT INTO alloc_sea_orm VALUES (1, 'a')",
    ] {
        runtime.block_on(plain.execute_unprepared(sql)).expect("it is right");
    }
    let observed = InstrumentedDatabaseConnection::new(plain.clone(), database("alloc_sea_orm"));
    for more in [
        more(|| read(&runtime, &plain), || read(&runtime, &observed)),
        more(|| change(&runtime, &plain), || change(&runtime, &observed)),
    ] {
        // Its trait asks for a box around the future, and in it is the one of the connection inside.
        assert!(more <= 1, "{more} more under observation");
    }
}
