//! A group of metrics at a Pushgateway, and what can be done to it.

use std::{fmt, sync::Arc};

use http::Method;

use super::{exchange::Settings, guard::Guard, pending::Pending};

/// A group of metrics at a Pushgateway. Made by [`Builder::build`](super::Builder::build).
///
/// Cloning it is cheap. Each of its requests encodes the metrics anew.
#[derive(Clone)]
pub struct Gateway(Arc<Settings>);

impl Gateway {
    pub(super) fn new(settings: Settings) -> Self {
        Self(Arc::new(settings))
    }

    /// Replaces the whole group by all metrics of this program (`PUT`).
    ///
    /// What a job that ends usually wants: what an earlier run has pushed, and this one does not have, is gone.
    pub fn push(&self) -> Pending {
        self.request(Method::PUT)
    }

    /// Replaces the metrics of the group that this program has too, by name, and leaves the others (`POST`).
    pub fn add(&self) -> Pending {
        self.request(Method::POST)
    }

    /// Deletes the group with all its metrics (`DELETE`). There need not be one.
    pub fn delete(&self) -> Pending {
        self.request(Method::DELETE)
    }

    /// [Pushes](Gateway::push) when the returned value is dropped.
    ///
    /// ```no_run
    /// # fn work() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let _push = tallymark_push::builder("gateway:9091", "nightly_import").build()?.on_exit();
    ///     work()?; // also if this fails
    ///     Ok(())
    /// }
    /// ```
    pub fn on_exit(&self) -> Guard {
        Guard::new(Arc::clone(&self.0))
    }

    fn request(&self, method: Method) -> Pending {
        Pending::new(Arc::clone(&self.0), method)
    }

    /// The URL of the group.
    ///
    /// ```
    /// let gateway = tallymark_push::builder("gateway:9091", "import").grouping("shop", "a/b").build()?;
    /// assert_eq!(gateway.url(), "http://gateway:9091/metrics/job/import/shop@base64/YS9i");
    /// # Ok::<(), tallymark_push::BuildError>(())
    /// ```
    pub fn url(&self) -> String {
        self.0.target.to_string()
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("url", &self.url()).finish_non_exhaustive()
    }
}
