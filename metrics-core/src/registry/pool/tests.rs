mod overlap;
mod turns;

use super::*;
use crate::{
    collector::{CollectError, Families},
    descriptor::Kind,
    registry::job::message,
};
use std::{
    borrow::Cow,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

const HOUR: Duration = Duration::from_secs(3600);

/// No scrape here waits for time to pass: it ends when this many jobs are left, and sees at once that one is slow.
const fn missing(may_miss: usize) -> Limits {
    Limits { deadline: HOUR, patience: Duration::from_millis(1), may_miss }
}

struct Test<F>(&'static str, F);

impl<F: Fn(&mut Families) -> Result<(), CollectError> + Send + Sync> Job for Test<F> {
    fn name(&self) -> Cow<'_, str> {
        self.0.into()
    }

    fn run(&self, families: &mut Families) -> Result<(), CollectError> {
        (self.1)(families)
    }
}

fn job(
    name: &'static str,
    run: impl Fn(&mut Families) -> Result<(), CollectError> + Send + Sync + 'static,
) -> NamedJob {
    NamedJob::new(Arc::new(Test(name, run)))
}

/// Hands over one gauge of its name.
fn good(name: &'static str) -> NamedJob {
    job(name, move |families| {
        families.gauge(name, "Help.").number(&[], 1_u64);
        Ok(())
    })
}

/// Waits until it is let go; says that it runs, each time.
fn stuck(name: &'static str) -> (NamedJob, Receiver<()>, Sender<()>) {
    let (started, is_started) = channel();
    let (let_go, is_let_go) = channel();
    let is_let_go = Mutex::new(is_let_go);
    let job = job(name, move |families| {
        started.send(())?;
        is_let_go.lock().unwrap_or_else(PoisonError::into_inner).recv()?;
        families.gauge(name, "Help.").number(&[], 1_u64);
        Ok(())
    });
    (job, is_started, let_go)
}

fn names(pool: &Pool, limits: Limits) -> Vec<String> {
    let mut names: Vec<String> = pool
        .collect(limits, &|_, _| true)
        .iter()
        .flat_map(|collected| collected.families.iter())
        .map(|family| family.name.clone())
        .collect();
    names.sort();
    names
}

fn errors(pool: &Pool, name: &str) -> u64 {
    pool.errors().iter().filter(|(known, _)| **known == *name).map(|(_, errors)| errors).sum()
}

fn last_error(pool: &Pool, name: &str) -> Option<String> {
    pool.status().into_iter().find(|status| status.name == name)?.last_error
}

#[test]
fn one_worker_runs_them_all_and_waits_for_the_next_scrape() {
    let pool = Pool::default();
    assert_eq!(names(&pool, missing(0)), [""; 0]);
    assert_eq!(pool.shared.lock().workers, 0);
    for name in ["a", "b", "c"] {
        pool.add(good(name));
    }
    let patient = Limits { deadline: HOUR, patience: HOUR, may_miss: 0 };
    for _ in 0..100 {
        assert_eq!(names(&pool, patient), ["a", "b", "c"]);
    }
    assert_eq!(pool.shared.lock().workers, 1);
}

/// After a fork, the copy of the pool counts workers that are threads of the parent.
#[test]
#[cfg(unix)]
fn workers_of_another_process_are_not_waited_for() {
    let pool = Pool::default();
    pool.add(good("a"));
    let b = pool.add(good("b"));
    assert_eq!(names(&pool, missing(0)), ["a", "b"]);
    {
        let mut state = pool.shared.lock();
        // What a fork may find: one that waits, and one in the middle of a run that others wait for.
        state.process = state.process.wrapping_add(1);
        state.workers += 1;
        state.running.insert(b, Running { since: Instant::now(), given_up: false });
        let job = state.jobs.get_mut(&b).expect("a job");
        job.begun += 1;
        job.waiting += 1;
    }
    // A scrape that waited for them would wait for ever.
    assert_eq!(names(&pool, missing(0)), ["a", "b"]);
    assert_eq!(pool.shared.lock().workers, 1);
    assert_eq!(pool.errors().iter().map(|(_, errors)| errors).sum::<u64>(), 0);
}

#[test]
fn a_panic_costs_its_own_families() {
    let pool = Pool::default();
    pool.add(good("before"));
    pool.add(job("panics", |families| {
        families.gauge("half", "Help.").number(&[], 1_u64);
        panic!("on purpose");
    }));
    pool.add(good("behind"));
    for round in 1..=3 {
        assert_eq!(names(&pool, missing(0)), ["before", "behind"]);
        assert_eq!(errors(&pool, "panics"), round);
    }
    assert_eq!(last_error(&pool, "panics").as_deref(), Some("panicked: on purpose"));
    assert_eq!(errors(&pool, "before"), 0);
}

#[test]
fn an_error_costs_what_was_yet_to_come() {
    let pool = Pool::default();
    pool.add(job("fails", |families| {
        families.gauge("first", "Help.").number(&[], 1_u64);
        Err("no connection".into())
    }));
    assert_eq!(names(&pool, missing(0)), ["first"]);
    assert_eq!(errors(&pool, "fails"), 1);
    assert_eq!(last_error(&pool, "fails").as_deref(), Some("no connection"));
}

#[test]
fn a_stuck_job_costs_its_own_families_and_is_not_started_again() {
    let pool = Pool::default();
    let (job, started, let_go) = stuck("stuck");
    pool.add(job);
    pool.add(good("a"));
    pool.add(good("b"));
    // The stuck one is first, so another worker must have taken the rest.
    assert_eq!(names(&pool, missing(1)), ["a", "b"]);
    assert_eq!(started.recv(), Ok(()));
    assert_eq!(errors(&pool, "stuck"), 1);
    for round in 2..=4 {
        assert_eq!(names(&pool, missing(0)), ["a", "b"]);
        assert_eq!(errors(&pool, "stuck"), round);
        assert!(started.try_recv().is_err(), "it was started again");
    }
    assert!(pool.status().iter().any(|status| status.name == "stuck" && status.running));
    assert_eq!(let_go.send(()), Ok(()));
    wait_until(&pool, |state| state.running.is_empty());
    // It has returned, so it takes part again, and what it handed over too late is not shown.
    assert_eq!(let_go.send(()), Ok(()));
    assert_eq!(names(&pool, missing(0)), ["a", "b", "stuck"]);
    assert_eq!(errors(&pool, "stuck"), 4);
}

fn wait_until(pool: &Pool, reached: impl Fn(&State) -> bool) {
    let state = pool.shared.lock();
    let _state =
        pool.shared.done.wait_while(state, |state| !reached(state)).unwrap_or_else(PoisonError::into_inner);
}

#[test]
fn jobs_that_wait_for_one_another_all_come_to_run() {
    let pool = Pool::default();
    let barrier = Arc::new(Barrier::new(3));
    for name in ["a", "b", "c"] {
        let barrier = Arc::clone(&barrier);
        pool.add(job(name, move |families| {
            barrier.wait();
            families.gauge(name, "Help.").number(&[], 1_u64);
            Ok(())
        }));
    }
    assert_eq!(names(&pool, missing(0)), ["a", "b", "c"]);
}

#[test]
fn a_deadline_of_zero_waits_for_nothing() {
    let pool = Pool::default();
    let (job, _started, let_go) = stuck("stuck");
    pool.add(job);
    assert_eq!(names(&pool, Limits::new(Duration::ZERO)), [""; 0]);
    let skipped: u64 = pool.skipped().iter().map(|(_, skipped)| skipped).sum();
    assert_eq!(errors(&pool, "stuck") + skipped, 1, "late, or not begun");
    drop(let_go);
}

#[test]
fn a_removed_job_is_dropped_and_not_run() {
    let pool = Pool::default();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let id = pool.add(job("a", move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }));
    names(&pool, missing(0));
    pool.remove(id);
    pool.remove(id);
    names(&pool, missing(0));
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    // The worker lets go of its copy right after the run, which the scrape did not wait for.
    wait_until(&pool, |state| state.running.is_empty());
    assert_eq!(Arc::strong_count(&runs), 1);
}

