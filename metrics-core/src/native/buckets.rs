//! The buckets of one series.
//!
//! A bucket is a slot of cells, as a counter's is, so counting in it is what counting is everywhere. A table says which
//! slot a bucket has; another one takes its place when it is too small and when the resolution is halved. What was counted
//! never moves: after halving, two slots belong to one bucket, of which one goes on counting and both are summed. So a
//! thread that still has the table from before counts where it belongs.
//!
//! Tables and slots are used again: by the same series, and when it is removed by the one that comes after it. A table
//! that was filled again while it was read does not count.

use super::{
    Native, SCHEMAS,
    key::{FINEST, coarser, finest},
    table::{Name, Table},
};
use crate::{
    cell::{
        self, Layout, Scope, Slot,
        directory::{self, NativeRecord},
        gate::{self, Locked},
    },
    native::NativeHistogram,
};
use once_cell::race::OnceBox;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What other processes are told of the side of a bucket.
const POSITIVE: u8 = 0;
const NEGATIVE: u8 = 1;
const ZERO: u8 = 2;

/// How often they are read until nothing is under way.
const TRIES: usize = 16;

/// Two tables for each capacity, of which one takes the place of the other. A table of 16 entries doubled 13 times has
/// room for all buckets that may be asked for.
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
    /// The table that is in use.
    current: AtomicUsize,
    all: Mutex<All>,
}

/// All buckets there are. Nothing is asked of an allocator while they are locked.
#[derive(Debug)]
struct All {
    /// The slot of the zero bucket, those of the other buckets, and those that are not in use.
    slots: Vec<u32>,
    buckets: Vec<Bucket>,
    /// How many buckets the current table has.
    names: usize,
    /// How often they were removed.
    resets: u64,
    /// What the cells of the series and these slots held when they were last removed, if they were not reset.
    bases: Vec<u64>,
    /// In which child that was.
    forks: u32,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// The bucket that a slot was taken for, and the schema at that time.
    name: Name,
    schema: i8,
}

/// What has to be obtained before a bucket is added.
enum Missing {
    Table(usize),
    Room,
}

/// What there was at one moment.
struct Copy {
    slots: Vec<u32>,
    buckets: Vec<Bucket>,
    schema: i8,
    resets: u64,
    bases: Vec<u64>,
}

impl Bucket {
    fn name_at(self, schema: i8) -> Name {
        Name::new(coarser(self.name.key(), self.schema, schema), self.name.is_negative())
    }
}

