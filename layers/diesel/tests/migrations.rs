//! Diesel's migrations.

use diesel::{
    Connection, ConnectionError, RunQueryDsl, SqliteConnection,
    migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result},
    r2d2::{ConnectionManager, Pool},
    sql_query,
    sqlite::Sqlite,
};
use diesel_migrations::MigrationHarness;
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};
use tallymark::registry;
use tallymark_db::migrations::{MigrationStatus, RefreshError};
use tallymark_diesel::{DieselSource, Migrations};

/// The three numbers of a database: applied, pending, errors.
fn shown(db: &str) -> (Option<f64>, Option<f64>, Option<f64>) {
    let snapshot = registry::snapshot();
    let value = |name| snapshot.value(name, &[("db", db)]);
    (
        value("db_migrations_applied"),
        value("db_migrations_pending"),
        value("db_migrations_refresh_errors_total"),
    )
}

/// A file for a database, removed with the directory when the test ends.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("tallymark-{name}-{}.sqlite", std::process::id()));
        // A process with this number may have left one behind.
        drop(std::fs::remove_file(&path));
        Self(path)
    }

    fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// One statement with a version.
struct Change(&'static str, &'static str);

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl MigrationName for Change {
    fn version(&self) -> MigrationVersion<'_> {
        self.0.into()
    }
}

impl MigrationMetadata for Change {}

impl Migration<Sqlite> for Change {
    fn run(&self, connection: &mut dyn diesel::connection::BoxableConnection<Sqlite>) -> Result<()> {
        Ok(connection.batch_execute(self.1)?)
    }

    fn revert(&self, _: &mut dyn diesel::connection::BoxableConnection<Sqlite>) -> Result<()> {
        Err("there is no way back".into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

struct Changes;

impl MigrationSource<Sqlite> for Changes {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Sqlite>>>> {
        Ok(vec![
            Box::new(Change("20260101", "CREATE TABLE a (id INTEGER)")),
            Box::new(Change("20260102", "CREATE TABLE b (id INTEGER)")),
        ])
    }
}

#[tokio::test]
async fn a_database_is_followed_without_being_changed() {
    let file = File::new("diesel");
    let path = file.path();
    let connect = move || SqliteConnection::establish(&path).map(Box::new);
    let mut connection = connect().expect("a file");
    let source = DieselSource::new(connect, &Changes).expect("a list");
    let migrations = Migrations::builder("diesel_up").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(0, 2));
    let created = sql_query("CREATE TABLE __diesel_schema_migrations (version TEXT, run_on TEXT)")
        .execute(&mut *connection);
    created.expect("asking must not create it");
    sql_query("DROP TABLE __diesel_schema_migrations").execute(&mut *connection).expect("it is there");

    connection.run_next_migration(Changes).expect("the first");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(1, 1));
    connection.run_pending_migrations(Changes).expect("all");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
    assert_eq!(shown("diesel_up"), (Some(2.0), Some(0.0), Some(0.0)));
}

#[tokio::test]
async fn a_pool_of_connections_will_do() {
    let pool = Pool::builder()
        .max_size(1)
        .build(ConnectionManager::<SqliteConnection>::new(":memory:"))
        .expect("a database in memory");
    pool.get().expect("the connection").run_pending_migrations(Changes).expect("all");
    let source = DieselSource::new(move || pool.get(), &Changes).expect("a list");
    let migrations = Migrations::builder("diesel_pool").build(source).expect("good settings");
    assert_eq!(migrations.refresh().await.expect("an answer"), MigrationStatus::new(2, 0));
}

#[tokio::test]
async fn a_database_that_hangs_costs_one_thread() {
    let (release, hung) = mpsc::channel::<()>();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let connect = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        // Ends with an error when the sender is dropped.
        let _ended = hung.recv();
        SqliteConnection::establish(":memory:").map(Box::new)
    };
    let source = DieselSource::new(connect, &Changes).expect("a list");
    let migrations = Migrations::builder("diesel_hung")
        .timeout(Duration::from_millis(20))
        .build(source)
        .expect("good settings");
    for _ in 0..3 {
        assert!(matches!(migrations.refresh().await, Err(RefreshError::Timeout(_))));
    }
    while asked.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    drop(release);
    let answered = async {
        while migrations.refresh().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    answered.await;
    assert_eq!(asked.load(Ordering::SeqCst), 1, "the answer to the question that hung");
    assert_eq!(shown("diesel_hung").0, Some(0.0));
}

#[tokio::test]
async fn a_connection_that_cannot_be_opened_is_an_error() {
    let connect = || Err::<Box<SqliteConnection>, _>(ConnectionError::BadConnection("refused".into()));
    let source = DieselSource::new(connect, &Changes).expect("a list");
    let migrations = Migrations::builder("diesel_down").build(source).expect("good settings");
    assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
    assert_eq!(shown("diesel_down"), (None, None, Some(1.0)));
}

#[tokio::test]
async fn a_panic_of_the_driver_is_an_error() {
    let connect =
        || -> std::result::Result<Box<SqliteConnection>, ConnectionError> { panic!("a bug of the driver") };
    let source = DieselSource::new(connect, &Changes).expect("a list");
    let migrations = Migrations::builder("diesel_panic").build(source).expect("good settings");
    for errors in [1.0, 2.0] {
        assert!(matches!(migrations.refresh().await, Err(RefreshError::Source(_))));
        assert_eq!(shown("diesel_panic"), (None, None, Some(errors)));
    }
}
