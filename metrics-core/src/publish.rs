//! What other processes are told of series: nothing, unless cells are in a file that they read.

#[cfg(shared_cells)]
#[path = "publish/shared.rs"]
mod publisher;

#[cfg(not(shared_cells))]
#[path = "publish/nothing.rs"]
mod publisher;

#[cfg(shared_cells)]
pub use publisher::start;
pub(crate) use publisher::*;
