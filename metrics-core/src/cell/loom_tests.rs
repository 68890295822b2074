//! Models of the lease protocol, explored exhaustively by loom.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p tallymark-core --lib --release loom`

use super::{
    pool::{Lease, Pool, bump, bump_release},
    spill::Spills,
    sync::{AtomicU64, Mutex, fence, lock},
    window::Window,
};
use loom::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use std::{cell::Cell, ops::Deref};

const ONE: usize = 0;
const OTHER: usize = 1;

/// Those of a process.
struct Blocks {
    pool: Pool,
    spills: Spills,
}

impl Blocks {
    fn new() -> Self {
        Self { pool: Pool::new(), spills: Spills::new() }
    }
}

impl Deref for Blocks {
    type Target = Pool;

    fn deref(&self) -> &Pool {
        &self.pool
    }
}

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
        let pool = Arc::new(Blocks::new());
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
        let pool = Arc::new(Blocks::new());
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

/// Adds to a cell of the window that a thread borrows.
fn bump_in(window: &Window, slot: usize) -> bool {
    let is_open = slot < window.len();
    if is_open {
        // SAFETY: within the block, and who borrows its window is the only one to write to it.
        bump_release(unsafe { window.cells().add(slot).as_ref() }, 1);
    }
    is_open
}

/// Threads that take turns in a block, or in two, one of them after it has given its own back.
#[test]
fn loom_threads_that_take_turns_lose_nothing() {
    for most in [1, 2] {
        let mut model = loom::model::Builder::new();
        model.max_branches = 10_000;
        model.preemption_bound = Some(3);
        model.check(move || {
            let pool = Arc::new(Blocks::new());
            pool.spills.set_most(most);
            let other = {
                let pool = Arc::clone(&pool);
                thread::spawn(move || {
                    let window = Window::new();
                    pool.spills.count(&pool, &window, 1, &|window| bump_in(window, ONE));
                    pool.spills.count(&pool, &window, 1, &|window| bump_in(window, ONE));
                })
            };
            let window = Window::new();
            let lease = pool.lease(&window, 1);
            bump(cell(&lease, ONE), 1);
            pool.give_back(lease, &window);
            pool.spills.count(&pool, &window, 1, &|window| bump_in(window, ONE));
            other.join().unwrap();
            assert_eq!(sum(&pool, ONE), 4);
            assert!(pool.read(|reader| reader.len()) <= 3);
        });
    }
}

