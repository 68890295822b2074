//! Models of the lease protocol, explored exhaustively by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p tallymark-core --lib --release loom`

use super::{
    pool::{Lease, Pool, bump, bump_release},
    sync::AtomicU64,
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
    assert!(slot < lease.len);
    unsafe { lease.cells.add(slot).as_ref() }
}

fn sum(pool: &Pool, slot: usize) -> u64 {
    pool.read(|blocks| {
        blocks
            .iter()
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
                    let lease = pool.lease(1);
                    bump(cell(&lease, ONE), 1);
                    pool.give_back(lease);
                })
            })
            .collect();
        assert!(sum(&pool, ONE) <= 2);
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(sum(&pool, ONE), 2);
        assert!(pool.read(|blocks| blocks.len()) <= 2);
        let lease = pool.lease(1);
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
                let mut lease = pool.lease(1);
                bump(cell(&lease, ONE), 1);
                let beyond = lease.len;
                pool.grow(&mut lease, beyond + 1);
                bump(cell(&lease, ONE), 1);
                bump(cell(&lease, beyond), 1);
                pool.give_back(lease);
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
                    let lease = pool.lease(1);
                    bump(cell(&lease, ONE), 1);
                    pool.give_back(lease);
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

/// What `UpDownCounter` relies on: `OTHER` is what was added, `ONE` what was subtracted.
#[test]
fn loom_an_end_is_not_seen_without_its_beginning() {
    loom::model(|| {
        let pool = Arc::new(Pool::new());
        let moved = Arc::new(AtomicBool::new(false));
        let begin = {
            let (pool, moved) = (Arc::clone(&pool), Arc::clone(&moved));
            thread::spawn(move || {
                let lease = pool.lease(2);
                bump(cell(&lease, OTHER), 1);
                // The task moves to another thread.
                moved.store(true, Ordering::Release);
            })
        };
        let end = {
            let (pool, moved) = (Arc::clone(&pool), Arc::clone(&moved));
            thread::spawn(move || {
                let lease = pool.lease(2);
                if moved.load(Ordering::Acquire) {
                    bump_release(cell(&lease, ONE), 1);
                }
            })
        };
        let taken = sum(&pool, ONE);
        let added = sum(&pool, OTHER);
        assert!(taken <= added, "{taken} subtracted from {added}");
        begin.join().unwrap();
        end.join().unwrap();
    });
}
