//! The connection against a real Redis: `bash tests/servers/run.sh`, which sets `TALLYMARK_TEST_REDIS` to a `redis://` URL.

#![cfg(feature = "tokio-comp")]

mod commands;
#[path = "../../../cache/tests/support/counts.rs"]
mod counts;
mod faults;
#[path = "../../../cache/tests/support/servers.rs"]
mod servers;
