//! Every job gets its turn.

use super::*;

/// A deadline that has passed before anything can be done.
const NOW: Limits = Limits { deadline: Duration::ZERO, patience: Duration::ZERO, may_miss: 0 };

#[test]
fn what_was_not_begun_comes_first_the_next_time_and_is_not_blamed() {
    let pool = Pool::default();
    let ids: Vec<u64> = ["a", "b", "c", "d", "e"].map(|name| pool.add(good(name))).into();
    let mut state = pool.shared.lock();
    let mut order = Vec::new();
    for _ in 0..5 {
        let awaited = state.request(&ids);
        // Two of five are begun by the deadline.
        for _ in 0..2 {
            let (id, name, _) = state.begin().expect("queued");
            state.end(id, &name, (Vec::new(), Vec::new()));
            order.push(id);
        }
        state.take_results(Duration::ZERO, &awaited);
        assert!(state.queue.is_empty());
    }
    assert_eq!(order, [&ids[..], &ids[..]].concat());
    drop(state);
    assert!(pool.errors().iter().all(|(_, errors)| *errors == 0));
    assert!(pool.skipped().iter().all(|(_, skipped)| *skipped == 3));
    assert_eq!(pool.skipped().len(), 5);
    assert!(pool.status().iter().all(|status| status.skipped == 3 && status.last_error.is_some()));
}

/// Whenever a job has ended, the others are looked for from the end of that order, where few have ended.
#[test]
fn what_is_waited_for_is_in_the_order_in_which_it_begins() {
    let pool = Pool::default();
    let ids: Vec<u64> = ["a", "b", "c", "d", "e"].map(|name| pool.add(good(name))).into();
    let mut state = pool.shared.lock();
    for _ in 0..5 {
        let awaited = state.request(&ids);
        let in_turn = state.in_turn(&awaited);
        assert!(state.is_waiting(&in_turn, 4) && !state.is_waiting(&in_turn, 5));
        for expected in &in_turn[..2] {
            let (id, name, _) = state.begin().expect("queued");
            assert_eq!(id, expected.id);
            state.end(id, &name, (Vec::new(), Vec::new()));
        }
        assert!(state.is_waiting(&in_turn, 2) && !state.is_waiting(&in_turn, 3));
        state.take_results(Duration::ZERO, &awaited);
    }
}

#[test]
fn what_was_begun_and_is_not_done_is_late() {
    let pool = Pool::default();
    let id = pool.add(good("slow"));
    let mut state = pool.shared.lock();
    let awaited = state.request(&[id]);
    assert!(state.begin().is_some());
    assert!(state.take_results(Duration::ZERO, &awaited).is_empty());
    drop(state);
    assert_eq!((errors(&pool, "slow"), pool.skipped().len()), (1, 0));
}

#[test]
fn hundreds_that_never_return_do_not_hide_one_that_does() {
    let pool = Pool::default();
    let hung: Vec<_> = (0..200).map(|_| stuck("hung")).collect();
    let mut ends = Vec::new();
    for (job, started, let_go) in hung {
        pool.add(job);
        ends.push((started, let_go));
    }
    pool.add(good("healthy"));
    let found = pool.collect(missing(200), &|_, _| true);
    assert_eq!(found.iter().map(|found| &*found.name).collect::<Vec<_>>(), ["healthy"]);
    for _ in 0..3 {
        assert_eq!(pool.collect(missing(0), &|_, _| true).len(), 1);
    }
    for (_, let_go) in ends {
        let _ = let_go.send(());
    }
}

#[test]
fn names_that_came_and_went_are_bounded_and_no_error_is_forgotten() {
    let pool = Pool::default();
    let passing = 3 * MOST_NAMES;
    for number in 0..passing {
        let name: &'static str = format!("passing {number}").leak();
        pool.remove(pool.add(good(name)));
        let id = pool.add(good(name));
        pool.fail(name, "for a test".to_owned());
        pool.remove(id);
    }
    let errors = pool.errors();
    assert!(errors.len() <= MOST_NAMES + 1, "{}", errors.len());
    assert_eq!(errors.iter().map(|(_, errors)| errors).sum::<u64>(), passing as u64);
    assert!(pool.collect(NOW, &|_, _| true).is_empty());
}

/// Panics when it is shown, and when it is dropped.
#[derive(Debug)]
struct Nasty;

impl fmt::Display for Nasty {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::panic::panic_any(Nasty)
    }
}

impl std::error::Error for Nasty {}

impl Drop for Nasty {
    fn drop(&mut self) {
        assert!(thread::panicking(), "dropped");
    }
}

#[test]
fn errors_that_panic_are_errors_and_their_collector_is_asked_again() {
    let pool = Pool::default();
    pool.add(job("nasty", |_| Err(Box::new(Nasty))));
    pool.add(job("nastier", |_| std::panic::panic_any(Nasty)));
    pool.add(good("good"));
    for round in 1..4 {
        let found = pool.collect(missing(0), &|_, _| true);
        assert_eq!(found.iter().filter(|found| &*found.name == "good").count(), 1);
        for (name, errors) in pool.errors() {
            assert_eq!(errors, if &*name == "good" { 0 } else { round }, "{name}");
        }
    }
}

#[test]
fn who_is_wanted_is_asked_without_a_lock() {
    let pool = Pool::default();
    pool.add(good("a"));
    assert_eq!(pool.collect(missing(0), &|_, _| pool.status().len() == 1).len(), 1);
    assert_eq!(pool.jobs(&|_| pool.errors().len() == 1).len(), 1);
}
