//! What the encoders of all formats have in common.

use crate::visit::Visitor;

/// What an encoder of one format does beside writing what it is shown.
pub(super) trait Exposition: Visitor {
    /// The encoder as what it is shown families and series through.
    fn visitor(&mut self) -> &mut dyn Visitor;

    /// From here on no name needs escaping, or one may.
    fn set_plain(&mut self, plain: bool) {
        let _ = plain;
    }

    /// How much is written and not taken.
    fn len(&self) -> usize;

    /// Takes what will not be taken back.
    fn take(&mut self) -> Vec<u8>;

    /// Ends the exposition.
    fn finish(self: Box<Self>) -> Vec<u8>;
}
