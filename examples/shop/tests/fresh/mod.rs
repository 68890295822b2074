//! Shops without a past.

use shop::config::{Config, Database};
use std::{fs, io, net::SocketAddr, path::PathBuf};

/// A shop on free ports of this machine, with an embedded database of this name that nobody has written to, and an embedded cache.
pub(crate) fn config(name: &str) -> Config {
    let database = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.sqlite"));
    for suffix in ["", "-wal", "-shm"] {
        let mut file = database.clone().into_os_string();
        file.push(suffix);
        if let Err(error) = fs::remove_file(&file) {
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{}: {error}", file.display());
        }
    }
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    Config { listen: anywhere, metrics: anywhere, database: Database::File(database), ..Config::default() }
}
