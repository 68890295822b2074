//! Rows of models, by how they are written.

use crate::{assert_hidden, queries, rows, uncounted};
use crate::{connect, entity};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, EntityTrait as _,
    ModelTrait as _, QueryFilter as _, Statement, sea_query::OnConflict,
};

#[tokio::test]
async fn active_models() {
    entity!(sea_active, "sea_active");
    use sea_active::{ActiveModel, Entity};
    let connection = connect("sea_active").await;
    let new = ActiveModel { label: Set("secret-1".to_owned()), ..Default::default() };
    let model = new.insert(&connection).await.expect("a row");
    assert_eq!(rows("sea_active"), (1, 0, 0));
    let mut changed: ActiveModel = model.into();
    changed.label = Set("secret-2".to_owned());
    let model = changed.update(&connection).await.expect("a row");
    assert_eq!(rows("sea_active"), (1, 1, 0));
    let saved = ActiveModel { label: Set("secret-3".to_owned()), ..Default::default() };
    let mut saved = saved.save(&connection).await.expect("a row");
    assert_eq!(rows("sea_active"), (2, 1, 0));
    saved.label = Set("secret-4".to_owned());
    saved.save(&connection).await.expect("a row");
    assert_eq!(rows("sea_active"), (2, 2, 0));
    model.delete(&connection).await.expect("a row");
    assert_eq!(rows("sea_active"), (2, 2, 1));
    assert_eq!(Entity::find().all(&connection).await.expect("rows").len(), 1);
    assert_eq!(queries("sea_active", "insert"), 2);
    assert_hidden("secret-");
}

#[tokio::test]
async fn many_at_once() {
    entity!(sea_many, "sea_many");
    use sea_many::{ActiveModel, Column, Entity};
    let connection = connect("sea_many").await;
    let new = ["a", "b", "c"].map(|label| ActiveModel { label: Set(label.to_owned()), ..Default::default() });
    Entity::insert_many(new).exec(&connection).await.expect("rows");
    assert_eq!(rows("sea_many"), (3, 0, 0));
    let new = ["d", "e"].map(|label| ActiveModel { label: Set(label.to_owned()), ..Default::default() });
    Entity::insert_many(new).exec_without_returning(&connection).await.expect("rows");
    assert_eq!(rows("sea_many"), (5, 0, 0));
    let updated = Entity::update_many().col_expr(Column::Id, sea_orm::sea_query::Expr::cust("id + 10"));
    let updated = updated.filter(Column::Label.is_in(["a", "b"])).exec(&connection).await.expect("rows");
    assert_eq!(updated.rows_affected, 2);
    let deleted = Entity::delete_many().filter(Column::Label.eq("c")).exec(&connection).await.expect("a row");
    assert_eq!(deleted.rows_affected, 1);
    Entity::delete_by_id(4711).exec(&connection).await.expect("no row");
    assert_eq!(rows("sea_many"), (5, 2, 1));
}

#[tokio::test]
async fn upserts_and_raw_sql() {
    entity!(sea_raw, "sea_raw");
    use sea_raw::{ActiveModel, Column, Entity};
    let connection = connect("sea_raw").await;
    let row = |id, label: &str| ActiveModel { id: Set(id), label: Set(label.to_owned()) };
    let update = || OnConflict::column(Column::Id).update_column(Column::Label).to_owned();
    for label in ["a", "b"] {
        let upsert = Entity::insert(row(1, label)).on_conflict(update());
        upsert.exec_without_returning(&connection).await.expect("a row");
    }
    assert_eq!(rows("sea_raw"), (0, 0, 0));
    assert_eq!(uncounted("sea_raw", "mixed"), 2, "the database says one row each time, and not which");
    let backend = connection.get_database_backend();
    let raw = Statement::from_sql_and_values(backend, "UPDATE sea_raw SET label = ?", ["secret-5".into()]);
    assert_eq!(connection.execute_raw(raw).await.expect("a row").rows_affected(), 1);
    connection.execute_unprepared("DELETE FROM sea_raw").await.expect("a row");
    assert_eq!(rows("sea_raw"), (0, 1, 1));
    assert_hidden("secret-5");
}
