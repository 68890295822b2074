//! Operations that the rows of tallymark and those of its peers have in common, with the inputs that they are given.

pub mod call;
pub mod closed;
pub mod observation;
pub mod poll;
