//! What the HTTP layer counts, seen from outside: by tower, through hyper, warp and tonic, over real connections.

#![allow(clippy::float_cmp, reason = "counts are whole numbers, whatever type shows them")]

mod client;
mod common;
mod grpc;
mod hostile;
mod hyper_server;
mod labels;
mod layers;
mod lengths;
mod objectives;
mod server;
mod tower_layer;
mod warp_server;
