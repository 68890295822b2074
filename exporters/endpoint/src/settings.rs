//! What the builder decided about connections.

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::router::Router;
#[cfg(feature = "tls")]
use super::tls::Tls;

pub(super) struct Settings {
    pub(super) router: Router,
    pub(super) read_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) request_timeout: Option<Duration>,
    pub(super) grace: Duration,
    pub(super) max_connections: usize,
    /// Connections from addresses that are not allowed, which only get to know that.
    pub(super) strangers: Arc<Semaphore>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

impl Settings {
    #[cfg(feature = "tls")]
    pub(super) fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "with the feature `tls` it depends on the settings")]
    pub(super) fn is_encrypted(&self) -> bool {
        false
    }
}
