//! The live page: what the metrics have been doing in the last minutes, evaluated in the program.
//!
//! `sampler` takes a snapshot every few seconds, `state` keeps and evaluates them, `board` is what one section shows, and
//! `request` is what a browser asks for. The browser's part is in `files`.

mod board;
mod describe;
mod encoded;
mod exemplars;
mod files;
mod json;
mod request;
mod sampler;
mod settings;
mod shared;
mod state;
mod target;

pub use self::settings::Live;
pub(super) use self::{
    files::{PATH, is_live_path},
    request::LiveRequest,
    sampler::run,
    shared::LivePage,
};