/// A reader closes the window of a block while threads take turns in it, and one of them makes the block longer.
#[test]
fn loom_a_borrowed_window_is_closed_and_grows_as_others_do() {
    let mut model = loom::model::Builder::new();
    model.max_branches = 10_000;
    model.preemption_bound = Some(3);
    model.check(|| {
        let pool = Arc::new(Blocks::new());
        let threads: Vec<_> = (0..2)
            .map(|thread| {
                let pool = Arc::clone(&pool);
                thread::spawn(move || {
                    let window = Window::new();
                    let slot = if thread == 0 { ONE } else { 100 };
                    pool.spills.count(&pool, &window, slot + 1, &|window| bump_in(window, slot));
                })
            })
            .collect();
        pool.read(|reader| reader.pause());
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!((sum(&pool, ONE), sum(&pool, 100)), (1, 1));
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
        let pool = Arc::new(Blocks::new());
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
        let pool = Arc::new(Blocks::new());
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

/// What counting does through a handle: the slot of a series whose generation is `number`, in the order of
/// `lease::reach_then`. Returns whether it was counted, if only in vain.
fn count(pool: &Blocks, window: &Window, lease: Lease, (now, number): (&AtomicU64, u64)) -> bool {
    for _ in 0..2 {
        if now.load(Ordering::Relaxed) != number {
            return false;
        }
        if ONE < window.len() {
            bump(cell(&lease, ONE), 1);
            return true;
        }
        pool.grow(lease, window, 1);
    }
    count_in_turn(pool, window, (now, number))
}

/// What counting does on a thread that has no block of its own.
fn count_in_turn(pool: &Blocks, window: &Window, (now, number): (&AtomicU64, u64)) -> bool {
    let counted = Cell::new(false);
    pool.spills.count(pool, window, 1, &|window| {
        let is_alive = now.load(Ordering::Relaxed) == number;
        counted.set(is_alive && bump_in(window, ONE));
        counted.get() || !is_alive
    });
    counted.get()
}

/// What a reader sees of a slot, cells that were not reset yet left out.
fn valid_sum(pool: &Pool) -> u64 {
    pool.read(|reader| {
        let last = reader.last_reset(ONE as u32);
        reader
            .blocks()
            .filter(|block| last <= block.resets())
            .filter_map(|block| block.cells().get(ONE))
            .map(|cell| cell.load(Ordering::Acquire))
            .sum()
    })
}

/// Ends a series and resets its slot, as giving it to another series does.
fn give_to_another(pool: &Pool, now: &AtomicU64) {
    pool.prepare_reset(0..1);
    pool.read(|reader| {
        reader.pause();
        now.store(1, Ordering::Release);
        reader.reset(0..1);
    });
}

/// A thread counts through a handle from before while the slot is given to another series: at whatever moment, nothing of
/// it is in that series. What is counted through its own handle is, on the same thread and on others.
#[test]
fn loom_nothing_from_before_is_in_the_series_that_comes_after() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let (pool, now) = (Arc::new(Blocks::new()), Arc::new(AtomicU64::new(0)));
        let old = {
            let (pool, now) = (Arc::clone(&pool), Arc::clone(&now));
            thread::spawn(move || {
                let window = Window::new();
                let lease = pool.lease(&window, 1);
                count(&pool, &window, lease, (&now, 0));
                count(&pool, &window, lease, (&now, 0));
                // The series that comes after, if the thread has heard of it.
                let new = now.load(Ordering::Acquire) == 1;
                assert!(!new || count(&pool, &window, lease, (&now, 1)));
                pool.give_back(lease, &window);
                u64::from(new)
            })
        };
        give_to_another(&pool, &now);
        assert!(valid_sum(&pool) <= 1);
        let window = Window::new();
        let lease = pool.lease(&window, 1);
        assert!(count(&pool, &window, lease, (&now, 1)));
        pool.give_back(lease, &window);
        let counted = old.join().unwrap();
        assert_eq!(valid_sum(&pool), 1 + counted);
    });
}

/// The same of threads that take turns in a block: one of them waits for it with a handle from before, and the other one makes
/// up for the reset meanwhile.
#[test]
fn loom_nothing_from_before_is_in_a_series_that_threads_take_turns_in() {
    let mut model = loom::model::Builder::new();
    model.max_branches = 10_000;
    model.preemption_bound = Some(3);
    model.check(|| {
        let (pool, now) = (Arc::new(Blocks::new()), Arc::new(AtomicU64::new(0)));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (pool, now) = (Arc::clone(&pool), Arc::clone(&now));
                thread::spawn(move || {
                    let window = Window::new();
                    count_in_turn(&pool, &window, (&now, 0));
                    let new = now.load(Ordering::Acquire) == 1;
                    assert!(!new || count_in_turn(&pool, &window, (&now, 1)));
                    u64::from(new)
                })
            })
            .collect();
        give_to_another(&pool, &now);
        let counted: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(valid_sum(&pool), counted);
    });
}

/// A thread that missed more resets than are remembered one by one looks through all slots.
#[test]
fn loom_a_thread_that_missed_many_resets_makes_up_for_all() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let (pool, now) = (Arc::new(Blocks::new()), Arc::new(AtomicU64::new(0)));
        let window = Window::new();
        let lease = pool.lease(&window, 1);
        assert!(count(&pool, &window, lease, (&now, 0)));
        pool.prepare_reset(0..4);
        let other = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                for slot in [3, 2, 0] {
                    pool.read(|reader| reader.reset(slot..slot + 1));
                }
            })
        };
        let before = valid_sum(&pool);
        assert!(before <= 1);
        other.join().unwrap();
        assert_eq!(valid_sum(&pool), 0);
        assert!(count(&pool, &window, lease, (&now, 0)));
        assert_eq!(valid_sum(&pool), 1);
        pool.give_back(lease, &window);
    });
}

