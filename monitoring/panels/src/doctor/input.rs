//! The input of all checks.

use super::access::Access;
use crate::Catalogue;
use tallymark_core::{registry::CollectorStatus, snapshot::Snapshot};

/// The metrics that a `Doctor` examines, and the expectations that they are compared with.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) catalogue: Catalogue,
    pub(super) snapshot: Snapshot,
    pub(super) earlier: Option<Snapshot>,
    /// The conflicts that `registry::check` returned.
    pub(super) conflicts: Vec<String>,
    pub(super) collectors: Vec<CollectorStatus>,
    pub(super) endpoint: Option<Access>,
    pub(super) budget: usize,
    /// Whether the metrics are those of the running program, whose declarations are known.
    pub(super) is_live: bool,
    pub(super) objectives: Vec<String>,
}
