//! This thread's lease, and the few instructions that count.

use super::{
    First, Layout, OFF, Scope, Slot, UNASSIGNED, barrier,
    loss::Loss,
    owners::Owners,
    pool::{Lease, Pool, bump, bump_f64, bump_release},
    reading,
    spill::Spills,
    sync::AtomicU64,
    window::Window,
};
use std::{
    cell::Cell,
    ops::Range,
    ptr::NonNull,
    sync::atomic::{AtomicU32, Ordering, fence},
};

static POOL: Pool = Pool::new();

static SPILLS: Spills = Spills::new();

static OWNERS: Owners = Owners::new();

/// The first slot that no metric has.
static NEXT_SLOT: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static WINDOW: Window = const { Window::new() };
    static HELD: Held = const { Held(Cell::new(None)) };
}

/// Gives the block back when the thread ends.
struct Held(Cell<Option<Lease>>);

impl Drop for Held {
    fn drop(&mut self) {
        // From here on the thread has no cells of its own: destructors that still count borrow some.
        if let Some(lease) = self.0.take() {
            WINDOW.with(|window| POOL.give_back(lease, window));
            OWNERS.leave();
        }
    }
}

/// The cell of `slot` in the block of a window, if that reaches so far. Must not outlive the next slow path.
#[inline(always)]
fn reach(window: &Window, slot: usize) -> Option<NonNull<AtomicU64>> {
    // SAFETY: the block has `len` cells, or more while the window is closed.
    (slot < window.len()).then(|| unsafe { window.cells().add(slot) })
}

/// Adds to a slot. Returns `false` without adding if the slot lies beyond this thread's block.
#[inline(always)]
pub(crate) fn try_add(slot: u32, n: u64) -> bool {
    OFF || WINDOW.with(|window| match reach(window, slot as usize) {
        // SAFETY: `reach` returns cells of this thread's block, which stays until this thread grows it.
        Some(cell) => {
            bump(unsafe { cell.as_ref() }, n);
            true
        }
        None => false,
    })
}

/// Adds to a slot, so that a reader that sees this addition also sees what was added elsewhere before, see [`Layout`].
/// Returns `false` without adding if the slot lies beyond this thread's block.
#[inline(always)]
pub(crate) fn try_add_release(slot: u32, n: u64) -> bool {
    OFF || WINDOW.with(|window| add_release(window, slot, n))
}

#[inline(always)]
fn add_release(window: &Window, slot: u32, n: u64) -> bool {
    match reach(window, slot as usize) {
        Some(cell) => {
            // SAFETY: as in `try_add`.
            bump_release(unsafe { cell.as_ref() }, n);
            true
        }
        None => false,
    }
}

/// Adds to a slot that holds the bits of an `f64`. Returns `false` without adding if the slot lies beyond this thread's
/// block.
#[inline(always)]
pub(crate) fn try_add_f64(slot: u32, value: f64) -> bool {
    OFF || WINDOW.with(|window| add_f64(window, slot, value))
}

#[inline(always)]
fn add_f64(window: &Window, slot: u32, value: f64) -> bool {
    match reach(window, slot as usize) {
        // SAFETY: as in `try_add`.
        Some(cell) => {
            bump_f64(unsafe { cell.as_ref() }, value);
            true
        }
        None => false,
    }
}

/// The place of the cell that is numbered `rest` behind the `before` first ones of a series.
#[inline(always)]
fn behind(first: u32, before: usize, rest: u32) -> usize {
    // On 64-bit targets nothing here can wrap; on 32-bit ones it stays above any block.
    (first as usize).saturating_add(before).saturating_add(rest as usize)
}

/// Counts an observation in a series that begins with `SUMS` sum cells: adds `value` to sum cell `sum`, and increments
/// the cell `rest` places after the sums. Returns `false` without counting if the latter lies beyond this thread's
/// block.
///
/// A block that reaches that cell reaches all sums.
#[inline(always)]
pub(crate) fn try_observe<const SUMS: u32>(first: u32, sum: u32, rest: u32, value: f64) -> bool {
    OFF || WINDOW.with(|window| observe::<SUMS>(window, first, sum, rest, (value, 1)))
}

/// Counts observations that add up to the first number, and of which there are as many as the second.
#[inline(always)]
fn observe<const SUMS: u32>(
    window: &Window,
    first: u32,
    sum: u32,
    rest: u32,
    (value, times): (f64, u64),
) -> bool {
    let last = behind(first, SUMS as usize, rest);
    if last >= window.len() {
        return false;
    }
    let cells = window.cells();
    // SAFETY: the block reaches the last of the cells, and stays until this thread grows it.
    unsafe {
        bump_f64(cells.add(first as usize + (sum % SUMS) as usize).as_ref(), value);
        bump_release(cells.add(last).as_ref(), times);
    }
    true
}

