//! Collectors run here: off the thread that scrapes, one after the other, none of them able to hold up the others.
//!
//! One worker thread is enough as long as nothing is slow. When a job keeps it for long, another worker takes the rest.
//! When a job is not done by the deadline the scrape goes on without it, and it is not started again before it has
//! returned; so a job that never returns costs one thread, not one for each scrape.
//!
//! Scrapes that overlap share runs. One that comes while a job runs has it run once more, and so sees what was counted
//! before it came; if this run takes long, it makes do with what that hands over.

mod awaited;
mod worker;

pub(super) use worker::{is_collecting, message};

use super::{CollectError, Families};
use crate::{snapshot::Family, sorted::SortedMap, visit::Head};
use awaited::{enqueue, is_awaited, take_results};
use std::{
    borrow::Cow,
    collections::VecDeque,
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};
use worker::{IfIdle, work};

/// Something that is asked for families at each scrape.
pub(super) trait Job: Send + Sync {
    /// What it is called where its errors are counted.
    fn name(&self) -> Cow<'_, str>;

    /// The names of all families that it may hand over; none if they are not known.
    fn families(&self) -> Vec<String> {
        Vec::new()
    }

    /// Calls `each` with the families that it describes before it runs.
    fn describe(&self, each: &mut dyn FnMut(&Head<'_>)) {
        let _ = each;
    }

    /// Hands over families.
    fn run(&self, families: &mut Families) -> Result<(), CollectError>;
}

/// A job that is to be added, and what is known of it.
pub(super) struct Added {
    pub(super) name: Arc<str>,
    families: Vec<String>,
    job: Arc<dyn Job>,
}

impl Added {
    /// Asks a job for its name and families. One that panics is called `unnamed`, and will be asked to collect all the same.
    pub(super) fn new(job: Arc<dyn Job>) -> Self {
        let asked = worker::isolated(|| (Arc::from(job.name()), job.families()));
        let (name, families) = asked.unwrap_or_else(|_| (Arc::from("unnamed"), Vec::new()));
        Self { name, families, job }
    }
}

/// What one job handed over.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) slot: u64,
    pub(super) name: Arc<str>,
    pub(super) families: Arc<Vec<Arc<Family>>>,
}

/// What is known of a job before it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    /// The names of all families that it may hand over; none if they are not known.
    pub(super) families: &'a [String],
}

/// How long a scrape waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For all jobs together.
    pub(super) deadline: Duration,
    /// For any one of them, before another worker takes the rest. Nor does it wait twice for one that takes longer.
    pub(super) patience: Duration,
    /// So many jobs may be left when the scrape goes on, deadline or not.
    pub(super) may_miss: usize,
}

impl Limits {
    pub(super) fn new(deadline: Duration) -> Self {
        Self { deadline, patience: deadline / 8, may_miss: 0 }
    }
}

/// What is known of a collector or a gauge function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CollectorStatus {
    /// Its name.
    pub name: String,
    /// How often it failed, panicked, was late, or handed over something that could not be shown.
    pub errors: u64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Whether it is running at the moment.
    pub running: bool,
}

#[derive(Default)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// There is something to do.
    queued: Condvar,
    /// Something was done.
    done: Condvar,
}

#[derive(Default)]
struct State {
    slots: SortedMap<u64, Slot>,
    next: u64,
    queue: VecDeque<u64>,
    running: Vec<Running>,
    /// Threads that run or wait for jobs.
    workers: usize,
    /// Those of them that wait.
    parked: usize,
    /// Counts jobs done, to see whether there is progress.
    done: u64,
    /// Errors by name, kept when a job is removed: a counter must not fall.
    errors: SortedMap<Arc<str>, Errors>,
    closed: bool,
}

#[derive(Default)]
struct Errors {
    count: u64,
    last: Option<String>,
}

struct Slot {
    name: Arc<str>,
    families: Vec<String>,
    job: Arc<dyn Job>,
    queued: bool,
    /// While it runs: to be queued again, if this run does not take so long.
    again: Option<Duration>,
    /// How often it has run.
    runs: u64,
    /// Scrapes that wait for a result.
    awaited: usize,
    result: Option<Arc<Vec<Arc<Family>>>>,
}

impl Slot {
    fn known(&self) -> Known<'_> {
        Known { name: &self.name, families: &self.families }
    }
}

struct Running {
    slot: u64,
    since: Instant,
    given_up: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fail(&mut self, name: &Arc<str>, count: usize, error: String) {
        let errors = self.errors.or_insert_with(Arc::clone(name), Errors::default);
        errors.count += count as u64;
        errors.last = Some(error);
    }

