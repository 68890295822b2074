//! What is measured: one file for each subject, one [`Scenario`] for each table.

pub mod asynchronous;
mod build;
mod cache;
mod counter;
mod db;
mod encode;
mod facade;
pub mod histogram;
mod http;
mod instructions;
mod interference;
pub mod labels_enum;
pub mod labels_str;
mod memory;
mod startup;
mod sweep;
pub mod timed;

use tallymark_benches::harness::scenario::Scenario;

/// All scenarios, in the order of the document.
pub fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    all.extend(counter::scenarios());
    all.extend(labels_enum::scenarios());
    all.extend(labels_str::scenarios());
    all.extend(histogram::scenarios());
    all.extend(timed::scenarios());
    all.extend(asynchronous::scenarios());
    all.extend(http::scenarios());
    all.extend(cache::scenarios());
    all.extend(db::scenarios());
    all.extend(encode::scenarios());
    all.extend(facade::scenarios());
    all.extend(memory::scenarios());
    all.extend(interference::scenarios());
    all.extend(startup::scenarios());
    all.extend(instructions::scenarios());
    all.extend(build::scenarios());
    all.extend(sweep::scenarios());
    all
}
