//! What happens to a request, as families count it.

use crate::label::{Status, Transport};

/// What is known of a request when it arrives, beside its method and maybe its route.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// How it came.
    pub transport: Transport,
    /// Whether it says that a script sent it.
    pub ajax: bool,
}

/// How a request ended.
#[derive(Clone, Copy)]
pub(crate) struct End<'a> {
    pub(crate) transport: Transport,
    /// Its status; [`Status::NONE`] without a response.
    pub(crate) status: Status,
    /// Whether its future was dropped.
    pub(crate) cancelled: bool,
    /// What went wrong, if something is known to have.
    pub(crate) error: Option<&'a str>,
    /// Whether the length of the response's body is not known beforehand.
    pub(crate) streaming: bool,
    pub(crate) seconds: f64,
}