/// Counts the end of a call in a series that begins with `SUMS` sum cells and `OUTCOMES` outcome cells: increments
/// outcome cell `outcome`, and counts an observation as [`try_observe`] does.
#[inline(always)]
pub(crate) fn try_finish<const SUMS: u32, const OUTCOMES: u32>(
    first: u32,
    sum: u32,
    outcome: u32,
    rest: u32,
    value: f64,
) -> bool {
    OFF || WINDOW.with(|window| finish::<SUMS, OUTCOMES>(window, first, sum, outcome, rest, value))
}

#[inline(always)]
fn finish<const SUMS: u32, const OUTCOMES: u32>(
    window: &Window,
    first: u32,
    sum: u32,
    outcome: u32,
    rest: u32,
    value: f64,
) -> bool {
    let last = behind(first, (SUMS + OUTCOMES) as usize, rest);
    if last >= window.len() {
        return false;
    }
    let cells = window.cells();
    // SAFETY: as in `observe`.
    unsafe {
        bump_f64(cells.add(first as usize + (sum % SUMS) as usize).as_ref(), value);
        bump_release(cells.add(last).as_ref(), 1);
        bump_release(cells.add(first as usize + (SUMS + outcome % OUTCOMES) as usize).as_ref(), 1);
    }
    true
}

/// Makes this thread's block reach `slot`. Returns `false` if the thread has none: as one of many, or because it is ending
/// and has given its block back, or if this is called while it gets one: by an allocator that counts what the registration
/// of a destructor asks for.
fn extend(slot: u32) -> bool {
    WINDOW.with(|window| {
        !is_one_of_many(window)
            && extend_if(window, slot, || OWNERS.join(|processors| SPILLS.set_most(processors)))
    })
}

/// Whether the thread of this window has no block of its own, and there is no room for one.
#[inline]
fn is_one_of_many(window: &Window) -> bool {
    window.is_spilled() && !OWNERS.has_room()
}

/// Does what [`extend`] does. Whether a thread that has no block gets one is what `join` returns.
fn extend_if(window: &Window, slot: u32, join: impl FnOnce() -> bool) -> bool {
    // Room for the slots that exist, not only for this one: the next metric is likely to be touched next.
    let len = (slot as usize + 1).max(NEXT_SLOT.load(Ordering::Relaxed) as usize);
    if window.set_extending(true) {
        return false;
    }
    let extended = HELD.try_with(|held| match held.0.get() {
        Some(lease) => {
            POOL.grow(lease, window, len);
            true
        }
        None if join() => {
            held.0.set(Some(POOL.lease(window, len)));
            true
        }
        None => false,
    });
    let extended = extended.unwrap_or(false);
    window.set_spilled(!extended);
    window.set_extending(false);
    extended
}

/// Gives this thread a block of its own, however many have one: what it counts can be told from what others do.
pub(crate) fn own() {
    let join = || {
        OWNERS.join_anyway();
        true
    };
    WINDOW.with(|window| window.is_leased() || extend_if(window, 0, join));
}

/// Calls `count` with this thread's window, which reaches `last`, or with one that it borrows, unless the series of these
/// slots is over: that is counted. `count` returns whether the window is open so far.
///
/// Whether the series is over is asked behind the slow path, which the thread of a window that was closed comes through. So
/// what is added then is either added in time or never read.
fn reach_then(slot: Slot, last: u32, count: &dyn Fn(&Window) -> bool) {
    if OFF {
        return;
    }
    if !WINDOW.with(is_one_of_many) {
        if slot.is_over() {
            return slot.drop_one();
        }
        if WINDOW.with(count) || extend(last) && !slot.is_over() && WINDOW.with(count) {
            return;
        }
    }
    // Asked with the window borrowed: another thread may have gone through the slow path on its behalf.
    let count = |window: &Window| {
        if slot.is_over() {
            slot.drop_one();
            return true;
        }
        count(window)
    };
    WINDOW.with(|window| SPILLS.count(&POOL, window, last as usize + 1, &count));
}

/// Adds to an assigned slot that this thread's block did not reach.
#[cold]
pub(crate) fn add_slow(slot: impl Into<Slot>, n: u64) {
    let slot = slot.into();
    let first = slot.first();
    reach_then(slot, first, &|window| add_release(window, first, n));
}

/// Counts what is not added up, in the cell of a series for that.
#[cold]
pub(crate) fn reject(slot: impl Into<Slot>, times: u64) {
    add_slow(slot, times);
    Loss::Observation.note();
}

/// Adds to an assigned slot of floats that this thread's block did not reach.
#[cold]
pub(crate) fn add_f64_slow(slot: impl Into<Slot>, value: f64) {
    let slot = slot.into();
    let first = slot.first();
    reach_then(slot, first, &|window| add_f64(window, first, value));
}

