//! Metrics that the program sends to a Pushgateway.

#[cfg(feature = "tls")]
mod encrypted;
mod faults;
mod guard;
mod redirects;
mod requests;
mod server;
