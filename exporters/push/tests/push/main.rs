//! Metrics that the program sends to a Pushgateway, or writes into a file.

#[cfg(all(feature = "push", feature = "tls"))]
mod encrypted;
#[cfg(feature = "push")]
mod faults;
#[cfg(feature = "push")]
mod guard;
#[cfg(feature = "push")]
mod redirects;
#[cfg(feature = "push")]
mod requests;
#[cfg(feature = "push")]
mod server;
mod textfile;