    /// Workers that are about to take something from the queue.
    fn starting(&self) -> usize {
        self.workers.saturating_sub(self.parked).saturating_sub(self.running.len())
    }

    /// Workers that are not kept by a job that was given up.
    fn available(&self) -> usize {
        self.workers - self.running.iter().filter(|running| running.given_up).count().min(self.workers)
    }
}

impl Pool {
    /// Adds a job; it takes part in the next scrape.
    pub(super) fn add(&self, job: Arc<dyn Job>) -> u64 {
        let (name, families) = (Arc::from(job.name()), job.families());
        self.insert(Added { name, families, job })
    }

    /// Adds a job that was asked already what is to be known of it. None of its code runs.
    pub(super) fn insert(&self, Added { name, families, job }: Added) -> u64 {
        let mut state = self.shared.lock();
        let id = state.next;
        state.next += 1;
        state.errors.or_insert_with(Arc::clone(&name), Errors::default);
        let slot =
            Slot { name, families, job, queued: false, again: None, runs: 0, awaited: 0, result: None };
        state.slots.insert(id, slot);
        id
    }

    /// Those jobs whose name is wanted.
    pub(super) fn jobs(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<Arc<dyn Job>> {
        let state = self.shared.lock();
        let slots = state.slots.iter().map(|(_, slot)| slot);
        slots.filter(|slot| wanted(&slot.name)).map(|slot| Arc::clone(&slot.job)).collect()
    }

    /// Removes a job. If it is running, what it hands over is not shown any more.
    pub(super) fn remove(&self, id: u64) {
        let removed = {
            let mut state = self.shared.lock();
            state.queue.retain(|queued| *queued != id);
            state.slots.remove(&id)
        };
        self.shared.done.notify_all();
        // Dropped after the lock was released: it is the application's, and may do anything.
        drop(removed);
    }

    /// Errors by job, by name.
    pub(super) fn errors(&self) -> Vec<(Arc<str>, u64)> {
        let state = self.shared.lock();
        state.errors.iter().map(|(name, errors)| (Arc::clone(name), errors.count)).collect()
    }

    /// Counts an error of something that has no job.
    pub(super) fn fail(&self, name: &str, error: String) {
        self.shared.lock().fail(&Arc::from(name), 1, error);
    }

    pub(super) fn status(&self) -> Vec<CollectorStatus> {
        let state = self.shared.lock();
        let status = |(id, slot): (&u64, &Slot)| {
            let errors = state.errors.get(&slot.name);
            CollectorStatus {
                name: slot.name.to_string(),
                errors: errors.map_or(0, |errors| errors.count),
                last_error: errors.and_then(|errors| errors.last.clone()),
                running: state.running.iter().any(|running| running.slot == *id),
            }
        };
        state.slots.iter().map(status).collect()
    }

    /// Runs all jobs that are wanted, by slot and what is known of them, and answers what they handed over.
    ///
    /// Scrapes that overlap share the runs that begin after they came, and those that take long. On a thread that is itself
    /// running a job, nothing is run.
    pub(super) fn collect(&self, limits: Limits, wanted: &dyn Fn(u64, Known<'_>) -> bool) -> Vec<Collected> {
        if is_collecting() {
            return Vec::new();
        }
        let mut state = self.shared.lock();
        let awaited = enqueue(&mut state, limits, wanted);
        if awaited.is_empty() {
            return Vec::new();
        }
        if state.available() == 0 {
            state = self.hire(state);
        } else {
            self.shared.queued.notify_one();
        }
        let start = Instant::now();
        loop {
            let left = awaited.iter().filter(|awaited| is_awaited(&state, **awaited)).count();
            let elapsed = start.elapsed();
            if left <= limits.may_miss || elapsed >= limits.deadline {
                break;
            }
            let before = state.done;
            let patience = limits.patience.min(limits.deadline.saturating_sub(elapsed));
            let (resumed, timeout) =
                self.shared.done.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
            state = resumed;
            if timeout.timed_out() && state.done == before && !state.queue.is_empty() && state.starting() == 0
            {
                state = self.hire(state);
            }
        }
        take_results(&mut state, limits, &awaited)
    }

    /// Starts another worker; if there can be none, does the work on this thread.
    fn hire<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.workers += 1;
        drop(state);
        let shared = Arc::clone(&self.shared);
        let spawned =
            thread::Builder::new().name("tallymark".to_owned()).spawn(move || work(&shared, IfIdle::Wait));
        if spawned.is_err() {
            work(&self.shared, IfIdle::Leave);
        }
        self.shared.lock()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.queued.notify_all();
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("status", &self.status()).finish()
    }
}

#[cfg(test)]
mod tests;