/// A thread writes to a shared word through a handle from before while the word is given to another series: either it
/// announced that in time, or it sees that its series is over.
#[test]
fn loom_a_shared_word_is_not_written_to_for_a_series_that_is_over() {
    loom::model(|| {
        let (pool, now) = (Arc::new(Blocks::new()), Arc::new(AtomicU64::new(0)));
        let word = Arc::new(AtomicU64::new(0));
        let old = {
            let (pool, now, word) = (Arc::clone(&pool), Arc::clone(&now), Arc::clone(&word));
            thread::spawn(move || {
                let window = Window::new();
                let lease = pool.lease(&window, 1);
                window.announce(1);
                if now.load(Ordering::Relaxed) == 0 {
                    word.store(7, Ordering::Relaxed);
                }
                window.announce(0);
                pool.give_back(lease, &window);
            })
        };
        let given = pool.read(|reader| {
            now.store(1, Ordering::Release);
            !reader.is_announced(1) && word.load(Ordering::Relaxed) == 0
        });
        if given {
            word.store(1, Ordering::Relaxed);
        }
        old.join().unwrap();
        assert!(!given || word.load(Ordering::Relaxed) == 1);
    });
}

/// Where a thread that writes to a shared word is when the system has it pass a fence.
#[derive(Clone, Copy, PartialEq)]
enum Passes {
    BeforeItAnnounces,
    BeforeItLooks,
    BeforeItWrites,
    BeforeItIsDone,
    Afterwards,
    Never,
}

/// What the thread does that writes to a shared word, if all fences are the other side's: only the order of instructions is kept.
/// `fence_if` is where the system may interrupt it.
fn write_without_a_fence(now: &AtomicU64, word: &AtomicU64, writing: &AtomicU64, fence_if: &dyn Fn(Passes)) {
    fence_if(Passes::BeforeItAnnounces);
    writing.store(1, Ordering::Relaxed);
    fence_if(Passes::BeforeItLooks);
    if now.load(Ordering::Relaxed) == 0 {
        fence_if(Passes::BeforeItWrites);
        word.store(7, Ordering::Relaxed);
    } else {
        fence_if(Passes::BeforeItWrites);
    }
    fence_if(Passes::BeforeItIsDone);
    writing.store(0, Ordering::Release);
    fence_if(Passes::Afterwards);
}

fn wait_for(flag: &AtomicBool) {
    while !flag.load(Ordering::Acquire) {
        thread::yield_now();
    }
}

/// As [`loom_a_shared_word_is_not_written_to_for_a_series_that_is_over`], with the fence of the writing thread where `passes` says.
///
/// membarrier(2) interrupts each other thread that runs, wherever it is, has it pass a full fence, and returns when all have. What a
/// thread did before it was interrupted is seen by the caller afterwards, and what the caller did before is seen by the thread from
/// then on. So here both wait for one another at one place of the thread's program, and each passes a fence there; all places are
/// tried. What is not modelled is the compiler, which `compiler_fence` keeps from exchanging the store and the load.
fn a_shared_word_is_given_away(passes: Passes) {
    loom::model(move || {
        let [now, word, writing] = [(); 3].map(|()| Arc::new(AtomicU64::new(0)));
        let [asked, passed] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let old = {
            let (now, word, writing) = (Arc::clone(&now), Arc::clone(&word), Arc::clone(&writing));
            let (asked, passed) = (Arc::clone(&asked), Arc::clone(&passed));
            thread::spawn(move || {
                write_without_a_fence(&now, &word, &writing, &|here| {
                    if here == passes {
                        wait_for(&asked);
                        fence(Ordering::SeqCst);
                        passed.store(true, Ordering::Release);
                    }
                });
            })
        };
        now.store(1, Ordering::Release);
        fence(Ordering::SeqCst);
        if passes != Passes::Never {
            asked.store(true, Ordering::Release);
            wait_for(&passed);
        }
        fence(Ordering::SeqCst);
        let given = writing.load(Ordering::Acquire) == 0 && word.load(Ordering::Relaxed) == 0;
        if given {
            word.store(1, Ordering::Relaxed);
        }
        old.join().unwrap();
        assert!(!given || word.load(Ordering::Relaxed) == 1);
    });
}

