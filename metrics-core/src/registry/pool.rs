//! Collectors run here: off the thread that scrapes, one after the other, none of them able to hold up the others.
//!
//! One worker thread is enough as long as nothing is slow. When a job keeps it for long, another worker takes the rest.
//! When a job is not done by the deadline the scrape goes on without it, and it is not started again before it has
//! returned; so a job that never returns costs one thread, not one for each scrape.
//!
//! A process that was forked off has no workers, whatever its copy of the pool says: they are threads of its parent.
//!
//! A scrape shows only what a job began to collect after the scrape came. One that comes while a job runs has it run
//! once more; scrapes that come before that share the run.

use super::{
    Config,
    job::{self, Job, NamedJob, is_collecting},
};
use crate::{label::OVERFLOW, snapshot::Family};
use std::{
    collections::{BTreeMap, VecDeque},
    fmt, process,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// What one job handed over.
#[derive(Debug)]
pub(super) struct Collected {
    pub(super) id: u64,
    pub(super) name: Arc<str>,
    pub(super) families: Arc<Vec<Arc<Family>>>,
    /// Whether the names of its families begin with a namespace already.
    pub(super) namespaced: bool,
}

impl Collected {
    /// Leaves out families that are not to be shown, and puts the namespace before the names of the others.
    pub(super) fn apply(&mut self, config: &Config) {
        if !config.renames() && !config.hides_any() {
            return;
        }
        let renamed = |name: &str| config.rename(name, self.namespaced);
        // What no other scrape shares is changed in its place.
        let families = Arc::make_mut(&mut self.families);
        families.retain(|family| {
            config.shows(&[&family.name, renamed(&family.name).as_deref().unwrap_or(&family.name)])
        });
        for family in families {
            if let Some(name) = renamed(&family.name) {
                Arc::make_mut(family).name = name;
            }
        }
    }
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
    /// For any one of them, before another worker takes the rest.
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
    /// How often it was not begun before the deadline, because others took all the time.
    pub skipped: u64,
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
    /// The process whose threads the workers are.
    process: u32,
    jobs: BTreeMap<u64, JobState>,
    next: u64,
    /// Jobs that are to run and do not run now.
    queue: VecDeque<u64>,
    /// Runs under way, also of jobs that were removed meanwhile.
    running: BTreeMap<u64, Running>,
    /// Threads that run or wait for jobs.
    workers: usize,
    /// Those of them that wait.
    parked: usize,
    /// Counts runs that began, so that it is known which job has waited longest.
    begun: u64,
    /// Counts runs that ended, to see whether there is progress.
    done: u64,
    /// Errors by name, kept when a job is removed: a counter must not fall.
    errors: BTreeMap<Arc<str>, Errors>,
    /// How many of them have no job any more.
    orphans: usize,
    closed: bool,
}

/// Names come from outside. Those without a job are remembered up to this number; the errors of others are counted
/// together.
const MOST_NAMES: usize = 1000;

/// Threads that jobs may be run by, those included which a job keeps for ever.
const MOST_WORKERS: usize = 512;

#[derive(Default)]
struct Errors {
    count: u64,
    last: Option<String>,
    /// Scrapes in which a job of this name was not begun.
    skipped: u64,
    /// How many jobs have this name.
    jobs: usize,
}

struct JobState {
    known: NamedJob,
    /// Whether another run is wanted. If the job runs, it is put into the queue when it has returned.
    wanted: bool,
    /// The number of the last run that was begun, and of the last that has ended.
    begun: u64,
    ended: u64,
    /// When it began, in runs of all jobs.
    turn: u64,
    /// Scrapes that wait for a run.
    waiting: usize,
    /// What the last run handed over, as long as scrapes wait.
    result: Option<Arc<Vec<Arc<Family>>>>,
}

struct Running {
    since: Instant,
    /// A scrape went on without it, and those that come do not wait for it.
    given_up: bool,
}

/// What a scrape waits for: the first run of a job that begins after the scrape came.
#[derive(Clone, Copy)]
struct Awaited {
    id: u64,
    run: u64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets workers of another process, which this one was forked from, and what they ran or were to run.
    fn forget_parent(&mut self) {
        let process = if cfg!(unix) { process::id() } else { 0 };
        if std::mem::replace(&mut self.process, process) == process {
            return;
        }
        self.workers = 0;
        self.parked = 0;
        self.running.clear();
        self.queue.clear();
        for job in self.jobs.values_mut() {
            job.wanted = false;
            job.waiting = 0;
            job.ended = job.begun;
        }
    }

    fn fail(&mut self, name: &Arc<str>, count: usize, error: String) {
        let errors = self.errors.entry(Arc::clone(name)).or_default();
        errors.count += count as u64;
        errors.last = Some(error);
    }

    /// Workers that are about to take something from the queue.
    fn starting(&self) -> usize {
        self.workers.saturating_sub(self.parked).saturating_sub(self.running.len())
    }

    /// Whether what is queued will not have begun by the deadline as fast as jobs have ended so far.
    fn is_short_of_workers(&self, done_before: u64, elapsed: Duration, deadline: Duration) -> bool {
        let queued = self.queue.len().saturating_sub(self.starting());
        let done = self.done.saturating_sub(done_before);
        queued > 0
            && elapsed.as_secs_f64() * queued as f64
                >= deadline.saturating_sub(elapsed).as_secs_f64() * done as f64
    }

    /// Workers that are not kept by a job that was given up.
    fn available(&self) -> usize {
        self.workers - self.running.values().filter(|running| running.given_up).count().min(self.workers)
    }

    fn is_given_up(&self, id: u64) -> bool {
        self.running.get(&id).is_some_and(|running| running.given_up)
    }

    /// Requests a run of each of these jobs, and returns what is to be waited for.
    fn request(&mut self, wanted: &[u64]) -> Vec<Awaited> {
        let mut awaited = Vec::new();
        let mut late = Vec::new();
        let mut queued = Vec::new();
        for &id in wanted {
            let Some(job) = self.jobs.get_mut(&id) else { continue };
            let running = self.running.get(&id);
            if running.is_some_and(|running| running.given_up) {
                late.push(Arc::clone(&job.known.name));
                continue;
            }
            if !std::mem::replace(&mut job.wanted, true) && running.is_none() {
                queued.push((job.turn, id));
            }
            job.waiting += 1;
            awaited.push(Awaited { id, run: job.begun + 1 });
        }
        for name in late {
            self.fail(&name, 1, "still running since an earlier scrape".to_owned());
        }
        // Where the deadline does not suffice for all, those that have waited longest come first.
        queued.sort_unstable();
        self.queue.extend(queued.into_iter().map(|(_, id)| id));
        awaited
    }

    /// Whether a run has not ended, and will. A run that was given up, by whichever scrape, is not waited for.
    fn is_awaited(&self, Awaited { id, run }: Awaited) -> bool {
        self.jobs.get(&id).is_some_and(|job| job.ended < run) && !self.is_given_up(id)
    }

    /// The same runs, in the order in which they begin.
    fn in_turn(&self, awaited: &[Awaited]) -> Vec<Awaited> {
        let turn = |id| self.jobs.get(&id).map_or(0, |job| job.turn);
        let mut in_turn: Vec<_> = awaited.iter().map(|&Awaited { id, run }| (turn(id), id, run)).collect();
        in_turn.sort_unstable();
        in_turn.into_iter().map(|(_, id, run)| Awaited { id, run }).collect()
    }

    /// Whether more than so many runs are to be waited for.
    fn is_waiting(&self, in_turn: &[Awaited], may_miss: usize) -> bool {
        // This is asked whenever one has ended. Those that begin last end last, so that few are looked at each time.
        in_turn.iter().rev().filter(|awaited| self.is_awaited(**awaited)).nth(may_miss).is_some()
    }

    /// Takes the results of runs that have ended, and gives up those that no other scrape waits for or that have taken
    /// all the time there is.
    fn take_results(&mut self, deadline: Duration, awaited: &[Awaited]) -> Vec<Collected> {
        let mut results = Vec::with_capacity(awaited.len());
        let (mut late, mut skipped) = (Vec::new(), Vec::new());
        for &Awaited { id, run } in awaited {
            let Some(job) = self.jobs.get_mut(&id) else { continue };
            job.waiting -= 1;
            let is_last = job.waiting == 0;
            let name = &job.known.name;
            let result = if is_last { job.result.take() } else { job.result.clone() };
            match result.filter(|_| job.ended >= run) {
                Some(families) => {
                    let namespaced = job.known.namespaced;
                    results.push(Collected { id, name: Arc::clone(name), families, namespaced });
                }
                None if job.begun >= run => late.push(Arc::clone(name)),
                None => skipped.push(Arc::clone(name)),
            }
            if is_last {
                // What is in the queue and not wanted is passed over.
                job.wanted = false;
            }
            if let Some(running) = self.running.get_mut(&id) {
                running.given_up |= job.ended < run && (is_last || running.since.elapsed() >= deadline);
            }
        }
        for name in late {
            self.fail(&name, 1, "not done by the deadline".to_owned());
        }
        for name in skipped {
            let errors = self.errors.entry(name).or_default();
            errors.skipped += 1;
            errors.last = Some("not begun before the deadline, as others took all the time".to_owned());
        }
        self.forget_unwanted();
        results
    }

    /// Takes jobs out of the queue that no scrape waits for.
    fn forget_unwanted(&mut self) {
        let jobs = &self.jobs;
        self.queue.retain(|id| jobs.get(id).is_some_and(|job| job.wanted));
    }

    /// Notes that a job is gone. Its errors stay counted, under its name if not too many such names are known.
    fn forget(&mut self, name: &Arc<str>) {
        let Some(errors) = self.errors.get_mut(name) else { return };
        errors.jobs -= 1;
        if errors.jobs > 0 {
            return;
        }
        if errors.count == 0 && errors.skipped == 0 {
            self.errors.remove(name);
            return;
        }
        self.orphans += 1;
        if self.orphans > MOST_NAMES {
            self.orphans -= 1;
            if let Some(Errors { count, skipped, last, .. }) = self.errors.remove(name) {
                let others = self.errors.entry(Arc::from(OVERFLOW)).or_default();
                others.count += count;
                others.skipped += skipped;
                others.last = last;
            }
        }
    }

    /// Takes the next job from the queue and begins a run of it.
    fn begin(&mut self) -> Option<(u64, Arc<str>, Arc<dyn Job>)> {
        loop {
            let id = self.queue.pop_front()?;
            let Some(job) = self.jobs.get_mut(&id).filter(|job| job.wanted) else { continue };
            self.begun += 1;
            job.wanted = false;
            job.begun += 1;
            job.turn = self.begun;
            self.running.insert(id, Running { since: Instant::now(), given_up: false });
            return Some((id, Arc::clone(&job.known.name), Arc::clone(&job.known.job)));
        }
    }

    /// Ends a run.
    fn end(&mut self, id: u64, name: &Arc<str>, (families, errors): (Vec<Arc<Family>>, Vec<String>)) {
        self.running.remove(&id);
        self.done += 1;
        if let Some(job) = self.jobs.get_mut(&id) {
            job.ended = job.begun;
            job.result = (job.waiting > 0).then(|| Arc::new(families));
            if job.wanted {
                self.queue.push_back(id);
            }
        }
        if let Some(last) = errors.last() {
            self.fail(name, errors.len(), last.clone());
        }
    }
}

impl Pool {
    /// Adds a job; it takes part in the next scrape.
    pub(super) fn add(&self, known: NamedJob) -> u64 {
        let mut state = self.shared.lock();
        let id = state.next;
        state.next += 1;
        let errors = state.errors.entry(Arc::clone(&known.name)).or_default();
        errors.jobs += 1;
        let returns = errors.jobs == 1 && (errors.count > 0 || errors.skipped > 0);
        state.orphans = state.orphans.saturating_sub(usize::from(returns));
        let job = JobState { known, wanted: false, begun: 0, ended: 0, turn: 0, waiting: 0, result: None };
        state.jobs.insert(id, job);
        id
    }

    /// Those jobs whose name is wanted, which is asked without a lock.
    pub(super) fn jobs(&self, wanted: &dyn Fn(&str) -> bool) -> Vec<(Arc<str>, Arc<dyn Job>)> {
        let mut jobs: Vec<(Arc<str>, Arc<dyn Job>)> = {
            let state = self.shared.lock();
            let known = state.jobs.values().map(|job| &job.known);
            known.map(|known| (Arc::clone(&known.name), Arc::clone(&known.job))).collect()
        };
        jobs.retain(|(name, _)| wanted(name));
        jobs
    }

    /// The numbers of the jobs that are wanted, which is asked without a lock.
    fn wanted(&self, wanted: &dyn Fn(u64, Known<'_>) -> bool) -> Vec<u64> {
        let jobs: Vec<(u64, Arc<str>, Arc<[String]>)> = {
            let state = self.shared.lock();
            let known = state.jobs.iter().map(|(id, job)| (id, &job.known));
            known.map(|(&id, known)| (id, Arc::clone(&known.name), Arc::clone(&known.families))).collect()
        };
        let is_wanted =
            |(id, name, families): &(u64, Arc<str>, Arc<[String]>)| wanted(*id, Known { name, families });
        jobs.into_iter().filter(is_wanted).map(|(id, ..)| id).collect()
    }

    /// Removes a job. If it is running, what it hands over is not shown any more.
    pub(super) fn remove(&self, id: u64) {
        let removed = {
            let mut state = self.shared.lock();
            // If it is in the queue, it is passed over there.
            let removed = state.jobs.remove(&id);
            if let Some(job) = &removed {
                state.forget(&job.known.name);
            }
            removed
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

    /// Scrapes in which a job was not begun, by its name.
    pub(super) fn skipped(&self) -> Vec<(Arc<str>, u64)> {
        let state = self.shared.lock();
        let skipped = state.errors.iter().filter(|(_, errors)| errors.skipped > 0);
        skipped.map(|(name, errors)| (Arc::clone(name), errors.skipped)).collect()
    }

    /// Counts an error of something that has no job.
    pub(super) fn fail(&self, name: &str, error: String) {
        self.shared.lock().fail(&Arc::from(name), 1, error);
    }

    pub(super) fn status(&self) -> Vec<CollectorStatus> {
        let state = self.shared.lock();
        let status = |(id, job): (&u64, &JobState)| {
            let errors = state.errors.get(&job.known.name);
            CollectorStatus {
                name: job.known.name.to_string(),
                errors: errors.map_or(0, |errors| errors.count),
                skipped: errors.map_or(0, |errors| errors.skipped),
                last_error: errors.and_then(|errors| errors.last.clone()),
                running: state.running.contains_key(id),
            }
        };
        state.jobs.iter().map(status).collect()
    }

    /// Runs all jobs that are wanted, by number and what is known of them, and returns what they handed over.
    ///
    /// On a thread that is itself running a job, nothing is run.
    pub(super) fn collect(&self, limits: Limits, wanted: &dyn Fn(u64, Known<'_>) -> bool) -> Vec<Collected> {
        if is_collecting() {
            return Vec::new();
        }
        let wanted = self.wanted(wanted);
        let mut state = self.shared.lock();
        state.forget_parent();
        let awaited = state.request(&wanted);
        if awaited.is_empty() {
            return Vec::new();
        }
        if state.available() == 0 {
            state = self.spawn_worker(state);
        } else {
            self.shared.queued.notify_one();
        }
        let in_turn = state.in_turn(&awaited);
        let start = Instant::now();
        let done = state.done;
        let mut more = 1;
        loop {
            let elapsed = start.elapsed();
            if !state.is_waiting(&in_turn, limits.may_miss) || elapsed >= limits.deadline {
                break;
            }
            let before = state.done;
            let patience = limits.patience.min(limits.deadline.saturating_sub(elapsed));
            let (resumed, timeout) =
                self.shared.done.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner);
            state = resumed;
            if timeout.timed_out()
                && (state.done == before || state.is_short_of_workers(done, start.elapsed(), limits.deadline))
            {
                // Twice as many each time, so that a few steps are enough for any number of slow jobs.
                for _ in 0..more {
                    if state.queue.len() > state.starting() && state.workers < MOST_WORKERS {
                        state = self.spawn_worker(state);
                    }
                }
                more *= 2;
            }
        }
        state.take_results(limits.deadline, &awaited)
    }

    /// Starts another worker; if there can be none, does the work on this thread.
    fn spawn_worker<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
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

/// What becomes of a worker that finds nothing to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IfIdle {
    Wait,
    Leave,
}

/// Runs what is queued, until there is no use for this worker.
fn work(shared: &Shared, if_idle: IfIdle) {
    let mut state = shared.lock();
    loop {
        if let Some((id, name, job)) = state.begin() {
            drop(state);
            let result = job::run(job);
            state = shared.lock();
            state.end(id, &name, result);
            shared.done.notify_all();
            continue;
        }
        // One that waits is enough.
        if if_idle == IfIdle::Leave || state.parked > 0 || state.closed {
            state.workers -= 1;
            return;
        }
        state.parked += 1;
        state = shared.queued.wait(state).unwrap_or_else(PoisonError::into_inner);
        state.parked -= 1;
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
