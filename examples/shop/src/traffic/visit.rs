//! How customers take it when the shop fails.

/// What customers do when the shop fails them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// They give up, since a shop that is well does not fail.
    Strict,
    /// They come back later.
    Forgiving,
}
