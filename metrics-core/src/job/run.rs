//! A run in progress.

use super::{families, named::Job, site::JobSite};
use crate::{
    clock::Moment,
    declared::{self, Element},
    function::{Outcome, Watch},
    value::InFlightGuard,
};
use std::thread;

/// What it means that a run was dropped before it was finished.
#[derive(Clone, Copy, Debug)]
enum Dropped {
    /// Its own code has panicked: that of a function that looks at what was returned, or of a future that does not wait.
    Panicked,
    /// A function that cannot fail has returned, or panicked unless the thread was unwinding before.
    Returned { unwinding: bool },
    /// A run was given up, such as a future that waits. Whoever sees a panic of its code says so, so that it counts as given
    /// up, too, if it is dropped because something else panicked.
    GivenUp,
    /// A future that never returns, of which nobody says when it was polled. That its thread unwinds is taken for a panic of
    /// its own.
    Unwatched,
}

/// Counts the end of a run, exactly once: when it is finished, or else when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it counts a run that took no time"]
pub struct JobRun {
    job: Job,
    start: Moment,
    dropped: Dropped,
    in_flight: Option<InFlightGuard>,
}

/// Counts a panic in what a function does before it returns its future, and nothing otherwise.
#[derive(Debug)]
#[must_use = "dropped at once, it sees no panic"]
pub struct JobCreation {
    site: &'static JobSite,
    start: Moment,
    unwinding: bool,
}

impl JobSite {
    fn begin(&'static self, dropped: Dropped) -> JobRun {
        declared::used(Element::Job(self));
        JobRun::start(self.meta().job, dropped)
    }

    /// Begins a run. It ends when the guard is finished or dropped.
    pub fn enter(&'static self) -> JobRun {
        self.begin(Dropped::Panicked)
    }

    /// Begins a run of a function that cannot fail. It ends when the guard is dropped.
    pub fn enter_scope(&'static self) -> JobRun {
        self.begin(Dropped::Returned { unwinding: thread::panicking() })
    }

    /// Begins a run of a future, which is polled for the first time. It ends when the guard is finished or dropped.
    pub fn enter_future(&'static self) -> JobRun {
        self.begin(Dropped::Panicked)
    }

    /// Begins a run of a future that never ends by returning, which holds the guard itself. It ends when the guard is dropped.
    pub fn enter_endless(&'static self) -> JobRun {
        self.begin(Dropped::Unwatched)
    }

    /// Begins a function that returns a future. Only a panic is counted before that is polled.
    pub fn enter_creation(&'static self) -> JobCreation {
        JobCreation { site: self, start: Moment::now(), unwinding: thread::panicking() }
    }
}

impl Job {
    /// Begins a run that ends by a call: dropped before that, it was cancelled.
    pub fn begin(self) -> JobRun {
        JobRun::start(self, Dropped::GivenUp)
    }
}

impl JobRun {
    fn start(job: Job, dropped: Dropped) -> Self {
        let in_flight = Some(families::started(job));
        Self { job, start: Moment::now(), dropped, in_flight }
    }

    /// Counts a run that returned.
    pub fn finish(mut self, failed: bool) {
        self.end(if failed { Outcome::Error } else { Outcome::Ok });
    }

    fn end(&mut self, outcome: Outcome) {
        // A run that has ended is no longer in progress, and counts once.
        if let Some(in_flight) = self.in_flight.take() {
            families::ended(self.job, outcome, self.start.elapsed());
            drop(in_flight);
        }
    }
}

impl Watch for JobRun {
    fn panicked(mut self) {
        self.end(Outcome::Panic);
    }

    fn polled(&mut self, is_ready: bool) {
        self.dropped = if is_ready { Dropped::Panicked } else { Dropped::GivenUp };
    }
}

impl Drop for JobRun {
    fn drop(&mut self) {
        let outcome = match self.dropped {
            Dropped::Panicked => Outcome::Panic,
            Dropped::Returned { unwinding } if thread::panicking() && !unwinding => Outcome::Panic,
            Dropped::Returned { .. } => Outcome::Ok,
            Dropped::Unwatched if thread::panicking() => Outcome::Panic,
            Dropped::GivenUp | Dropped::Unwatched => Outcome::Cancelled,
        };
        self.end(outcome);
    }
}

impl Drop for JobCreation {
    fn drop(&mut self) {
        if thread::panicking() && !self.unwinding {
            let mut run = self.site.enter_future();
            run.start = self.start;
            run.panicked();
        }
    }
}
