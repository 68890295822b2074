//! SeaORM, whose connections give boxed futures.

use crate::{database, more, runtime};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as SeaOrm, EntityTrait as _, sea_query::Expr};
use tallymark::db::sea_orm::ObservedConnection;
use tokio::runtime::Runtime;

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
    let observed = ObservedConnection::new(database("alloc_sea_orm"), plain.clone());
    for more in [
        more(|| read(&runtime, &plain), || read(&runtime, &observed)),
        more(|| change(&runtime, &plain), || change(&runtime, &observed)),
    ] {
        // Its trait asks for a box around the future, and in it is the one of the connection inside.
        assert!(more <= 1, "{more} more under observation");
    }
}
