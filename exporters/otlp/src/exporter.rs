//! An exporter as its user has it.

use crate::{BuildError, ExportError, Exported, OtlpGuard, pause::Sleep, sender::Sender, timing::Timing};
use std::{fmt, time::Instant};

/// An exporter, ready to send all metrics of the program.
///
/// A service [starts](Self::start) it and keeps the guard. A job that knows when it has something to say
/// [exports](Self::export) by itself.
pub struct OtlpExporter {
    sender: Option<Sender>,
    pub(crate) timing: Timing,
}

impl OtlpExporter {
    pub(crate) fn new(sender: Option<Sender>, timing: Timing) -> Self {
        Self { sender, timing }
    }

    /// Sends all metrics, and sends them again if the receiver asks for it or is not there, until
    /// [the time for an export](crate::OtlpBuilder::export_timeout) is over.
    ///
    /// It waits for the network; from async code, call it where blocking is allowed.
    ///
    /// # Errors
    ///
    /// If the receiver refused the metrics, or did not take them in time. Cumulative metrics of a failed export are part of
    /// the next, deltas are kept and sent before those of the next.
    pub fn export(&mut self) -> Result<Exported, ExportError> {
        let Some(sender) = &mut self.sender else {
            return Ok(Exported { disabled: true, ..Exported::default() });
        };
        sender.export(Instant::now() + self.timing.export_timeout, &Sleep)
    }

    /// Exports [at intervals](crate::OtlpBuilder::interval), on a thread of its own, and once more when the guard is dropped.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub fn start(self) -> Result<OtlpGuard, BuildError> {
        OtlpGuard::start(self.sender, self.timing)
    }
}

impl fmt::Debug for OtlpExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpExporter")
            .field("disabled", &self.sender.is_none())
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}
