//! The other libraries, each the way its documentation shows it.
//!
//! Tables about many series take a library as a [`Population`].

pub mod fastmetrics;
pub mod foundations;
pub mod measured;
pub mod metered;
pub mod metrics;
pub mod metriken;
pub mod opentelemetry;
mod population;
pub mod prometheus;
pub mod prometheus_client;
mod seen;

pub use population::{Format, HELP, Population, Shape, counter_name, histogram_name};
pub use seen::{Seen, read, seen};

use crate::harness::contender::Class;

/// A library's populations.
#[derive(Clone, Copy)]
pub struct Maker {
    /// What the row stands for.
    pub class: Class,
    /// The row's name.
    pub name: &'static str,
    /// Whether it has histograms with bounds of one's choice.
    pub histograms: bool,
    /// Makes the families.
    pub make: fn(Shape) -> Box<dyn Population>,
}

/// All libraries.
pub fn all() -> Vec<Maker> {
    let peer = |name, make| Maker { class: Class::Peer, name, histograms: true, make };
    vec![
        peer("prometheus", |shape| Box::new(prometheus::Families::new(shape))),
        peer("prometheus-client", |shape| Box::new(prometheus_client::Families::new(shape))),
        peer("metrics", |shape| Box::new(metrics::Families::new(shape))),
        peer("measured", |shape| Box::new(measured::Families::new(shape))),
        peer("foundations-metrics", |shape| Box::new(foundations::Families::new(shape))),
        peer("opentelemetry", |shape| Box::new(opentelemetry::Families::new(shape))),
        peer("fastmetrics", |shape| Box::new(fastmetrics::Families::new(shape))),
        peer("metered", |shape| Box::new(metered::Families::new(shape))),
        Maker {
            class: Class::Peer,
            name: "metriken",
            histograms: false,
            make: |shape| Box::new(metriken::Families::new(shape)),
        },
    ]
}
