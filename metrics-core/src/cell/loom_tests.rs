//! Models of the lease protocol, explored exhaustively by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p tallymark-core --lib --release loom`

use super::{
    pool::{Lease, Pool, bump, bump_release},
    sync::AtomicU64,
    window::Window,
};
use loom::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

const ONE: usize = 0;
const OTHER: usize = 1;

fn cell(lease: &Lease, slot: usize) -> &AtomicU64 {
    &lease.cells()[slot]
}

fn sum(pool: &Pool, slot: usize) -> u64 {
    pool.read(|reader| {
        reader
            .blocks()
            .filter_map(|block| block.cells().get(slot))
            .map(|cell| cell.load(Ordering::Acquire))
            .sum()
    })
}

#[test]
fn loom_a_block_that_is_handed_on_keeps_its_sums() {
    loom::model(|| {
        let pool = Arc::new(Pool::new());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let pool = Arc::clone(&pool);
                thread::spawn(move || {
                    let window = Window::new();
                    let lease = pool.lease(&window, 1);
                    bump(cell(&lease, ONE), 1);
                    pool.give_back(lease, &window);
                })
            })
            .collect();
        assert!(sum(&pool, ONE) <= 2);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(sum(&pool, ONE), 2);
        assert!(pool.read(|reader| reader.len()) <= 2);
        let window = Window::new();
        let lease = pool.lease(&window, 1);
        bump(cell(&lease, ONE), 1);
        assert_eq!(sum(&pool, ONE), 3);
    });
}

#[test]
fn loom_growing_while_being_read_loses_nothing() {
    loom::model(|| {
        let pool = Arc::new(Pool::new());
        let counter = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                let window = Window::new();
                let lease = pool.lease(&window, 1);
                bump(cell(&lease, ONE), 1);
                let beyond = lease.cells().len();
                pool.grow(lease, &window, beyond + 1);
                bump(cell(&lease, ONE), 1);
                bump(cell(&lease, beyond), 1);
                pool.give_back(lease, &window);
                beyond
            })
        };
        let first = sum(&pool, ONE);
        let second = sum(&pool, ONE);
        assert!(first <= second && second <= 2, "{first} {second}");
        let beyond = counter.join().unwrap();
        assert_eq!((sum(&pool, ONE), sum(&pool, beyond)), (2, 1));
    });
}

#[test]
fn loom_late_writers_and_leases_do_not_meet() {
    loom::model(|| {
        let pool = Arc::new(Pool::new());
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let pool = Arc::clone(&pool);
                thread::spawn(move || {
                    let window = Window::new();
                    let lease = pool.lease(&window, 1);
                    bump(cell(&lease, ONE), 1);
                    pool.give_back(lease, &window);
                    pool.write_late(1, &|cells: &[AtomicU64]| bump(&cells[ONE], 1));
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(sum(&pool, ONE), 4);
    });
}

/// Both cells of a series, summed twice. What is read is what both passes saw.
fn both(pool: &Pool) -> Option<(u64, u64)> {
    let pass = || (sum(pool, OTHER), sum(pool, ONE));
    let first = pass();
    (first == pass()).then_some(first)
}

/// What a reading of several cells relies on: `OTHER` is what was added, `ONE` what was subtracted, by whichever thread.
/// Each thread adds before the other subtracts, so that there is never more than one, nor less than none.
#[test]
fn loom_two_passes_that_agree_held_at_one_moment() {
    // All interleavings of eight reads and as many writes are too many; two preemptions are enough to tear a reading.
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let pool = Arc::new(Pool::new());
        let moved = Arc::new(AtomicBool::new(false));
        let begin = {
            let (pool, moved) = (Arc::clone(&pool), Arc::clone(&moved));
            thread::spawn(move || {
                let window = Window::new();
                let lease = pool.lease(&window, 2);
                bump_release(cell(&lease, OTHER), 1);
                bump_release(cell(&lease, ONE), 1);
                bump_release(cell(&lease, OTHER), 1);
                // The task moves to another thread.
                moved.store(true, Ordering::Release);
                pool.give_back(lease, &window);
            })
        };
        let end = {
            let (pool, moved) = (Arc::clone(&pool), Arc::clone(&moved));
            thread::spawn(move || {
                if moved.load(Ordering::Acquire) {
                    let window = Window::new();
                    let lease = pool.lease(&window, 2);
                    bump_release(cell(&lease, ONE), 1);
                    pool.give_back(lease, &window);
                }
            })
        };
        if let Some((added, taken)) = both(&pool) {
            assert!(taken <= added && added - taken <= 1, "{taken} subtracted from {added}");
        }
        begin.join().unwrap();
        end.join().unwrap();
    });
}

/// A window that a reader has closed is opened again, unless its thread has gone.
#[test]
fn loom_a_pause_ends_and_opens_no_window_that_is_closed_for_good() {
    loom::model(|| {
        let pool = Arc::new(Pool::new());
        let counter = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                let window = Window::new();
                let lease = pool.lease(&window, 1);
                if window.len() == 0 {
                    pool.grow(lease, &window, 1);
                }
                bump_release(cell(&lease, ONE), 1);
                pool.give_back(lease, &window);
                assert_eq!(window.len(), 0);
            })
        };
        pool.read(|reader| reader.pause());
        counter.join().unwrap();
        assert_eq!(sum(&pool, ONE), 1);
    });
}
