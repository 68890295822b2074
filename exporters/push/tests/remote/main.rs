//! Metrics that the program sends by Remote Write.
//!
//! What the specifications demand of senders, as the sender tests of Prometheus' compliance suite check it: on the wire
//! (`protocol`), in messages (`messages`), and by what follows from responses (`responses`).

#![allow(
    clippy::float_cmp,
    clippy::similar_names,
    reason = "what is written is what was counted, to the last bit; a receiver has received"
)]

#[cfg(feature = "tls")]
mod encrypted;
mod ending;
mod messages;
mod protocol;
mod queue;
mod receiver;
mod responses;
mod settings;
mod wire;
