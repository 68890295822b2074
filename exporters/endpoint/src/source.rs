//! Whose metrics are served: the program's, or those of a registry beside it.

use tallymark_core::registry::{self, Chunks, Config, ConfigError, Registry, Request};
#[cfg(feature = "live")]
use tallymark_core::snapshot::Snapshot;
#[cfg(feature = "live")]
use tallymark_panels::{Catalogue, Doctor};

/// The registry that is read; that of the program, unless another one is given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source(Option<Registry>);

impl Source {
    pub(super) fn of(registry: Registry) -> Self {
        Self(Some(registry))
    }

    pub(super) fn chunks(self, request: Request) -> Chunks {
        match self.0 {
            Some(registry) => registry.chunks(request),
            None => registry::chunks(request),
        }
    }

    pub(super) fn namespace(self) -> Option<String> {
        self.0.map_or_else(registry::namespace, Registry::namespace)
    }

    pub(super) fn configure(self, config: Config) -> Result<(), ConfigError> {
        match self.0 {
            Some(registry) => registry.configure(config),
            None => config.install(),
        }
    }
}

#[cfg(feature = "live")]
impl Source {
    pub(super) fn snapshot(self) -> Snapshot {
        self.0.map_or_else(registry::snapshot, Registry::snapshot)
    }

    /// Describes what is declared, and what a snapshot shows besides.
    pub(super) fn catalogue(self, snapshot: &Snapshot) -> Catalogue {
        match self.0 {
            Some(registry) => Catalogue::with_snapshot(registry.descriptors(), snapshot),
            None => Catalogue::of_program(snapshot),
        }
    }

    pub(super) fn doctor(self, snapshot: Snapshot) -> Doctor {
        match self.0 {
            Some(registry) => Doctor::of_registry(registry, snapshot),
            None => Doctor::of_snapshot(snapshot),
        }
    }
}
