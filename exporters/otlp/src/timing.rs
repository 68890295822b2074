//! The settings of time that an exporter and its thread go by.

use std::time::Duration;

/// When exports are made and how long they may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    pub(crate) interval: Duration,
    pub(crate) export_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
}