/// Counts an observation in assigned slots that this thread's block did not reach.
#[cold]
pub(crate) fn observe_slow<const SUMS: u32>(slot: impl Into<Slot>, sum: u32, rest: u32, value: f64) {
    observe_many::<SUMS>(slot, sum, rest, (value, 1));
}

/// Counts observations in assigned slots that add up to the first number, and of which there are as many as the second.
#[cold]
pub(crate) fn observe_many<const SUMS: u32>(slot: impl Into<Slot>, sum: u32, rest: u32, values: (f64, u64)) {
    let slot = slot.into();
    let first = slot.first();
    reach_then(slot, first + SUMS + rest, &|window| observe::<SUMS>(window, first, sum, rest, values));
}

/// Counts the end of a call in assigned slots that this thread's block did not reach.
#[cold]
pub(crate) fn finish_slow<const SUMS: u32, const OUTCOMES: u32>(
    first: u32,
    sum: u32,
    outcome: u32,
    rest: u32,
    value: f64,
) {
    let last = first + SUMS + OUTCOMES + rest;
    reach_then(Slot::always(first), last, &|window| {
        finish::<SUMS, OUTCOMES>(window, first, sum, outcome, rest, value)
    });
}

/// Assigns `width` slots in a row to `first`, unless it has some already. Returns the first.
#[cold]
pub(crate) fn assign(first: &First, width: u32) -> u32 {
    assign_with(first, || reserve(width))
}

/// Assigns the slot that `reserve` returns to `first`, unless it has one already. Returns the one that it has.
pub(crate) fn assign_with(first: &First, reserve: impl FnOnce() -> u32) -> u32 {
    let assigned = first.get();
    // Of two threads that come here at once, the second takes what the first was given. Its own slots stay unused.
    if assigned == UNASSIGNED { first.set(reserve()) } else { assigned }
}

/// Takes back slots that were reserved and not assigned, unless another thread has reserved some since.
pub(super) fn take_back(slots: &Range<u32>) {
    let _ = NEXT_SLOT.compare_exchange(slots.end, slots.start, Ordering::Relaxed, Ordering::Relaxed);
}

/// `width` new slots in a row.
pub(crate) fn reserve(width: u32) -> u32 {
    let slot = NEXT_SLOT.fetch_add(width, Ordering::Relaxed);
    if slot >= super::MARK - width {
        // A thousand million slots are eight gigabytes for each thread.
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<[u64; 1 << 20]>());
    }
    slot
}

/// Sets the slots of one series, and `more` slots with them, back to zero if `right` accepts what those of the series
/// add up to. Returns whether it did. `sums` and `again` have room for `layout.width()` words, as nothing is asked of an
/// allocator that is not [`memory`](super::memory)'s.
///
/// All windows are closed when `right` is called. What it does is seen by each thread before that thread counts again.
/// What a thread adds that had looked at its window before is part of what is set back.
pub(crate) fn reset_if(
    first: u32,
    layout: Layout,
    more: &[u32],
    sums: (&mut [u64], &mut [u64]),
    right: impl FnOnce(&[u64]) -> bool,
) -> bool {
    let cells = reading::Cells { series: &[first], layout, counters: &[] };
    reading::reset_if(&POOL, cells, more, sums, right)
}

/// Writes to the shared word that a slot, as it was obtained, is the number of, unless its series is over: that is counted.
///
/// A word has no owner, so a thread that ends a series has to know that no other is about to write to its word for that
/// series. A thread announces that it is about to write, and only then asks whether the series is over.
#[inline(always)]
pub(crate) fn write_shared(slot: Slot, write: impl Fn()) {
    if !announce(slot) {
        return write_first(slot, write);
    }
    if slot.is_alive() {
        write();
    } else {
        slot.drop_one();
    }
    WINDOW.with(|window| window.announce(0));
}

/// Takes `write` by value, so that its parts need not be in memory where there is a block already.
#[cold]
#[inline(never)]
fn write_first(slot: Slot, write: impl Fn()) {
    write_shared_slow(slot, &write);
}

/// Announces that this thread is about to write to the word of this series, if others can see that.
#[inline(always)]
fn announce(slot: Slot) -> bool {
    WINDOW.with(|window| {
        let leased = window.is_leased();
        if leased {
            window.announce(slot.first() as usize + 1);
        }
        leased
    })
}

/// Writes to a shared word on behalf of a thread that has no block yet, or gets none.
#[cold]
#[inline(never)]
fn write_shared_slow(slot: Slot, write: &dyn Fn()) {
    extend(0);
    if WINDOW.with(Window::is_leased) {
        return write_shared(slot, write);
    }
    let announced_write = |window: &Window| {
        // A window that no block belongs to yet is not looked at.
        if !window.is_leased() {
            return false;
        }
        window.announce(slot.first() as usize + 1);
        if slot.is_alive() {
            write();
        } else {
            slot.drop_one();
        }
        window.announce(0);
        true
    };
    WINDOW.with(|window| SPILLS.count(&POOL, window, 0, &announced_write));
}

