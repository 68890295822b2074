//! Exports to a receiver that answers as it is told.

mod delta;
#[cfg(feature = "tls")]
mod encrypted;
mod ending;
mod faults;
mod points;
mod receiver;
mod requests;
mod settings;
