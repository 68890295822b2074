//! One request through a layer that measures requests.
//!
//! The service within does next to nothing and is there at once, so that the future is polled once, without a runtime.
//! What is compared is what a layer adds: in each round, its row less the row of the service alone.

mod axum;
mod layer;
mod request;
mod service;

use tallymark_benches::harness::{
    contender::Contender,
    report::BEYOND,
    scenario::{Column, Method, Scenario},
    target::{Against, Target},
};

/// What a row takes more than the service alone comes first, since that is what a layer costs.
const COLUMNS: &[Column] = &[
    Column::median("ns of overhead", BEYOND),
    Column::least("min ns/op", "ns"),
    Column::median("median", "ns"),
    Column::least("allocations", request::ALLOCATIONS),
];

pub fn scenarios() -> [Scenario; 2] {
    [
        scenario(
            "http_service",
            "HTTP request, overhead",
            "a request that is made, answered by a tower service that does nothing, and whose response is read to its \
             end. The overhead is the median of the differences to the service alone, round by round.",
            service::ALONE,
            service::contenders,
        ),
        scenario(
            "http_axum",
            "HTTP request in axum, overhead",
            "the same through a router with one route, whose template is the label; each layer is installed as its \
             documentation shows. axum boxes a body whose type a layer changed, which is part of what the layer costs.",
            axum::ALONE,
            axum::contenders,
        ),
    ]
}

fn scenario(
    id: &'static str,
    title: &'static str,
    note: &'static str,
    alone: &'static str,
    contenders: fn() -> Vec<Contender>,
) -> Scenario {
    Scenario {
        id,
        title,
        note,
        columns: COLUMNS,
        key: 0,
        limit: None,
        method: Method::Beyond { alone, contenders },
        processes: u32::MAX,
        targets: vec![Target::at_most(200.0), Target::times(4.0, Against::BestPeer)],
        plot: None,
    }
}
