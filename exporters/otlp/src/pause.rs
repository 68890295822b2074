//! How an exporter waits for the moment to send a request again.

use std::{thread, time::Instant};

/// What an exporter waits with.
pub(crate) trait Pause {
    /// The deadline, or an earlier one if there is less time now.
    fn deadline(&self, deadline: Instant) -> Instant;

    /// Waits until this moment, or until the deadline has changed.
    fn until(&self, moment: Instant);
}

/// Waits without listening to anybody.
pub(crate) struct Sleep;

impl Pause for Sleep {
    fn deadline(&self, deadline: Instant) -> Instant {
        deadline
    }

    fn until(&self, moment: Instant) {
        thread::sleep(moment.saturating_duration_since(Instant::now()));
    }
}
