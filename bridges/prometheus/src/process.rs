//! Which of two registries shows the process: the `prometheus` crate has a collector for it, and tallymark has one.

use std::sync::OnceLock;

use tallymark_core::registry;

/// What tallymark's collector of the process is called.
const COLLECTOR: &str = "process";

/// Names and help texts of the families that tallymark's collector of the process hands over. There are none where nothing
/// of the process is read, as on other systems than Linux.
fn described() -> &'static [(String, String)] {
    static DESCRIBED: OnceLock<Vec<(String, String)>> = OnceLock::new();
    DESCRIBED.get_or_init(|| {
        let mut families = Vec::new();
        registry::describe_collectors(&|collector| collector == COLLECTOR, &mut |head| {
            families.push((head.name.to_owned(), head.help.to_owned()));
        });
        families
    })
}

/// Whether tallymark shows a family of this name itself.
pub(super) fn is_name(name: &str) -> bool {
    described().iter().any(|(ours, _)| ours == name)
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
        *DECIDED.get_or_init(|| Self(!prometheus::gather().iter().any(|family| is_name(family.name()))))
    }

    /// Names and help of what is handed over.
    pub(super) fn described(self) -> &'static [(String, String)] {
        if self.0 { described() } else { &[] }
    }

    /// Whether this collector of ours is the one for the process, and not wanted.
    pub(super) fn leaves_out(self, collector: &str) -> bool {
        !self.0 && collector == COLLECTOR
    }
}
