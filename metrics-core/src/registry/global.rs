//! The registry of the program.

use super::{Config, ConfigError, layers, self_metrics, state::Registry};
use crate::{
    declared::{Element, Elements},
    function, job, model,
};
use std::sync::LazyLock;

/// Metrics of this crate, which are there even where the linker finds nothing.
pub(super) static BUILT_IN: [Element; 3] = [
    Element::Metrics(self_metrics::ENTRIES),
    Element::Metrics(function::ENTRIES),
    Element::Metrics(model::ENTRIES),
];

impl Registry {
    /// The program's registry.
    pub(crate) fn global() -> &'static Self {
        static GLOBAL: LazyLock<Registry> = LazyLock::new(|| {
            job::declare_if_used();
            Registry::new(&BUILT_IN, Elements::global())
        });
        &GLOBAL
    }
}

impl Config {
    /// Installs it as the configuration of the program's registry.
    ///
    /// # Errors
    ///
    /// If a name or bounds are not valid, if a constant label is also a label of a declared metric, if an environment variable
    /// is not valid, if another configuration was installed before, if a layer was built before whose names or
    /// buckets this would change, or if there was a scrape already: names must not change from one scrape to the next.
    pub fn install(self) -> Result<(), ConfigError> {
        layers::install(self)
    }
}
