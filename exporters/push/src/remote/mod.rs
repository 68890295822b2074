//! Remote Write.
//!
//! One thread reads all metrics at intervals and makes requests of them, another one sends these. Between them is a queue.

mod builder;
mod client;
mod control;
mod counts;
mod guard;
mod history;
mod metadata;
mod meters;
mod origin;
mod payload;
mod queue;
mod request_v1;
mod request_v2;
mod response;
mod retry;
mod sampling;
mod sender;
mod symbols;
mod version;

pub use self::{builder::RemoteWriteBuilder, guard::RemoteWriteGuard, version::RemoteWriteProtocol};
