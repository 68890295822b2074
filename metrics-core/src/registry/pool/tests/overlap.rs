//! Scrapes that are under way at the same time.

use super::*;
use crate::{number::Number, snapshot::Value};

/// Hands over how often it was counted when it began, and then waits until it is let go.
struct Counting {
    counted: Arc<AtomicUsize>,
    started: Receiver<()>,
    let_go: Sender<()>,
}

impl Counting {
    fn add(pool: &Pool) -> Self {
        let counted = Arc::new(AtomicUsize::new(0));
        let (started, is_started) = channel();
        let (let_go, is_let_go) = channel();
        let (seen, is_let_go) = (Arc::clone(&counted), Mutex::new(is_let_go));
        pool.add(job("counts", move |families| {
            let counted = seen.load(Ordering::Relaxed);
            started.send(())?;
            is_let_go.lock().unwrap_or_else(PoisonError::into_inner).recv()?;
            families.gauge("counted", "Help.").number(&[], counted);
            Ok(())
        }));
        Self { counted, started: is_started, let_go }
    }

    fn count(&self) {
        self.counted.fetch_add(1, Ordering::Relaxed);
    }

    fn wait(&self) {
        assert_eq!(self.started.recv(), Ok(()));
    }

    fn let_go(&self) {
        assert_eq!(self.let_go.send(()), Ok(()));
    }
}

fn counted(pool: &Pool, limits: Limits) -> Option<f64> {
    let collected = pool.collect(limits, &|_, _| true);
    let family = collected.first()?.families.first()?;
    Some(family.series.first()?.value.as_f64())
}

const PATIENT: Limits = Limits { deadline: HOUR, patience: HOUR, may_miss: 0 };

/// A scrape contains what was counted before it came, however many others are under way; and they share what they can.
#[test]
fn those_who_come_during_a_run_have_another_one() {
    let pool = Pool::default();
    let job = Counting::add(&pool);
    thread::scope(|scope| {
        let first = scope.spawn(|| counted(&pool, PATIENT));
        job.wait();
        job.count();
        let others: Vec<_> = (0..3).map(|_| scope.spawn(|| counted(&pool, PATIENT))).collect();
        wait_for_scrapes(&pool, "counts", 4);
        job.let_go();
        assert_eq!(first.join().ok(), Some(Some(0.0)));
        job.wait();
        // Of this run, too, it would be too late to tell.
        job.count();
        let last = scope.spawn(|| counted(&pool, PATIENT));
        wait_for_scrapes(&pool, "counts", 4);
        job.let_go();
        for other in others {
            assert_eq!(other.join().ok(), Some(Some(1.0)));
        }
        job.wait();
        job.let_go();
        assert_eq!(last.join().ok(), Some(Some(2.0)));
    });
    assert!(job.started.try_recv().is_err(), "it ran once more");
    assert_eq!(errors(&pool, "counts"), 0);
}

/// A scrape that goes on without a job leaves it to those who have more time.
#[test]
fn who_has_more_time_gets_more() {
    let pool = Pool::default();
    let (stuck, started, let_go) = stuck("stuck");
    pool.add(stuck);
    pool.add(good("behind"));
    thread::scope(|scope| {
        let first = scope.spawn(|| names(&pool, PATIENT));
        assert_eq!(started.recv(), Ok(()));
        assert_eq!(names(&pool, Limits { may_miss: 2, ..PATIENT }), [""; 0]);
        pool.shared.done.notify_all();
        assert_eq!(let_go.send(()), Ok(()));
        assert_eq!(let_go.send(()), Ok(()));
        assert_eq!(first.join().ok(), Some(vec!["behind".to_owned(), "stuck".to_owned()]));
    });
}

/// Waits until so many scrapes wait for a job.
fn wait_for_scrapes(pool: &Pool, name: &str, count: usize) {
    let awaited = |job: &JobState| *job.known.name == *name && job.waiting == count;
    while !pool.shared.lock().jobs.values().any(awaited) {
        thread::yield_now();
    }
}

/// A job that shows how often it was begun, and when it is let go.
fn numbered(name: &'static str) -> (NamedJob, Receiver<u64>, Sender<()>) {
    let (started, is_started) = channel();
    let (let_go, is_let_go) = channel();
    let is_let_go = Mutex::new(is_let_go);
    let runs = AtomicUsize::new(0);
    let job = job(name, move |families| {
        let run = runs.fetch_add(1, Ordering::Relaxed) as u64 + 1;
        started.send(run)?;
        is_let_go.lock().unwrap_or_else(PoisonError::into_inner).recv()?;
        families.gauge(name, "Help.").number(&[], run);
        Ok(())
    });
    (job, is_started, let_go)
}

/// The value of each family.
fn values(collected: &[Collected]) -> Vec<u64> {
    let series = collected.iter().flat_map(|collected| collected.families.iter()).flat_map(|it| &it.series);
    series
        .filter_map(
            |series| if let Value::Number(Number::U64(value)) = series.value { Some(value) } else { None },
        )
        .collect()
}

#[test]
fn scrapes_that_come_before_a_run_share_it() {
    let pool = Pool::default();
    let (first, first_started, let_first_go) = numbered("first");
    let (second, second_started, let_second_go) = numbered("second");
    pool.add(first);
    pool.add(second);
    // One worker, so that the second is not begun before the first has returned.
    thread::scope(|scope| {
        let early = scope.spawn(|| values(&pool.collect(PATIENT, &|_, _| true)));
        assert_eq!(first_started.recv(), Ok(1));
        let late = scope.spawn(|| values(&pool.collect(PATIENT, &|_, _| true)));
        wait_for_scrapes(&pool, "second", 2);
        assert_eq!(let_first_go.send(()), Ok(()));
        assert_eq!(second_started.recv(), Ok(1));
        assert_eq!(let_second_go.send(()), Ok(()));
        assert_eq!(early.join().ok(), Some(vec![1, 1]));
        // The first was running when the late one came.
        assert_eq!(first_started.recv(), Ok(2));
        assert_eq!(let_first_go.send(()), Ok(()));
        assert_eq!(late.join().ok(), Some(vec![2, 1]));
    });
    assert!(first_started.try_recv().is_err() && second_started.try_recv().is_err(), "they ran again");
    assert_eq!(pool.shared.lock().workers, 1);
}

#[test]
fn what_was_collected_before_a_scrape_came_is_not_shown_to_it() {
    let pool = Pool::default();
    let (slow, started, let_go) = numbered("slow");
    pool.add(slow);
    thread::scope(|scope| {
        let early = scope.spawn(|| values(&pool.collect(PATIENT, &|_, _| true)));
        assert_eq!(started.recv(), Ok(1));
        let late = pool.shared.lock().request(&[0]);
        assert_eq!(let_go.send(()), Ok(()));
        assert_eq!(early.join().ok(), Some(vec![1]));
        assert_eq!(started.recv(), Ok(2));
        // Its deadline, while what it waits for is running.
        let mut state = pool.shared.lock();
        assert!(late.iter().all(|late| state.is_awaited(*late)));
        assert!(values(&state.take_results(HOUR, &late)).is_empty());
        assert!(state.running.values().all(|running| running.given_up), "no scrape waits for it");
        drop(state);
        assert_eq!((errors(&pool, "slow"), let_go.send(())), (1, Ok(())));
    });
}
