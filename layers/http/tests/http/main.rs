//! What the HTTP layer counts, seen from outside: by tower, through axum, hyper, warp, tonic and actix-web, over real connections.

#![cfg(all(feature = "http", feature = "axum"))]
#![allow(clippy::float_cmp, reason = "counts are whole numbers, whatever type shows them")]

#[cfg(feature = "actix-web")]
mod actix;
mod axum_router;
mod axum_server;
mod common;
mod django;
mod grpc;
mod hostile;
mod hyper_server;
mod labels;
mod server;
mod tower_layer;
mod warp_server;
