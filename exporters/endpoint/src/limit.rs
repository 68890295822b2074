//! How many scrapes may be under way, and what each of them came to.

use std::sync::Arc;

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::refusal::{self, Reason};

/// Admits a number of scrapes at a time.
#[derive(Debug)]
pub(super) struct ScrapeLimit(Arc<Semaphore>);

impl ScrapeLimit {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))))
    }

    /// Admits a scrape, unless as many as may be are under way.
    pub(super) fn admit(&self) -> Option<Permit> {
        let place = Arc::clone(&self.0).try_acquire_owned().ok()?;
        Some(Permit { _place: place, deadline: None, outcome: Some(Reason::Incomplete) })
    }
}

/// A scrape from its admission until its last byte is handed over.
///
/// Dropping it makes room for another one. If it was not [finished](Permit::finish) by then, the scrape is counted as
/// refused: nobody has got a whole exposition.
#[derive(Debug)]
pub(super) struct Permit {
    _place: OwnedSemaphorePermit,
    deadline: Option<Instant>,
    /// What is counted when it is dropped.
    outcome: Option<Reason>,
}

impl Permit {
    /// Has the scrape counted as too late, rather than as incomplete, if it is dropped after this.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
    }

    /// Notes that the client has got all that there was.
    pub(super) fn finish(&mut self) {
        self.outcome = self.outcome.filter(|outcome| *outcome == Reason::Failed);
    }

    /// Notes that the metrics could not be encoded.
    pub(super) fn fail(&mut self) {
        self.outcome = Some(Reason::Failed);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let late = || self.deadline.is_some_and(|deadline| deadline <= Instant::now());
        match self.outcome {
            Some(Reason::Incomplete) if late() => refusal::refuse(Reason::Timeout),
            Some(reason) => refusal::refuse(reason),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ScrapeLimit;

    #[test]
    fn permits_are_given_back() {
        let limit = ScrapeLimit::new(2);
        let (first, second) = (limit.admit(), limit.admit());
        assert!(first.is_some() && second.is_some());
        assert!(limit.admit().is_none());
        drop(first);
        let third = limit.admit();
        assert!(third.is_some());
        assert!(limit.admit().is_none());
    }

    #[test]
    fn no_room_at_all() {
        assert!(ScrapeLimit::new(0).admit().is_none());
    }

    #[test]
    fn any_number_will_do() {
        assert!(ScrapeLimit::new(usize::MAX).admit().is_some());
    }
}
