//! What a metric knows of its series: their slots, their label texts, and what was removed.
//!
//! Nothing here knows the type of the labels. What is done with series is in [`family`](crate::family).

// A series is numbered in 32 bits, like its slots, and below `MOST_IN_A_ROW` where the number is computed.
#![allow(clippy::cast_possible_truncation)]

mod erased;
mod idle;
mod interned;
mod options;
mod removed;
mod shape;
mod store;

pub(crate) use erased::ErasedSeries;
pub(crate) use idle::{Idle, LastSeen};
pub(crate) use interned::Interned;
pub(crate) use options::Options;
pub(crate) use removed::Removed;
pub(crate) use shape::Shape;
pub(crate) use store::Store;
