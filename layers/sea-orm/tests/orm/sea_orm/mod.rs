//! SeaORM.

mod faults;
mod streams;
mod transactions;
mod written;

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database as SeaOrm};
use tallymark::db::sea_orm::ObservedConnection;

/// An entity in a module of its own, whose model and table have the name of the module.
macro_rules! entity {
    ($module:ident, $name:literal) => {
        mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tallymark::ModelMetrics)]
            #[sea_orm(table_name = $name)]
            #[model(name = $name)]
            pub(super) struct Model {
                #[sea_orm(primary_key)]
                pub(super) id: i32,
                #[sea_orm(unique)]
                pub(super) label: String,
            }

            #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
            pub(super) enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

use entity;

/// A database in memory with one connection and a table, both of this name.
async fn connect(name: &'static str) -> ObservedConnection {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let connection = SeaOrm::connect(options).await.expect("a database in memory");
    let create = format!("CREATE TABLE {name} (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE)");
    connection.execute_unprepared(&create).await.expect("a table");
    ObservedConnection::new(crate::database(name), connection)
}
