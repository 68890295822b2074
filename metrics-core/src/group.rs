//! The seam to what knows the other processes of a group: the package `tallymark-processes`.

use crate::{snapshot::Family, visit::Visitor};
use std::sync::Arc;

/// What reads the processes that share one exposition.
#[doc(hidden)]
pub trait Group: Sync {
    /// Reads what all of them have counted; returns `None` if there is only this one. `rename` returns the name that a family
    /// is shown under, given its own and whether that has a namespace, if the two differ.
    fn read(&self, rename: &dyn Fn(&str, bool) -> Option<String>) -> Option<Box<dyn Reading>>;

    /// The processes that are alive: what their values are labelled with, and their ids. Empty if there is only this one.
    fn living(&self) -> Vec<(String, u32)>;
}

/// What all processes of a group have counted.
#[doc(hidden)]
pub trait Reading: Send {
    /// Whether a process has published anything of this family.
    fn knows(&self, name: &str) -> bool;

    /// A visitor that puts the group's values in the place of this process's, and hands them on.
    fn family<'a>(&'a mut self, name: &str, visitor: &'a mut dyn Visitor) -> Box<dyn Visitor + 'a>;

    /// Shows the series of the family that [`family`](Self::family) has not shown.
    fn rest(&mut self, name: &str, visitor: &mut dyn Visitor);

    /// All families that are not declared here: those of other processes, and those that collectors have handed over.
    fn others(&mut self, is_declared: &dyn Fn(&str) -> bool, collected: Vec<Arc<Family>>)
    -> Vec<Arc<Family>>;
}