/// Prepares for [`end_shared`], which may take some milliseconds: no lock is to be held.
pub(crate) fn prepare_to_end_shared() {
    barrier::register();
}

/// Ends the series of a shared word, so that handles to it write no more, and calls `then` if nobody is about to write
/// to the word on its behalf. Returns what `then` returns, or that it was not called.
pub(crate) fn end_shared(number: u32, end: impl FnOnce(), then: impl FnOnce() -> bool) -> bool {
    POOL.read(|reader| {
        end();
        !reader.is_announced(number as usize + 1) && then()
    })
}

/// Sums the slots of one series: `layout.width()` words, floats as bits.
pub(crate) fn sum(scope: Scope, first: u32, layout: Layout) -> Vec<u64> {
    let mut sums = vec![0; layout.width() as usize];
    sum_into(scope, &[first], layout, &mut sums);
    sums
}

/// Sums the slots of one series over all threads: zeros if it is over.
pub(crate) fn sum_of(slot: Slot, layout: Layout) -> Vec<u64> {
    let mut sums = sum(Scope::Process, slot.unmarked().first(), layout);
    fence(Ordering::Acquire);
    if slot.is_over() {
        sums.fill(0);
    }
    sums
}

/// Sums the slots of several series. `sums` has room for `layout.width()` words for each of `series`. What is read of
/// one series held at one moment.
pub(crate) fn sum_into(scope: Scope, series: &[u32], layout: Layout, sums: &mut [u64]) {
    match scope {
        Scope::Process => reading::read_each(&POOL, series, layout, sums),
        Scope::Thread => {
            sums.fill(0);
            with_own(|cells| reading::add_block(cells, series, layout, sums));
        }
    }
}

/// Sums the slots of several series and some slots by themselves, in this order, all of them as they were at one
/// moment.
pub(crate) fn sum_together(scope: Scope, series: &[u32], layout: Layout, counters: &[u32]) -> Vec<u64> {
    let of_series = series.len() * layout.width() as usize;
    // Obtained before anything is locked.
    let mut sums = vec![0; of_series + counters.len()];
    match scope {
        Scope::Process => {
            let mut again = sums.clone();
            let cells = reading::Cells { series, layout, counters };
            reading::read_together(&POOL, cells, &mut sums, &mut again);
        }
        Scope::Thread => with_own(|cells| {
            let (series_sums, counter_sums) = sums.split_at_mut(of_series);
            reading::add_block(cells, series, layout, series_sums);
            reading::add_block(cells, counters, Layout::COUNTER, counter_sums);
        }),
    }
    sums
}

/// Sums the slots of one series and some slots by themselves over all threads, as they were at one moment, without asking
/// for memory: `sums` and `again` have room for all of them.
pub(crate) fn sum_with(first: u32, layout: Layout, slots: &[u32], sums: &mut [u64], again: &mut [u64]) {
    sums.fill(0);
    reading::read_together(&POOL, reading::Cells { series: &[first], layout, counters: slots }, sums, again);
}

/// Calls `read` with the cells of this thread's own block.
fn with_own(read: impl FnOnce(&[AtomicU64])) {
    own();
    WINDOW.with(|window| {
        if window.len() == 0 {
            // A reader has paused this thread, or it is ending.
            let _ = HELD.try_with(|held| held.0.get().map(|lease| POOL.grow(lease, window, 0)));
        }
        // SAFETY: this thread's own block, which only this thread moves.
        read(unsafe { std::slice::from_raw_parts(window.cells().as_ptr(), window.len()) });
    });
}

/// All blocks, kept from being leased, grown, given back and taken turns in.
#[cfg(shared_cells)]
pub(super) struct Frozen {
    blocks: super::pool::Frozen,
    spills: super::spill::Frozen,
}

/// Keeps blocks as they are while the process is copied.
#[cfg(shared_cells)]
pub(super) fn freeze() -> Frozen {
    // In the order in which they are taken elsewhere.
    let spills = SPILLS.freeze();
    Frozen { blocks: POOL.freeze(), spills }
}

/// Takes back the blocks of threads that were not copied.
#[cfg(shared_cells)]
pub(super) fn after_fork(Frozen { blocks, spills }: Frozen) {
    let own = HELD.try_with(|held| held.0.get()).ok().flatten();
    OWNERS.reset(usize::from(own.is_some()));
    blocks.take_back(|lease| own == Some(lease) || spills.have(lease));
}

/// How many blocks there are.
#[cfg(test)]
pub(super) fn blocks() -> usize {
    POOL.read(|reader| reader.len())
}
