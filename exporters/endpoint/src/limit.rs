//! How many scrapes may be under way, and what each of them came to.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::refusal::{self, Reason};

/// What is being sent of a scrape.
pub(super) trait Sending: Send + Sync {
    /// Returns when the client has last taken some of it; `None` if nothing is left for it, or it takes some now.
    fn waiting_since(&self) -> Option<Instant>;

    /// Ends it where it is, and drops what would be sent.
    fn cut(&self);
}

/// Admits a number of scrapes at a time.
#[derive(Clone)]
pub(super) struct ScrapeLimit(Arc<Limit>);

struct Limit {
    places: Arc<Semaphore>,
    /// How long a client may take nothing of what it has asked for, if another one asks.
    patience: Duration,
    /// What is being sent.
    sending: Mutex<Vec<Weak<dyn Sending>>>,
}

impl fmt::Debug for ScrapeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScrapeLimit").field("places", &self.0.places).finish_non_exhaustive()
    }
}

impl ScrapeLimit {
    pub(super) fn new(most: usize, patience: Duration) -> Self {
        let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self(Arc::new(Limit { places, patience, sending: Mutex::default() }))
    }

    /// Admits a scrape, unless as many as may be are under way. If one of these has a client that has taken nothing for too
    /// long, it is ended: an application's own server may wait for such a client for ever.
    pub(super) fn admit(&self) -> Option<Permit> {
        let place = self.acquire().or_else(|| {
            self.end_stalled();
            self.acquire()
        })?;
        Some(Permit { _place: place, limit: self.clone(), deadline: None, outcome: Some(Reason::Incomplete) })
    }

    fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.places).try_acquire_owned().ok()
    }

    /// Notes what is being sent of a scrape that was admitted.
    pub(super) fn watch(&self, content: Weak<dyn Sending>) {
        let mut sending = self.0.sending.lock().unwrap_or_else(PoisonError::into_inner);
        sending.retain(|content| content.strong_count() > 0);
        sending.push(content);
    }

    /// Ends the scrape whose client has taken nothing for the longest time, if that was long.
    fn end_stalled(&self) {
        let sending: Vec<_> = {
            let sending = self.0.sending.lock().unwrap_or_else(PoisonError::into_inner);
            sending.iter().filter_map(Weak::upgrade).collect()
        };
        let waiting = |content: &Arc<dyn Sending>| {
            let since = content.waiting_since()?;
            (since.elapsed() >= self.0.patience).then(|| (since, Arc::clone(content)))
        };
        if let Some((_, content)) = sending.iter().filter_map(waiting).min_by_key(|(since, _)| *since) {
            content.cut();
        }
    }
}

/// A scrape from its admission until its last byte is handed over.
///
/// Dropping it makes room for another one. If it was not [finished](Permit::finish) by then, the scrape is counted as
/// refused: no client has got a whole exposition.
#[derive(Debug)]
pub(super) struct Permit {
    _place: OwnedSemaphorePermit,
    limit: ScrapeLimit,
    deadline: Option<Instant>,
    /// What is counted when it is dropped.
    outcome: Option<Reason>,
}

impl Permit {
    /// Has the scrape counted as too late, rather than as incomplete, if it is dropped after this.
    pub(super) fn end_by(&mut self, deadline: Instant) {
        self.deadline = Some(deadline);
    }

    /// Returns what has admitted it.
    pub(super) fn limit(&self) -> &ScrapeLimit {
        &self.limit
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
    use super::{Duration, ScrapeLimit};

    const PATIENCE: Duration = Duration::from_secs(30);

    #[test]
    fn permits_are_given_back() {
        let limit = ScrapeLimit::new(2, PATIENCE);
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
        assert!(ScrapeLimit::new(0, PATIENCE).admit().is_none());
    }

    #[test]
    fn any_number_will_do() {
        assert!(ScrapeLimit::new(usize::MAX, PATIENCE).admit().is_some());
    }
}
