//! SeaORM, whose connections give boxed futures.

use crate::{allocations, database, runtime};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, EntityTrait as _, sea_query::Expr};
use tallymark::db::sea_orm::ObservedConnection;

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

/// Reads a row and changes it, and answers how many allocations each took.
fn executed(runtime: &tokio::runtime::Runtime, connection: &impl ConnectionTrait) -> [u64; 2] {
    let read = || {
        runtime.block_on(entity::Entity::find_by_id(1).one(connection)).expect("an answer").expect("a row");
    };
    let change = || {
        let update = entity::Entity::update_many().col_expr(entity::Column::Label, Expr::value("b"));
        runtime.block_on(update.exec(connection)).expect("a row");
    };
    [allocations(read), allocations(change)]
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
    let observed = ObservedConnection::new(database("alloc_sea_orm"), plain.clone());
    let (plain, observed) = (executed(&runtime, &plain), executed(&runtime, &observed));
    for (plain, observed) in plain.into_iter().zip(observed) {
        // Its trait asks for a box around the future, and in it is the one of the connection inside.
        assert!(observed <= plain + 1, "{observed} under observation, {plain} without");
    }
}
