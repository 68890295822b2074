//! A small order service, and the first customer of `tallymark`.
//!
//! Users log in, fill a cart, turn it into an order, and pay; orders are shipped or cancelled. Everything that the
//! business wants to know is declared in [`metrics`], everything that the operator wants to know comes from
//! `#[timed]` on the functions and `ModelMetrics` on the stored structs.

pub mod app;
pub mod config;
mod customer;
mod error;
mod extract;
pub mod faults;
pub mod labels;
pub mod metrics;
pub mod monitoring;
mod orders;
mod payments;
mod queue;
mod reports;
mod routes;
pub mod scrape;
mod sessions;
mod state;
mod store;
pub mod traffic;
pub mod trial;

/// The program that the page shows has to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/monitoring.md")]
struct MonitoringPage;
