//! What can be made to go wrong, so that alerts and panels can be seen at work.

mod fault;
mod input;
mod switches;
mod visitors;

pub use fault::{Fault, UnknownFault};
pub use input::follow_input;
pub use switches::Faults;

pub(crate) use visitors::count_visitor;
