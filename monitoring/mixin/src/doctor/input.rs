//! The input of all checks.

use crate::Endpoint;
use tallymark_core::{registry::CollectorStatus, snapshot::Snapshot};
use tallymark_panels::Catalogue;

/// The metrics that a `Doctor` examines, and the expectations that they are compared with.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) catalogue: Catalogue,
    pub(super) snapshot: Snapshot,
    pub(super) earlier: Option<Snapshot>,
    /// The conflicts that `registry::check` returned.
    pub(super) conflicts: Vec<String>,
    pub(super) collectors: Vec<CollectorStatus>,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) budget: usize,
    /// Whether the metrics are those of the running program, whose declarations are known.
    pub(super) is_live: bool,
    pub(super) objectives: Vec<String>,
}