#[test]
fn loom_a_fence_that_the_system_is_asked_for_does_wherever_the_thread_is() {
    for passes in [
        Passes::BeforeItAnnounces,
        Passes::BeforeItLooks,
        Passes::BeforeItWrites,
        Passes::BeforeItIsDone,
        Passes::Afterwards,
    ] {
        a_shared_word_is_given_away(passes);
    }
}

/// The model finds what goes wrong without that fence.
#[test]
#[should_panic(expected = "given")]
fn loom_without_that_fence_a_word_is_written_to_for_a_series_that_is_over() {
    a_shared_word_is_given_away(Passes::Never);
}

/// The texts of a record are replaced while they are compared: what is found to be the same has the number that belongs
/// to it. In the order of [`records`](super), with a word for the lengths and one for the text.
#[test]
fn loom_texts_that_are_the_same_belong_to_the_number_that_is_found() {
    loom::model(|| {
        let [now, lengths, text] = [(); 3].map(|()| Arc::new(AtomicU64::new(0)));
        let writer = {
            let (now, lengths, text) = (Arc::clone(&now), Arc::clone(&lengths), Arc::clone(&text));
            thread::spawn(move || {
                lengths.store(u64::MAX, Ordering::Relaxed);
                now.store(1, Ordering::Release);
                fence(Ordering::Release);
                text.store(5, Ordering::Relaxed);
                lengths.store(0, Ordering::Release);
            })
        };
        let number = now.load(Ordering::Acquire);
        if lengths.load(Ordering::Acquire) == 0 {
            let found = text.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if now.load(Ordering::Relaxed) == number {
                assert_eq!(found, number * 5);
            }
        }
        writer.join().unwrap();
    });
}

/// The texts of a record are replaced by longer ones, elsewhere, and where they were those of another record are written
/// by another thread. A reader that compares the old ones meanwhile finds none that are the other record's.
#[test]
fn loom_texts_of_another_record_are_not_found_in_the_one_whose_place_they_have() {
    loom::model(|| {
        let [now, lengths, text] = [(); 3].map(|()| Arc::new(AtomicU64::new(0)));
        let free = Arc::new(Mutex::new(false));
        let first = {
            let (now, lengths, free) = (Arc::clone(&now), Arc::clone(&lengths), Arc::clone(&free));
            thread::spawn(move || {
                now.store(1, Ordering::Release);
                lengths.store(u64::MAX, Ordering::Relaxed);
                *lock(&free) = true;
            })
        };
        let second = {
            let (lengths, text, free) = (Arc::clone(&lengths), Arc::clone(&text), Arc::clone(&free));
            thread::spawn(move || {
                if *lock(&free) {
                    // As `Block::write` does.
                    fence(Ordering::Release);
                    text.store(5, Ordering::Relaxed);
                    lengths.store(0, Ordering::Release);
                }
            })
        };
        if now.load(Ordering::Acquire) == 0 && lengths.load(Ordering::Acquire) == 0 {
            let found = text.load(Ordering::Relaxed);
            fence(Ordering::Acquire);
            if now.load(Ordering::Relaxed) == 0 {
                assert_eq!(found, 0);
            }
        }
        first.join().unwrap();
        second.join().unwrap();
    });
}
