//! The client against a real memcached: `bash tests/servers/run.sh`, which sets `TALLYMARK_TEST_MEMCACHED` to a host and a
//! port.

mod commands;
#[path = "../../../cache/tests/support/counts.rs"]
mod counts;
mod faults;
#[path = "../../../cache/tests/support/servers.rs"]
mod servers;
