//! One request, from its arrival to the end of its response. Whatever happens, it is counted once.

mod handling;
mod open;
mod reply;
mod sending;
mod waiting;

pub(crate) use self::waiting::{Beginning, routed};
pub use self::{handling::Handling, reply::Reply, sending::Sending, waiting::Waiting};
