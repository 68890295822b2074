//! In place of what keeps exemplars where the feature `exemplars` is off: nothing asks for it.

use super::Exemplar;

/// Keeps none.
#[derive(Debug)]
pub(crate) struct Exemplars;

impl Exemplars {
    pub(crate) fn new(_: u16) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "as where exemplars are kept")]
    pub(crate) fn keep(&self, _: usize, _: f64, _: Option<&[(&str, &str)]>) {}

    #[expect(clippy::unused_self, reason = "as where exemplars are kept")]
    pub(crate) fn read(&self) -> Vec<Exemplar> {
        Vec::new()
    }

    #[expect(clippy::unused_self, reason = "as where exemplars are kept")]
    pub(crate) fn dropped(&self) -> u64 {
        0
    }

    #[expect(clippy::unused_self, reason = "as where exemplars are kept")]
    pub(crate) fn forget(&self) {}
}
