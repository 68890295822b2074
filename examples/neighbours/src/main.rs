//! A service whose crates count in different ways, and one endpoint that shows all of it.
//!
//! | who | counts with | comes in by |
//! |---|---|---|
//! | `axum-metrics`, a layer from crates.io | the `metrics` façade | `tallymark_metrics`'s recorder |
//! | `billing`, a module from before | `prometheus` statics | nothing: the default registry is part of the exposition |
//! | tokio's runtime | | `tallymark_tokio::observe` |
//! | `orders` | `#[metric]` and `#[timed]` | nothing: attributes register |
//!
//! ```text
//! cargo run -p neighbours
//! curl localhost:8080/orders/7
//! curl localhost:9464/metrics
//! ```
//!
//! `neighbours ADDRESS METRICS_ADDRESS` serves elsewhere.

mod billing;
mod facade;
mod orders;

use std::{env, error::Error};

use axum::{Router, extract::Path, routing::get};
use axum_metrics::MetricLayer;
use tokio::{net::TcpListener, runtime::Handle};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Before anything counts with the façade: what comes first goes nowhere.
    facade::install()?;
    tallymark_tokio::observe("main", &Handle::current()).forget();

    let mut addresses = env::args().skip(1);
    let mut address = |otherwise: &str| addresses.next().unwrap_or_else(|| otherwise.to_owned());
    let listener = TcpListener::bind(address("127.0.0.1:8080")).await?;
    let metrics = tallymark::exporter::serve(address("127.0.0.1:9464"))?;
    println!("orders: http://{}/orders/7", listener.local_addr()?);
    println!("metrics: http://{}/metrics", metrics.local_addr());

    let service = Router::new().route("/orders/{order}", get(order)).layer(MetricLayer::default());
    axum::serve(listener, service).await?;
    Ok(())
}

async fn order(Path(order): Path<u32>) -> String {
    let lines = orders::find(order);
    billing::charge(lines);
    format!("order {order}: {lines} lines\n")
}
