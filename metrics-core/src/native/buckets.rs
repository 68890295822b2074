//! The buckets of one series.
//!
//! A bucket is a slot of cells, as a counter's is, so counting in it is what counting is everywhere. A table says which
//! slot a bucket has; it is replaced when it is too small and when the resolution is halved. What was counted never
//! moves: after halving, two slots belong to one bucket, of which one goes on counting and both are summed. So a thread
//! that still has the table from before counts where it belongs.

use super::{
    Native, SCHEMAS,
    key::{FINEST, coarser, finest},
    table::{Name, Table},
};
use crate::{
    cell::{
        self, Layout, Scope,
        directory::{self, NativeRecord},
    },
    native::NativeHistogram,
};
use once_cell::race::OnceBox;
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What other processes are told of the side of a bucket.
const POSITIVE: u8 = 0;
const NEGATIVE: u8 = 1;
const ZERO: u8 = 2;

const COUNT: Layout = Layout { floats: 0, integers: 1, level: false };

/// How often they are read until nothing is under way.
const TRIES: usize = 16;

/// Slots summed at a time: threads that want to grow their block wait for one batch at most.
const BATCH: usize = 256;

/// Enough tables: the resolution is halved twelve times at most, and a table of 16 entries doubled 13 times has room
/// for all buckets that may be asked for.
const TABLES: usize = 28;

/// The native buckets of one series.
#[derive(Debug)]
pub(crate) struct NativeBuckets {
    native: Native,
    /// The first slot of the series.
    series: u32,
    /// The slot of the zero bucket.
    zero: u32,
    tables: [OnceBox<Table>; TABLES],
    /// The table that is in use. Those before it are kept, since threads may be reading them.
    current: AtomicUsize,
    all: Mutex<All>,
}

/// All slots there are.
#[derive(Debug)]
struct All {
    slots: Vec<Slot>,
    /// How many buckets the current table has.
    buckets: usize,
    /// What the zero bucket held when the series was removed.
    zero_base: u64,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    cell: u32,
    /// The bucket that it was made for, and the schema at that time.
    name: Name,
    schema: i8,
    /// What it held when the series was removed.
    base: u64,
}

impl Slot {
    fn name_at(&self, schema: i8) -> Name {
        Name::new(coarser(self.name.key(), self.schema, schema), self.name.is_negative())
    }
}

#[inline]
fn count(slot: u32) {
    if !cell::try_add(slot, 1) {
        cell::add_slow(slot, 1);
    }
}

