//! How the endpoint begins and ends, and what clients can do to it.
//!
//! These tests look at ports that become free, and at collectors that everything in the process would see, so they run
//! one after the other.

#[path = "../exporter/client.rs"]
#[allow(dead_code, reason = "shared")]
mod client;
mod crowd;
mod ends;
mod hostile;
mod limits;
mod load;
mod shortage;

use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use client::PATIENCE;
use tallymark::{
    exporter::{self, Exporter},
    registry::Config,
};

/// Also gives collectors all the time they want: what is large takes a while in a debug build.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    static CONFIGURED: Once = Once::new();
    CONFIGURED.call_once(|| Config::new().collector_deadline(PATIENCE).install().expect("no scrape yet"));
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve() -> Exporter {
    exporter::serve("127.0.0.1:0").expect("the system has a free port")
}
