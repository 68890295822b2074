//! What the HTTP layer counts, seen from outside: by tower, through axum, tonic and actix-web, over real connections.

#![cfg(all(feature = "http", feature = "axum"))]

#[cfg(feature = "actix-web")]
mod actix;
mod axum_router;
mod axum_server;
mod common;
mod django;
mod grpc;
mod hostile;
mod labels;
mod tower_layer;
