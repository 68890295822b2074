//! The settings of the families of clients.

use std::fmt;

use tallymark_core::{Buckets, Naming};

use super::metrics::ClientMetrics;
use crate::{choice::Choice, error::BuildError, families::ClientFamilies};

/// Settings of the families of clients, with defaults for all of them. Made by [`client_builder`](crate::client_builder).
#[derive(Default)]
#[must_use = "nothing is declared before `build` is called"]
pub struct ClientBuilder {
    choice: Choice,
}

impl ClientBuilder {
    /// Puts `<namespace>_` before the names, instead of the [namespace of all metrics](tallymark_core::registry::Config::namespace).
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.choice.namespace = Some(namespace.to_owned());
        self
    }

    /// Sets whose buckets durations have, and under [`Naming::HyperDjango`] the namespace. The names after the namespace are
    /// the same under every naming. If not set, it is that which the application [has set for all
    /// layers](tallymark_core::registry::Config::naming).
    pub fn naming(mut self, naming: Naming) -> Self {
        self.choice.naming = Some(naming);
        self
    }

    /// Sets the bounds of durations, in seconds; the default is that of
    /// [`Builder::duration_buckets`](crate::Builder::duration_buckets).
    ///
    /// Invalid bounds are reported by [`build`](ClientBuilder::build).
    pub fn duration_buckets(mut self, bounds: &[f64]) -> Self {
        self.choice.durations = Some(Buckets::leak(bounds));
        self
    }

    /// Sets the most series that each family shows at once, 2,000 if not set; more are counted together, see
    /// [`Counter::max_series`](tallymark_core::Counter::max_series). This bounds what a program costs that sends requests to
    /// any number of hosts.
    pub fn max_series(mut self, max: u32) -> Self {
        self.choice.max_series = max;
        self
    }

    /// Sets whether anything is measured. `true` if not set, unless the application has [switched everything
    /// off](tallymark_core::registry::Config::enabled).
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.choice.enabled = Some(enabled);
        self
    }

    /// Declares the families.
    ///
    /// Building twice with the same settings gives two values that count in the same families.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub fn build(self) -> Result<ClientMetrics, BuildError> {
        let settings = self.choice.settle()?;
        let families = ClientFamilies::declare(&settings)?;
        Ok(ClientMetrics::new(settings.enabled.then_some(families)))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("naming", &self.choice.naming)
            .field("namespace", &self.choice.namespace)
            .field("enabled", &self.choice.enabled)
            .finish_non_exhaustive()
    }
}
