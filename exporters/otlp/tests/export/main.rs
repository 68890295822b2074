//! Exports to a receiver that answers as it is told.

mod delta;
mod ending;
mod faults;
mod points;
mod receiver;
mod requests;
mod settings;
