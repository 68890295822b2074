//! Real threads on real cells. Loom explores the protocol; these look for what a model leaves out.

use super::{First, Layout, Scope, UNASSIGNED, add_slow, assign, observe_slow, try_add, try_observe};
use std::{
    sync::{
        Barrier, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

const ONE: Layout = Layout { floats: 0, integers: 1, level: false };

/// Miri is a thousand times slower, and looks at each step closely instead.
const fn times(native: u64, miri: u64) -> u64 {
    if cfg!(miri) { miri } else { native }
}

fn add(slot: u32) {
    if !try_add(slot, 1) {
        add_slow(slot, 1);
    }
}

fn sum(slot: u32) -> u64 {
    super::sum(Scope::Process, slot, ONE)[0]
}

fn new_slots(width: u32) -> u32 {
    assign(&First::new(), width)
}

#[test]
fn no_count_is_lost_between_threads_that_count_grow_and_are_read() {
    let (threads, each) = (times(4, 2), times(200_000, 40));
    let (growths, width) = (times(10, 4), times(600, 30) as u32);
    let slot = new_slots(1);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut last = 0;
            while !done.load(Ordering::Acquire) {
                let now = sum(slot);
                assert!(now >= last, "a counter went down from {last} to {now}");
                last = now;
            }
        });
        let counters: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(move || {
                    for n in 0..each {
                        add(slot);
                        if n % (each / growths) == 0 {
                            // A slot beyond the block, which has to grow.
                            add(new_slots(width));
                        }
                    }
                })
            })
            .collect();
        for counter in counters {
            counter.join().unwrap();
        }
        done.store(true, Ordering::Release);
        reader.join().unwrap();
    });
    assert_eq!(sum(slot), threads * each);
}

#[test]
fn ended_threads_leave_their_counts_and_their_blocks() {
    let (rounds, at_once) = (times(1250, 3), times(8, 3));
    let slot = new_slots(1);
    let before = super::lease::blocks();
    for _ in 0..rounds {
        thread::scope(|scope| {
            let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(|| add(slot))).collect();
            // The scope waits for what they do. Joined, they have given their blocks back, too.
            for thread in threads {
                thread.join().unwrap();
            }
        });
    }
    assert_eq!(sum(slot), rounds * at_once);
    // Other tests run in this process too; ten thousand threads would still stand out.
    assert!(super::lease::blocks() - before < 200, "{} more blocks", super::lease::blocks() - before);
}

/// Keeps those apart that have many blocks and those that count how many there are.
static BLOCKS: Mutex<()> = Mutex::new(());

#[test]
fn blocks_follow_the_processors_and_not_the_threads() {
    let _alone = BLOCKS.lock();
    let (threads, each) = (times(64, 6), times(20_000, 10));
    let slot = new_slots(1);
    let layout = Layout { floats: 1, integers: 3, level: false };
    let series = new_slots(layout.width());
    let before = super::lease::blocks();
    // All of them are alive when the last one begins.
    let all = Barrier::new(threads as usize);
    thread::scope(|scope| {
        for thread in 0..threads {
            let all = &all;
            scope.spawn(move || {
                add(slot);
                all.wait();
                for n in 0..each {
                    add(slot);
                    let bucket = ((thread + n) % 3) as u32;
                    if !try_observe::<1>(series, 0, bucket, 0.5) {
                        observe_slow::<1>(series, 0, bucket, 0.5);
                    }
                    if n == each / 2 {
                        add(new_slots(times(600, 30) as u32));
                    }
                }
            });
        }
        for _ in 0..times(200, 2) {
            let cells = super::sum(Scope::Process, series, layout);
            let (sum, count) = (f64::from_bits(cells[0]), cells[1..].iter().sum::<u64>());
            // Of an observation, the count comes last: each thread may be within one.
            let ahead = sum / 0.5 - count as f64;
            assert!((0.0..=threads as f64).contains(&ahead), "{sum} of {count}");
        }
    });
    assert_eq!(sum(slot), threads * (each + 1));
    let cells = super::sum(Scope::Process, series, layout);
    assert_eq!(cells[0], ((threads * each) as f64 * 0.5).to_bits());
    assert_eq!(cells[1..].iter().sum::<u64>(), threads * each);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    // Twice the processors and one for each processor; other tests ask for some of their own meanwhile.
    let added = super::lease::blocks() - before;
    assert!(added <= 3 * processors + 8, "{added} more blocks");
}

