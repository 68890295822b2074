//! The limit rows: the least that must be done, written by hand for exactly one purpose each.
//!
//! They are not a library. They have no names, no registry, no growth and no removal; what remains is the work that
//! cannot be left out on this machine.

pub mod block;
pub mod clock;
pub mod histogram;
pub mod lines;
pub mod table;
