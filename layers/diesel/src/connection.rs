//! How connections come to be observed.

use super::{error, observer::DieselObserver};
use diesel::connection::{Connection, Instrumentation, set_default_instrumentation};
use std::{error::Error, fmt, sync::OnceLock};
use tallymark_db::{Database, Vendor};

static INSTALLED: OnceLock<Database> = OnceLock::new();

/// Observes every connection that Diesel and diesel-async open from now on, as one of this database.
///
/// For a program with one database. It takes the place of what was set with
/// [`set_default_instrumentation`](diesel::connection::set_default_instrumentation). A program with several databases
/// calls [`establish`] or [`observe`] for each connection instead.
///
/// # Errors
///
/// If another database was installed before.
pub fn install(database: Database) -> Result<(), InstallError> {
    if INSTALLED.get_or_init(|| database).name() != database.name() {
        return Err(InstallError::Other);
    }
    set_default_instrumentation(|| {
        let database = INSTALLED.get()?;
        Some(Box::new(DieselObserver::new(*database)) as Box<dyn Instrumentation>)
    })
    .map_err(|_| InstallError::Poisoned)
}

/// Opens a connection, and observes it: that it was opened or could not be, and all it does.
///
/// The default instrumentation sees that it is opened, too; when that is ours, by [`install`], this counts twice.
/// If the vendor is not set, it is by the scheme of `url`.
///
/// # Errors
///
/// Those of [`Connection::establish`](diesel::Connection::establish).
pub fn establish<C: Connection>(database: Database, url: &str) -> diesel::ConnectionResult<C> {
    match url.split_once("://").map(|(scheme, _)| scheme) {
        Some("postgres" | "postgresql") => database.set_vendor_if_unset(Vendor::Postgresql),
        Some("mysql") => database.set_vendor_if_unset(Vendor::Mysql),
        // A path, as a rule, which says nothing of whose file it is.
        _ => {}
    }
    match C::establish(url) {
        Ok(mut connection) => {
            database.connection_opened();
            observe(&mut connection, database);
            Ok(connection)
        }
        Err(error) => {
            database.connection_failed(error::of_connection(&error));
            Err(error)
        }
    }
}

/// Observes a connection that is open. It takes the place of the connection's instrumentation.
pub fn observe<C: Connection>(connection: &mut C, database: Database) {
    connection.set_instrumentation(DieselObserver::new(database));
}

/// Why connections are not observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// They are observed as those of another database.
    Other,
    /// A thread panicked while it set Diesel's default instrumentation.
    Poisoned,
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other => {
                "Diesel's connections are observed as those of another database; only one can be installed"
            }
            Self::Poisoned => {
                "Diesel's default instrumentation cannot be set any more: a thread panicked as it did so"
            }
        })
    }
}

impl Error for InstallError {}