#[test]
fn a_thread_that_is_to_know_its_own_counts_has_a_block_even_if_there_is_no_room() {
    let _alone = BLOCKS.lock();
    let threads = times(64, 6);
    let slot = new_slots(1);
    let all = Barrier::new(threads as usize);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                // Most of them find no room.
                add(slot);
                all.wait();
                let own = || super::sum(Scope::Thread, slot, ONE)[0];
                let before = own();
                all.wait();
                for n in 1..=times(1_000, 3) {
                    add(slot);
                    assert_eq!(own(), before + n);
                }
            });
        }
    });
    assert_eq!(sum(slot), threads * (times(1_000, 3) + 1));
}

#[test]
fn destructors_of_a_thread_still_count() {
    struct CountsWhenDropped(u32);
    impl Drop for CountsWhenDropped {
        fn drop(&mut self) {
            add(self.0);
        }
    }
    thread_local!(static LAST: std::cell::Cell<Option<CountsWhenDropped>> = const { std::cell::Cell::new(None) });

    let slot = new_slots(1);
    let threads = times(100, 3);
    for before_the_lease in [true, false] {
        for _ in 0..threads {
            thread::spawn(move || {
                // Destructors run in the order of first use, or in the opposite one, as the platform likes.
                if before_the_lease {
                    LAST.set(Some(CountsWhenDropped(slot)));
                }
                add(slot);
                if !before_the_lease {
                    LAST.set(Some(CountsWhenDropped(slot)));
                }
            })
            .join()
            .unwrap();
        }
    }
    assert_eq!(sum(slot), threads * 4);
}

#[test]
fn a_thread_sees_its_own_counts_alone() {
    let slot = new_slots(1);
    let own = || super::sum(Scope::Thread, slot, ONE)[0];
    add(slot);
    let before = own();
    thread::spawn(move || add(slot)).join().unwrap();
    assert_eq!(own(), before);
    add(slot);
    assert_eq!((own(), sum(slot)), (before + 1, 3));
}

#[test]
fn two_threads_that_assign_agree() {
    for _ in 0..times(1000, 10) {
        let first = First::new();
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                barrier.wait();
                assign(&first, 1)
            });
            barrier.wait();
            assert_eq!(assign(&first, 1), other.join().unwrap());
        });
    }
}

#[test]
fn an_observation_is_one_bucket_and_the_sum() {
    let layout = Layout { floats: 1, integers: 3, level: false };
    let first = new_slots(layout.width());
    for (bucket, value) in [(0, 0.5), (2, 4.0), (2, 8.0)] {
        if !try_observe::<1>(first, 0, bucket, value) {
            observe_slow::<1>(first, 0, bucket, value);
        }
    }
    let cells = super::sum(Scope::Process, first, layout);
    assert_eq!((f64::from_bits(cells[0]), &cells[1..]), (12.5, &[1, 0, 2][..]));
}

#[test]
fn an_unassigned_slot_reaches_no_cell() {
    assert!(!try_add(UNASSIGNED, 1));
    assert!(!try_observe::<1>(UNASSIGNED, 0, 3, 1.0));
    assert!(!try_observe::<1>(u32::MAX, 0, u32::MAX, 1.0));
    assert!(!try_add(UNASSIGNED + 100_000, 1));
    assert!(!try_add(super::MARK, 1));
}

#[test]
fn words_keep_their_place() {
    let words: Vec<_> =
        (0..300).map(|n| super::assign_words(&First::new(), n % 7 + 1, u64::from(n))).collect();
    for (n, &first) in words.iter().enumerate() {
        let n = n as u32;
        for place in first..=first + n % 7 {
            assert_eq!(super::word(place).load(), u64::from(n));
        }
    }
}
