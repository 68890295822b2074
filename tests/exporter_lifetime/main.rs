//! How the endpoint begins and ends, and what clients can do to it.
//!
//! These tests look at ports that become free, and at collectors that everything in the process would see, so they run
//! one after the other.

#![cfg(feature = "exporter")]

#[path = "../exporter/client.rs"]
#[allow(dead_code, reason = "shared")]
mod client;
mod ends;
mod load;
mod shortage;

use std::sync::{Mutex, MutexGuard, PoisonError};

use tallymark::exporter::{self, Exporter};

fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve() -> Exporter {
    exporter::serve("127.0.0.1:0").expect("the system has a free port")
}
