//! How many threads have a block of their own, and how many may.

use std::{
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
    thread,
};

/// Threads that get a block before it is known how many processors there are. To ask for that takes as long as thousands of
/// increments, and programs of few threads never need to know.
const FEW: usize = 2;

/// Threads with a block of their own.
pub(super) struct Owners {
    count: AtomicUsize,
    /// How many there may be: twice as many as there are processors, as far as that is known.
    most: AtomicUsize,
    /// The process that they are threads of.
    process: AtomicU32,
}

impl Owners {
    pub(super) const fn new() -> Self {
        Self { count: AtomicUsize::new(0), most: AtomicUsize::new(FEW), process: AtomicU32::new(0) }
    }

    /// Whether a further thread may have a block of its own.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.count.load(Ordering::Relaxed) < self.most.load(Ordering::Relaxed)
    }

    /// Counts the calling thread as one that has a block of its own, if there is room.
    ///
    /// Calls `learn` with the number of processors the first time that it is asked for, which may ask the global allocator
    /// for memory.
    pub(super) fn join(&self, learn: impl FnOnce(usize)) -> bool {
        if self.try_join() || self.forget_parent() && self.try_join() {
            return true;
        }
        if self.most.load(Ordering::Relaxed) > FEW {
            return false;
        }
        let processors = thread::available_parallelism().map_or(1, usize::from);
        learn(processors);
        // More than before, so that it is not asked for again.
        self.most.store((2 * processors).max(FEW + 1), Ordering::Relaxed);
        self.try_join()
    }

    fn try_join(&self) -> bool {
        let joined = self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
            (count < self.most.load(Ordering::Relaxed)).then_some(count + 1)
        });
        self.note_process(joined.unwrap_or(1));
        joined.is_ok()
    }

    /// Forgets threads that were not copied when the process forked. Returns whether there were such.
    fn forget_parent(&self) -> bool {
        let (of, now) = (self.process.load(Ordering::Relaxed), process());
        let is_child =
            of != now && self.process.compare_exchange(of, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if is_child {
            self.reset(0);
        }
        is_child
    }

    /// Sets how many there are.
    pub(super) fn reset(&self, count: usize) {
        self.count.store(count, Ordering::Relaxed);
    }

    /// Counts the calling thread, whether or not there is room.
    pub(super) fn join_anyway(&self) {
        self.note_process(self.count.fetch_add(1, Ordering::Relaxed));
    }

    /// Notes which process this is, if the calling thread is the first that has a block.
    fn note_process(&self, before: usize) {
        if before == 0 {
            self.process.store(process(), Ordering::Relaxed);
        }
    }

    /// No longer counts the calling thread.
    pub(super) fn leave(&self) {
        // The thread that forked may have been forgotten with the others.
        let _ = self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1));
    }
}

/// The number of this process, where processes fork.
fn process() -> u32 {
    if cfg!(unix) { std::process::id() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_have_blocks_as_may_and_one_that_ends_makes_room() {
        let owners = Owners::new();
        let mut learned = 0;
        let joined = (0..1_000).take_while(|_| owners.join(|processors| learned = processors)).count();
        assert!(learned > 0);
        assert_eq!(joined, (2 * learned).max(FEW + 1));
        assert!(!owners.has_room());
        owners.leave();
        assert!(owners.has_room());
        assert!(owners.join(|_| panic!("it was known")));
        owners.join_anyway();
        owners.leave();
        assert!(!owners.has_room());
    }

    #[test]
    fn threads_of_the_parent_take_no_room_in_a_child() {
        let owners = Owners::new();
        while owners.join(|_| {}) {}
        // As it is after a fork.
        owners.process.store(process().wrapping_add(1), Ordering::Relaxed);
        assert!(!owners.has_room());
        assert!(owners.join(|_| {}));
        assert_eq!(owners.count.load(Ordering::Relaxed), 1);
    }
}
