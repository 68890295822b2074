//! A shop that is opened to be looked at.

use crate::{
    app::App,
    config::{Config, Database},
    traffic::{self, ClientError, Plan, Played},
};
use std::{
    error::Error,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// A shop on free ports of this machine, with a database that is gone with it.
pub struct Trial {
    app: App,
    // Dropped last: the database is closed before its files are removed.
    _directory: Directory,
}

impl Trial {
    /// Opens a shop that nobody has been in.
    ///
    /// # Errors
    ///
    /// If there is no directory for temporary files, or the shop cannot be opened.
    pub async fn start() -> Result<Self, Box<dyn Error + Send + Sync>> {
        let directory = Directory::create()?;
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            listen: free,
            metrics: free,
            database: Database::File(directory.0.join("shop.sqlite")),
            ..Config::default()
        };
        Ok(Self { app: App::start(&config).await?, _directory: directory })
    }

    /// Where customers are served.
    pub fn address(&self) -> SocketAddr {
        self.app.address()
    }

    /// Where `/metrics` is served.
    pub fn metrics_address(&self) -> SocketAddr {
        self.app.metrics_address()
    }

    /// Lets a few hundred customers in, as many as it takes for each of the shop's metrics to have a value.
    ///
    /// # Errors
    ///
    /// If the shop stops responding.
    pub async fn play(&self, seed: u64) -> Result<Played, ClientError> {
        let plan = Plan {
            time: Duration::from_secs(1),
            // On a busy machine; elsewhere nobody waits for it.
            patience: Duration::from_mins(2),
            requests: 400,
            seed,
        };
        traffic::play(self.address(), &plan).await
    }

    /// Closes the shop, and removes its database.
    ///
    /// # Errors
    ///
    /// If the server had stopped on its own before.
    pub async fn stop(self) -> io::Result<()> {
        self.app.stop().await
    }
}

/// A new directory for temporary files.
struct Directory(PathBuf);

impl Directory {
    fn create() -> io::Result<Self> {
        let base = std::env::temp_dir();
        let mut number = 0_u32;
        loop {
            let path = base.join(format!("shop-trial-{}-{number}", std::process::id()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                // Another one of this process, or left behind by one that had the same id.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(at(&path, &error)),
            }
        }
    }
}

/// The error, with the path that it is about.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot create {}: {error}", path.display()))
}

impl Drop for Directory {
    fn drop(&mut self) {
        // What cannot be removed is left to whatever clears temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}
