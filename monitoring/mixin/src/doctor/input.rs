//! The input of all checks.

use crate::Endpoint;
use tallymark_core::{registry::CollectorStatus, snapshot::Snapshot};
use tallymark_panels::Catalogue;

/// The metrics that a `Doctor` looks at, and what it was told of them.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) catalogue: Catalogue,
    pub(super) snapshot: Snapshot,
    pub(super) earlier: Option<Snapshot>,
    /// What `registry::check` found.
    pub(super) conflicts: Vec<String>,
    pub(super) collectors: Vec<CollectorStatus>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) budget: usize,
    /// Whether it is this program, whose declarations are known.
    pub(super) is_live: bool,
    pub(super) objectives: Vec<String>,
}
