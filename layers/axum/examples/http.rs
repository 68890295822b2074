//! A small axum service, measured.
//!
//! ```sh
//! cargo run -p tallymark-axum --example http
//! curl http://127.0.0.1:3000/orders/7
//! curl http://127.0.0.1:3000/metrics
//! ```

use axum::{
    Extension, Router,
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use tallymark::LabelValue;
use tallymark_axum::{ErrorLabel, RouterExt};
use tokio::net::TcpListener;

#[derive(LabelValue)]
enum OrderError {
    Unknown,
}

impl IntoResponse for OrderError {
    fn into_response(self) -> Response {
        (StatusCode::NOT_FOUND, Extension(ErrorLabel::of(&self)), "there is no such order\n").into_response()
    }
}

async fn order(Path(id): Path<u32>) -> Result<String, OrderError> {
    if id < 100 { Ok(format!("order {id}\n")) } else { Err(OrderError::Unknown) }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let app = Router::new().route("/orders/{id}", get(order)).with_metrics()?;
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("http://{}/orders/7 and /metrics", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
