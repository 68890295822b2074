//! What is counted of axum's routers: without a server, and over real connections.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, whatever type shows them")]

mod axum_router;
mod axum_server;
#[path = "../../../http/tests/http/common.rs"]
#[allow(dead_code, reason = "shared with the tests of the layer, which need more of it")]
mod common;
mod django;
mod kinds;
mod nested;
#[path = "../../../http/tests/http/server.rs"]
#[allow(dead_code, reason = "shared with the tests of the layer, which need more of it")]
mod server;

/// axum's own server.
async fn serve(app: axum::Router) -> server::Server {
    server::Server::with(async |listener| axum::serve(listener, app).await.expect("it serves for ever")).await
}