/// Counts in a bucket of a series, unless that is over.
#[inline]
fn count(bucket: u32, series: Slot) {
    if !cell::try_add(bucket, 1) {
        cell::add_slow(series.beside(bucket), 1);
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
        let all =
            All { slots: vec![zero], buckets: Vec::new(), names: 0, resets: 0, bases: Vec::new(), forks: 0 };
        Self { native, series, zero, tables, current: AtomicUsize::new(0), all: Mutex::new(all) }
    }

    fn all(&self) -> Locked<'_, All> {
        let mut all = gate::lock(&self.all);
        let forks = directory::forks();
        if all.forks != forks {
            // The cells of a child begin at zero.
            all.bases.fill(0);
            all.forks = forks;
        }
        all
    }

    fn table(&self) -> Option<&Table> {
        self.tables.get(self.current.load(Ordering::Acquire))?.get()
    }

    /// The slot of a value's bucket, if it is there.
    #[inline]
    fn find(&self, finest: i32, negative: bool) -> Option<u32> {
        let table = self.table()?;
        let state = table.state();
        let slot = table.find(Name::new(coarser(finest, FINEST, state.schema()), negative))?;
        table.is_still(state).then_some(slot)
    }

    /// Counts a value that is not NaN, observed in this series. The caller has asked whether it is over.
    pub(crate) fn observe(&self, value: f64, series: Slot) {
        if value.abs() <= self.native.zero_threshold || value == 0.0 {
            return count(self.zero, series);
        }
        let (finest, negative) = (finest(value), value < 0.0);
        match self.find(finest, negative) {
            Some(slot) => count(slot, series),
            None => self.observe_first(finest, negative, series),
        }
    }

    /// Counts in a bucket that is not there yet.
    #[cold]
    fn observe_first(&self, finest: i32, negative: bool, series: Slot) {
        let slot = loop {
            let missing = {
                let mut all = self.all();
                if series.is_over() {
                    return;
                }
                match self.slot_for(&mut all, finest, negative) {
                    Ok(slot) => break slot,
                    Err(missing) => missing,
                }
            };
            self.obtain(&missing);
        };
        count(slot, series);
    }

    /// The slot of a bucket, which is added if it is not there.
    fn slot_for(&self, all: &mut All, finest: i32, negative: bool) -> Result<u32, Missing> {
        loop {
            // There always is one; should there be none, the zero bucket takes it rather than nothing.
            let Some(table) = self.table() else { return Ok(self.zero) };
            let schema = table.state().schema();
            let name = Name::new(coarser(finest, FINEST, schema), negative);
            if let Some(slot) = table.find(name) {
                return Ok(slot);
            }
            if all.names >= usize::from(self.native.max_buckets.get()) && schema > *SCHEMAS.start() {
                self.replace(all, schema - 1, table.capacity())?;
                continue;
            }
            // At most three quarters full, so that what is not there is soon known not to be.
            if (all.names + 1) * 4 > table.capacity() * 3
                && self.replace(all, schema, table.capacity() * 2)?
            {
                continue;
            }
            if all.slots.len() == all.slots.capacity() || all.buckets.len() == all.buckets.capacity() {
                return Err(Missing::Room);
            }
            let slot = match all.slots.get(all.buckets.len() + 1) {
                Some(slot) => *slot,
                None => cell::reserve(1),
            };
            directory::native(NativeRecord {
                series: self.series,
                cell: slot,
                key: name.key(),
                schema,
                side: if name.is_negative() { NEGATIVE } else { POSITIVE },
                threshold: self.native.zero_threshold,
            });
            if !table.add(name, slot) {
                return Ok(self.zero);
            }
            if all.buckets.len() + 1 == all.slots.len() {
                all.slots.push(slot);
            }
            all.buckets.push(Bucket { name, schema });
            all.names += 1;
            return Ok(slot);
        }
    }

    /// Obtains what is missing.
    fn obtain(&self, missing: &Missing) {
        match *missing {
            Missing::Table(at) => {
                if let Some(place) = self.tables.get(at) {
                    // Another thread may have been faster.
                    let _ = place.set(Box::new(Table::new(self.native.schema, Table::SMALLEST << (at / 2))));
                }
            }
            Missing::Room => {
                let room = 2 * self.all().slots.capacity() + 8;
                let (mut slots, mut buckets) = (Vec::with_capacity(room), Vec::with_capacity(room));
                let mut all = self.all();
                if all.slots.len() < room {
                    slots.extend_from_slice(&all.slots);
                    buckets.extend_from_slice(&all.buckets);
                    std::mem::swap(&mut all.slots, &mut slots);
                    std::mem::swap(&mut all.buckets, &mut buckets);
                }
                drop(all);
            }
        }
    }

    /// Puts another table in place of the current one. Returns whether there can be one.
    fn replace(&self, all: &mut All, schema: i8, capacity: usize) -> Result<bool, Missing> {
        let pair = 2 * (capacity / Table::SMALLEST).ilog2() as usize;
        let next = pair + usize::from(self.current.load(Ordering::Relaxed) == pair);
        let Some(place) = self.tables.get(next) else { return Ok(false) };
        let Some(table) = place.get() else { return Err(Missing::Table(next)) };
        let slots = all.slots.iter().skip(1);
        all.names =
            table.fill(schema, all.buckets.iter().map(|bucket| bucket.name_at(schema)).zip(slots.copied()));
        self.current.store(next, Ordering::Release);
        Ok(true)
    }

    /// All buckets there are, copied.
    fn copy(&self) -> Copy {
        let (mut slots, mut buckets, mut bases) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let all = self.all();
            let (len, removed) = (all.buckets.len(), all.bases.len());
            if len < slots.capacity() && len <= buckets.capacity() && removed <= bases.capacity() {
                slots.extend(all.slots.iter().take(len + 1));
                buckets.extend_from_slice(&all.buckets);
                let schema = self.table().map_or(self.native.schema, |table| table.state().schema());
                bases.extend_from_slice(&all.bases);
                return Copy { slots, buckets, schema, resets: all.resets, bases };
            }
            drop(all);
            bases.reserve_exact(removed);
            slots.reserve_exact(len + 1);
            buckets.reserve_exact(len);
        }
    }

    /// Starts again from nothing if `reset` resets all slots at once, which it is given.
    pub(crate) fn reset_with(&self, reset: impl FnOnce(&[u32]) -> bool) -> bool {
        let mut all = self.all();
        let in_use = all.buckets.len() + 1;
        if !reset(all.slots.get(..in_use).unwrap_or_default()) {
            return false;
        }
        all.buckets.clear();
        all.names = 0;
        all.resets += 1;
        // The first table may be the one that is in use. Who reads it meanwhile sees that it was filled again.
        if let Some(table) = self.tables.first().and_then(OnceBox::get) {
            table.fill(self.native.schema, std::iter::empty());
            self.current.store(0, Ordering::Release);
        }
        true
    }

    /// How many slots are in use.
    pub(crate) fn in_use(&self) -> usize {
        self.all().buckets.len() + 1
    }

    /// Starts again from what the cells of the series and all slots hold, where nothing can be reset: `hold` is given the
    /// slots, and writes what those hold to `sums` if it returns `true`. Asks no allocator for anything.
    pub(crate) fn hold_with(
        &self,
        sums: &mut Vec<u64>,
        hold: impl FnOnce(&[u32], &mut [u64]) -> bool,
    ) -> bool {
        let mut all = self.all();
        let in_use = all.buckets.len() + 1;
        if !hold(all.slots.get(..in_use).unwrap_or_default(), sums) {
            return false;
        }
        std::mem::swap(&mut all.bases, sums);
        all.resets += 1;
        true
    }

    /// What was counted since it was last removed, and the cells of the series itself, all at one moment.
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
            let copy = self.copy();
            let mut sums = cell::sum_together(scope, &[series], layout, &copy.slots);
            if scope == Scope::Process {
                // The slots are integers behind those of the series.
                layout.subtract(&mut sums, &copy.bases);
            }
            // A bucket that was added meanwhile has observations that the series has counted.
            let is_all = {
                let all = self.all();
                all.buckets.len() == copy.buckets.len() && all.resets == copy.resets
            };
            let native = sums.split_off(layout.width() as usize);
            let native = self.of_sums(&copy, &native);
            tries += 1;
            if (is_all && is_whole(&sums, native.count())) || tries == TRIES {
                return (sums, native);
            }
            thread::yield_now();
        }
    }

    /// What there is if the slots hold so much.
    fn of_sums(&self, copy: &Copy, sums: &[u64]) -> NativeHistogram {
        let schema = copy.schema;
        let (zero, counts) = sums.split_first().unwrap_or((&0, &[]));
        let mut buckets: Vec<(Name, u64)> = copy
            .buckets
            .iter()
            .zip(counts)
            .map(|(bucket, &count)| (bucket.name_at(schema), count))
            .filter(|&(_, count)| count > 0)
            .collect();
        buckets.sort_unstable();
        let mut read =
            NativeHistogram { schema: i32::from(schema), zero_count: *zero, ..self.native.nothing() };
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
}

#[cfg(test)]
mod tests;