impl NativeBuckets {
    pub(crate) fn new(native: Native, series: u32) -> Self {
        let tables = [const { OnceBox::new() }; TABLES];
        if let Some(first) = tables.first() {
            let _ = first.set(Box::new(Table::new(native.schema, Table::SMALLEST)));
        }
        let zero = cell::reserve(1);
        let (schema, threshold) = (native.schema, native.zero_threshold);
        directory::native(NativeRecord { series, cell: zero, key: 0, schema, side: ZERO, threshold });
        Self {
            native,
            series,
            zero,
            tables,
            current: AtomicUsize::new(0),
            all: Mutex::new(All { slots: Vec::new(), buckets: 0, zero_base: 0 }),
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn table(&self) -> Option<&Table> {
        self.tables.get(self.current.load(Ordering::Acquire))?.get()
    }

    /// Counts a value that is not NaN.
    pub(crate) fn observe(&self, value: f64) {
        if value.abs() <= self.native.zero_threshold || value == 0.0 {
            return count(self.zero);
        }
        let (finest, negative) = (finest(value), value < 0.0);
        let found = self
            .table()
            .and_then(|table| table.find(Name::new(coarser(finest, FINEST, table.schema), negative)));
        match found {
            Some(slot) => count(slot),
            None => self.observe_first(finest, negative),
        }
    }

    /// Counts in a bucket that is not there yet.
    #[cold]
    fn observe_first(&self, finest: i32, negative: bool) {
        let mut all = self.all();
        let slot = loop {
            // There always is one; should there be none, the zero bucket takes it rather than nothing.
            let Some(table) = self.table() else { break self.zero };
            let name = Name::new(coarser(finest, FINEST, table.schema), negative);
            if let Some(slot) = table.find(name) {
                break slot;
            }
            if all.buckets >= usize::from(self.native.max_buckets.get()) && table.schema > *SCHEMAS.start() {
                if !self.replace(&mut all, table.schema - 1, table.capacity()) {
                    break self.zero;
                }
                continue;
            }
            // At most three quarters full, so that what is not there is soon known not to be.
            if (all.buckets + 1) * 4 > table.capacity() * 3
                && self.replace(&mut all, table.schema, table.capacity() * 2)
            {
                continue;
            }
            let slot = cell::reserve(1);
            directory::native(NativeRecord {
                series: self.series,
                cell: slot,
                key: name.key(),
                schema: table.schema,
                side: if name.is_negative() { NEGATIVE } else { POSITIVE },
                threshold: self.native.zero_threshold,
            });
            if !table.add(name, slot) {
                break self.zero;
            }
            all.slots.push(Slot { cell: slot, name, schema: table.schema, base: 0 });
            all.buckets += 1;
            break slot;
        };
        drop(all);
        count(slot);
    }

    /// Puts a new table in place of the current one. Returns whether there was room for one.
    fn replace(&self, all: &mut All, schema: i8, capacity: usize) -> bool {
        let table = Table::new(schema, capacity);
        let mut buckets = 0;
        for slot in &all.slots {
            let name = slot.name_at(schema);
            if table.find(name).is_none() && table.add(name, slot.cell) {
                buckets += 1;
            }
        }
        let next = self.current.load(Ordering::Relaxed) + 1;
        let Some(place) = self.tables.get(next) else { return false };
        if place.set(Box::new(table)).is_err() {
            return false;
        }
        all.buckets = buckets;
        self.current.store(next, Ordering::Release);
        true
    }

    /// All slots there are, copied. Nothing is asked of an allocator while they are locked.
    fn slots(&self) -> (Vec<Slot>, u64) {
        let mut slots = Vec::new();
        loop {
            let all = self.all();
            if all.slots.len() <= slots.capacity() {
                slots.extend_from_slice(&all.slots);
                return (slots, all.zero_base);
            }
            let len = all.slots.len();
            drop(all);
            slots.reserve_exact(len);
        }
    }

    /// What was counted, since the series was last removed if `scope` is the whole process, and the cells of the series
    /// itself, all at one moment.
    ///
    /// `is_whole` looks at the cells and at how many observations there are in native buckets. If it does not accept
    /// them, an observation is under way; they are read again, a few times.
    pub(crate) fn read_with(
        &self,
        scope: Scope,
        (series, layout): (u32, Layout),
        is_whole: &dyn Fn(&[u64], u64) -> bool,
    ) -> (Vec<u64>, NativeHistogram) {
        let mut tries = 0;
        loop {
            let (slots, zero_base) = self.slots();
            let mut cells = vec![self.zero];
            cells.extend(slots.iter().map(|slot| slot.cell));
            let mut sums = cell::sum_together(scope, &[series], layout, &cells);
            // A bucket that was added meanwhile has observations that the series has counted.
            let is_all = self.all().slots.len() == slots.len();
            let native = sums.split_off(layout.width() as usize);
            let native = self.of_sums(scope, (&slots, zero_base), &native);
            tries += 1;
            if (is_all && is_whole(&sums, native.count())) || tries == TRIES {
                return (sums, native);
            }
            thread::yield_now();
        }
    }

    /// What there is if the zero bucket and the slots hold so much.
    fn of_sums(&self, scope: Scope, (slots, zero_base): (&[Slot], u64), sums: &[u64]) -> NativeHistogram {
        let schema = self.table().map_or(self.native.schema, |table| table.schema);
        let base = |base| if scope == Scope::Process { base } else { 0 };
        let (zero, counts) = sums.split_first().unwrap_or((&0, &[]));
        let mut buckets: Vec<(Name, u64)> = slots
            .iter()
            .zip(counts)
            .map(|(slot, count)| (slot.name_at(schema), count.wrapping_sub(base(slot.base))))
            .filter(|&(_, count)| count > 0)
            .collect();
        buckets.sort_unstable();
        let mut read = NativeHistogram {
            schema: i32::from(schema),
            zero_count: zero.wrapping_sub(base(zero_base)),
            ..self.native.nothing()
        };
        for (name, count) in buckets {
            let side = if name.is_negative() { &mut read.negative } else { &mut read.positive };
            match side.last_mut() {
                Some((key, sum)) if *key == name.key() => *sum += count,
                _ => side.push((name.key(), count)),
            }
        }
        // Names are sorted as numbers without a sign, so keys below zero came last.
        read.negative.sort_unstable();
        read.positive.sort_unstable();
        read
    }

    /// The sums of the zero bucket and of these slots.
    fn sums(&self, scope: Scope, slots: &[Slot]) -> Vec<u64> {
        let slots: Vec<u32> = std::iter::once(self.zero).chain(slots.iter().map(|slot| slot.cell)).collect();
        let mut sums = vec![0; slots.len()];
        for (slots, sums) in slots.chunks(BATCH).zip(sums.chunks_mut(BATCH)) {
            cell::sum_into(scope, slots, COUNT, sums);
        }
        sums
    }

    /// Starts again from nothing.
    pub(crate) fn forget(&self) {
        let mut all = self.all();
        let sums = self.sums(Scope::Process, &all.slots);
        let (zero, counts) = sums.split_first().unwrap_or((&0, &[]));
        all.zero_base = *zero;
        directory::removed_native(self.zero, *zero);
        for (slot, count) in all.slots.iter_mut().zip(counts) {
            slot.base = *count;
            directory::removed_native(slot.cell, *count);
        }
    }
}

#[cfg(test)]
mod tests;
