//! Random scripts on SQLite: what is counted is what has changed in the tables.

mod runner;
#[path = "../../db/tests/scripts/mod.rs"]
mod scripts;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection as _};
use runner::{SQLITE, blocking};
use scripts::{File, Vendor, seed};

fn run(table: &'static str, scripts: u64, seed: u64) {
    let file = File::new(table);
    let connect = || {
        let mut connection = SqliteConnection::establish(&file.0.display().to_string()).expect("a file");
        connection.batch_execute(SQLITE).expect("settings");
        connection
    };
    blocking::run(connect, blocking::options(Vendor::Sqlite, false), table, (scripts, seed), None);
}

#[test]
fn a_few_scripts_of_one_seed() {
    run("diesel_few", 200, 20_261_130);
}

/// By name: `cargo test -p tallymark-diesel --all-features --test scripts -- --ignored --nocapture`.
#[test]
#[ignore = "takes minutes"]
fn many_scripts() {
    run("diesel_many", scripts::scripts(10_000), seed());
}

#[cfg(feature = "diesel-async")]
mod by_diesel_async {
    use crate::{
        runner::{SQLITE, asynchronous},
        scripts::{File, Vendor, scripts, seed},
    };
    use diesel::SqliteConnection;
    use diesel_async::{
        AsyncConnection as _, SimpleAsyncConnection as _, sync_connection_wrapper::SyncConnectionWrapper,
    };

    async fn run(table: &'static str, scripts: u64, seed: u64) {
        let file = File::new(table);
        let connect = async || {
            let connection =
                SyncConnectionWrapper::<SqliteConnection>::establish(&file.0.display().to_string()).await;
            let mut connection = connection.expect("a file");
            connection.batch_execute(SQLITE).await.expect("settings");
            connection
        };
        let options = asynchronous::options(Vendor::Sqlite, true, false);
        asynchronous::run(connect, options, table, (scripts, seed), None).await;
    }

    // A statement on SQLite that is cancelled is waited for, which a runtime of one thread cannot do.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_few_scripts_of_one_seed() {
        run("diesel_async_few", 200, 20_261_130).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    #[ignore = "takes minutes"]
    async fn many_scripts() {
        run("diesel_async_many", scripts(10_000), seed()).await;
    }
}