#[test]
fn a_job_removed_while_it_runs_shows_nothing() {
    let pool = Pool::default();
    let (job, started, let_go) = stuck("stuck");
    let id = pool.add(job);
    thread::scope(|scope| {
        let scrape = scope.spawn(|| names(&pool, missing(0)));
        assert_eq!(started.recv(), Ok(()));
        pool.remove(id);
        assert_eq!(scrape.join().ok(), Some(Vec::new()));
    });
    assert_eq!(let_go.send(()), Ok(()));
}

#[test]
fn a_scrape_within_a_job_runs_no_jobs() {
    let pool = Arc::new(Pool::default());
    let inner = Arc::clone(&pool);
    pool.add(job("scrapes", move |families| {
        assert!(is_collecting());
        let found = names(&inner, missing(0)).len();
        families.gauge("found", "Help.").number(&[], found);
        Ok(())
    }));
    pool.add(good("other"));
    assert!(!is_collecting());
    assert_eq!(names(&pool, missing(0)), ["found", "other"]);
}

#[test]
fn what_cannot_be_shown_is_left_out_and_counted() {
    let pool = Pool::default();
    pool.add(job("odd", |families| {
        families.gauge("not a name", "Help.").number(&[], 1_u64);
        families.gauge("twice", "Help.").number(&[("a", "1")], 1_u64).number(&[("a", "1")], 2_u64);
        families.gauge("label", "Help.").number(&[("not-a-label", "1")], 1_u64);
        families.family("label", "Help.", Kind::Counter).number(&[], 1_u64);
        Ok(())
    }));
    let collected = pool.collect(missing(0), &|_, _| true);
    let series: Vec<(String, usize)> = collected
        .iter()
        .flat_map(|collected| collected.families.iter())
        .map(|family| (family.name.clone(), family.series.len()))
        .collect();
    assert_eq!(series, [("twice".to_owned(), 1), ("label".to_owned(), 0)]);
    assert_eq!(errors(&pool, "odd"), 4);
}

#[test]
fn errors_outlive_the_job() {
    let pool = Pool::default();
    let id = pool.add(job("fails", |_| Err("always".into())));
    names(&pool, missing(0));
    pool.remove(id);
    assert_eq!(errors(&pool, "fails"), 1);
    assert_eq!(pool.status(), []);
}

#[test]
fn a_pool_that_is_gone_leaves_no_thread_waiting() {
    let pool = Pool::default();
    pool.add(good("a"));
    names(&pool, missing(0));
    let shared = Arc::downgrade(&pool.shared);
    drop(pool);
    while shared.strong_count() > 0 {
        thread::yield_now();
    }
}

#[test]
fn panics_are_quoted() {
    assert_eq!(message(&"text"), "text");
    assert_eq!(message(&"text".to_owned()), "text");
    assert_eq!(message(&1), "with something that is not text");
}
