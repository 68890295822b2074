//! Random scripts on PostgreSQL and MariaDB: what is counted is what has changed in the tables. Diesel's blocking API goes by
//! diesel-async's wrapper, which needs no library of the vendor's.

use crate::{
    runner::{Killer, asynchronous, blocking},
    scripts::{Vendor, scripts, seed},
    server::shared,
};
use diesel::Connection;
use diesel_async::{
    AsyncConnection as _, AsyncMysqlConnection, AsyncPgConnection,
    async_connection_wrapper::AsyncConnectionWrapper,
};

const POSTGRESQL: Killer = Killer {
    number: "SELECT pg_backend_pid() AS id",
    kill: |number| format!("SELECT pg_terminate_backend({number})"),
};

const MARIADB: Killer = Killer {
    number: "SELECT CAST(connection_id() AS SIGNED) AS id",
    kill: |number| format!("KILL {number}"),
};

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn diesel_async_on_postgresql() {
    let url = shared("TALLYMARK_TEST_POSTGRES");
    let connect = async || AsyncPgConnection::establish(&url).await.expect("a connection");
    let options = asynchronous::options(Vendor::Postgresql, true, true);
    asynchronous::run(connect, options, "diesel_async_pg", (scripts(2_000), seed()), Some(POSTGRESQL)).await;
}

#[tokio::test]
#[ignore = "needs MariaDB"]
async fn diesel_async_on_mariadb() {
    let url = shared("TALLYMARK_TEST_MYSQL");
    let connect = async || AsyncMysqlConnection::establish(&url).await.expect("a connection");
    let options = asynchronous::options(Vendor::Mysql, true, true);
    asynchronous::run(connect, options, "diesel_async_my", (scripts(2_000), seed()), Some(MARIADB)).await;
}

fn blocking_connection<C: Connection>(url: &str) -> C {
    C::establish(url).expect("a connection")
}

#[test]
#[ignore = "needs PostgreSQL"]
fn diesel_on_postgresql() {
    let url = shared("TALLYMARK_TEST_POSTGRES");
    let connect = || blocking_connection::<AsyncConnectionWrapper<AsyncPgConnection>>(&url);
    let options = blocking::options(Vendor::Postgresql, true);
    blocking::run(connect, options, "diesel_pg", (scripts(2_000), seed()), Some(POSTGRESQL));
}

#[test]
#[ignore = "needs MariaDB"]
fn diesel_on_mariadb() {
    let url = shared("TALLYMARK_TEST_MYSQL");
    let connect = || blocking_connection::<AsyncConnectionWrapper<AsyncMysqlConnection>>(&url);
    let options = blocking::options(Vendor::Mysql, true);
    blocking::run(connect, options, "diesel_my", (scripts(2_000), seed()), Some(MARIADB));
}
