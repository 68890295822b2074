//! What the programs of this package share: the harness, the inputs, the peers and the limits written by hand.

pub mod hand;
pub mod harness;
pub mod input;
pub mod peer;
