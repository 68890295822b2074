//! Who shows the metrics of the process, which the `prometheus` crate has a collector for too.

use std::sync::OnceLock;

#[cfg(feature = "process")]
use crate::process;
#[cfg(not(feature = "process"))]
use without as process;

/// What there is without the feature.
#[cfg(not(feature = "process"))]
mod without {
    pub(super) const COLLECTOR: &str = "";

    pub(super) fn expose() {}

    pub(super) fn described() -> impl Iterator<Item = (&'static str, &'static str)> {
        std::iter::empty()
    }
}

/// Whether we show a family of this name ourselves.
pub(super) fn is_name(name: &str) -> bool {
    process::described().any(|(ours, _)| ours == name)
}

/// Whether our metrics of the process go to their registries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Handover(bool);

impl Handover {
    /// Decides at the first call, before which nothing of ours can be in their default registry.
    ///
    /// If their crate was built with its collector for the process, that is in the default registry by itself, and an
    /// application can put another one into its own. Without, nobody else shows the process.
    pub(super) fn decide() -> Self {
        static DECIDED: OnceLock<Handover> = OnceLock::new();
        *DECIDED.get_or_init(|| {
            let theirs = || prometheus::gather().iter().any(|family| is_name(family.name()));
            let ours = process::described().next().is_some() && !theirs();
            if ours {
                process::expose();
            }
            Self(ours)
        })
    }

    /// Names and help of what is handed over.
    pub(super) fn described(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        process::described().filter(move |_| self.0)
    }

    /// Whether this collector of ours is the one for the process, and not wanted.
    pub(super) fn leaves_out(self, collector: &str) -> bool {
        !self.0 && collector == process::COLLECTOR
    }
}
