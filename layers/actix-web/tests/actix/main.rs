//! What is counted of actix-web's applications: without a server, and over real connections.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, whatever type shows them")]

mod app;
#[path = "../../../http/tests/http/common.rs"]
#[allow(dead_code, reason = "shared with the tests of the layer, which need more of it")]
mod common;
mod routing;
mod served;
#[path = "../../../http/tests/http/server.rs"]
#[allow(dead_code, reason = "shared with the tests of the layer, which need more of it")]
mod server;

/// actix-web's own server, with one worker.
macro_rules! serve {
    ($app:expr) => {
        $crate::server::Server::with(|listener: tokio::net::TcpListener| async move {
            let listener = listener.into_std().expect("a listener");
            let server = actix_web::HttpServer::new(move || $app).workers(1).listen(listener);
            server.expect("a listener").disable_signals().run().await.expect("it serves for ever");
        })
        .await
    };
}
pub(crate) use serve;
