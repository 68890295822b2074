//! Metrics of jobs that end before anybody scrapes them, sent to a Pushgateway.
//!
//! A nightly import runs for two minutes and is gone when Prometheus comes by. So it leaves its metrics at a
//! [Pushgateway](https://github.com/prometheus/pushgateway), which Prometheus scrapes in its place:
//!
//! ```no_run
//! use tallymark::push;
//!
//! # fn import() -> Result<(), Box<dyn std::error::Error>> { Ok(()) }
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _push = push::builder("gateway:9091", "nightly_import").build()?.on_exit();
//!     import()
//! }
//! ```
//!
//! The [`Guard`] pushes whatever way `main` is left. [`Gateway::push`], [`Gateway::add`] and [`Gateway::delete`] are the
//! single requests, to be awaited in async code, by whatever executor, or [waited for](Pending::wait) where there is
//! none:
//!
//! ```no_run
//! use tallymark::push;
//!
//! # async fn job() -> Result<(), Box<dyn std::error::Error>> {
//! let gateway = push::builder("https://gateway/pushed", "nightly_import").grouping("shop", "main").build()?;
//! gateway.push().await?;
//! # Ok(())
//! # }
//! # fn plain(gateway: push::Gateway) -> Result<(), push::PushError> {
//! gateway.push().wait()?;
//! # Ok(())
//! # }
//! ```
//!
//! What is pushed is what a scrape would show, in the text format 0.0.4 or in [protobuf](Builder::protobuf): all metrics of the program, with those of the
//! process and of `prometheus::default_registry()` where these features are on. https takes the feature `tls`.
//!
//! # Groups
//!
//! The job and the labels given to [`Builder::grouping`] name a group. [`Gateway::push`] replaces all of it, and the
//! gateway keeps it until it is replaced or [deleted](Gateway::delete), long after the job has ended. A label such as a
//! process id makes a group for every run, which nobody deletes.
//!
//! # What it does not do
//!
//! - Two programs that push one group at the same time replace each other's metrics: the one whose push arrives last is
//!   seen, and nothing is added up. Give each a label of its own, or let one of them push.
//! - A push that fails is not tried again. The metrics are still there, so pushing again is all it takes.
//! - A service that goes on running is better scraped (see `tallymark::exporter`): then Prometheus knows whether
//!   it is up.

mod builder;
mod credentials;
mod error;
mod exchange;
mod gateway;
mod grouping;
mod guard;
mod local;
mod payload;
mod pending;
mod stream;
mod target;
#[cfg(feature = "tls")]
mod tls;

pub use self::{
    builder::Builder,
    error::{BuildError, PushError},
    gateway::Gateway,
    guard::Guard,
    local::local_ip,
    pending::Pending,
};

/// Settings of pushes to a gateway, for a job: to be changed and then [built](Builder::build).
///
/// The URL is `host:port`, or with a scheme and a path before that of the API, such as `https://host/pushgateway`.
pub fn builder(url: impl Into<String>, job: impl Into<String>) -> Builder {
    Builder::new(url.into(), job.into())
}
