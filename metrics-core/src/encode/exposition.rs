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

    /// How much is written of a family that cannot be taken before its length is known.
    fn held(&self) -> usize {
        0
    }

    /// Announces the length of the present family, so that its beginning can be taken. `show_rest` shows the rest of it, of which
    /// only the length is kept; it has to be shown again.
    fn announce(&mut self, show_rest: &mut dyn FnMut(&mut dyn Visitor)) {
        let _ = show_rest;
    }

    /// Writes some of what is missing to the announced length of a family that is over. Returns `false` if nothing is.
    fn fill(&mut self) -> bool {
        false
    }

    /// Takes what will not be taken back.
    fn take(&mut self) -> Vec<u8>;

    /// Ends the exposition.
    fn finish(self: Box<Self>) -> Vec<u8>;
}
