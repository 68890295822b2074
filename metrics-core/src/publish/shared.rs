//! Families and series for the directory of the file that this process counts in.

use crate::{
    across::Across,
    cell::{
        Layout,
        directory::{self, FamilyRecord, Note, SeriesRecord},
        fork, gate,
        shared::{
            self, NotShared,
            format::record::{self, family as flag},
        },
    },
    declared::{Element, Elements, Entry},
    descriptor::Kind,
    number::ABSENT_FLOAT,
    outline::Outline,
    series::{ErasedSeries, Shape, Store},
};
use std::{
    cell::Cell,
    ffi::CStr,
    ptr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

/// A family that series are published of.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    number: u32,
    width: u16,
    part: Part,
}

/// Which cells of several that are counted in together are a series.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) floats: (u16, u16),
    pub(crate) integers: (u16, u16),
    pub(crate) level: bool,
    pub(crate) bounds: &'static [f64],
    pub(crate) hides_zero: bool,
}

impl Part {
    /// The part of its cells that a metric of this kind shows.
    fn of(kind: Kind, layout: Layout) -> Self {
        let Layout { floats, integers, level } = layout;
        let (floats, integers) = match kind {
            // Rejected observations come after the sums of a histogram, and behind everything else elsewhere.
            Kind::Histogram => ((0, floats), (floats + 1, integers.saturating_sub(1))),
            Kind::Summary => ((0, floats), (floats, 1)),
            _ if level => ((0, 0), (0, 2)),
            _ if floats > 0 => ((0, 1), (0, 0)),
            _ => ((0, 0), (0, integers)),
        };
        Self { floats, integers, level, bounds: &[], hides_zero: false }
    }
}

/// A metric and where it is, so that it is found by the address of its series.
struct Known {
    start: usize,
    end: usize,
    entry: &'static Entry,
}

/// All metrics by their addresses, and the numbers of those families that were published.
struct Table {
    lists: usize,
    known: Vec<Known>,
}

static TABLE: Mutex<Option<Arc<Table>>> = Mutex::new(None);
/// Families that were published, by the address of their entry: numbers, one more than that of the family.
static NUMBERS: Numbers = Numbers([const { AtomicU32::new(0) }; SLOTS], [const { Address::new(0) }; SLOTS]);

type Address = AtomicUsize;

/// The most families that are found again. Those beyond that are published again with each of their series.
const SLOTS: usize = 1 << 14;

/// From addresses to numbers, of which none is ever taken away.
struct Numbers([AtomicU32; SLOTS], [Address; SLOTS]);

impl Numbers {
    /// The place of an address, which is its own from then on.
    fn place(&self, address: usize) -> Option<&AtomicU32> {
        let start = (address >> 3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50;
        for at in (start..SLOTS).chain(0..start) {
            let known = self.1.get(at)?;
            let found = match known.compare_exchange(0, address, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => address,
                Err(found) => found,
            };
            if found == address {
                return self.0.get(at);
            }
        }
        None
    }
}

thread_local! {
    /// Whether this thread is making the table, and so may be asked for a family by an allocator that counts.
    static MAKING: Cell<bool> = const { Cell::new(false) };
}

/// Metrics of this crate that have series, which are in no list.
static BUILT_IN: OnceLock<&'static [Entry]> = OnceLock::new();

/// Notes metrics of this crate before they count.
#[inline]
pub(crate) fn built_in(entries: &'static [Entry]) {
    if BUILT_IN.get().is_none() && BUILT_IN.set(entries).is_ok() {
        let before = gate::lock(&TABLE).take();
        drop(before);
    }
}

impl Table {
    fn get() -> Option<Arc<Self>> {
        let lock = || gate::lock(&TABLE);
        let count = Elements::global().count();
        if let Some(table) = lock().as_ref().filter(|table| table.lists == count) {
            return Some(Arc::clone(table));
        }
        if MAKING.replace(true) {
            return None;
        }
        let table = Arc::new(Self::new());
        MAKING.set(false);
        let before = lock().replace(Arc::clone(&table));
        drop(before);
        Some(table)
    }

    fn new() -> Self {
        let lists = Elements::global().lists(0);
        let count = lists.len();
        let built_in = BUILT_IN.get().copied().unwrap_or_default();
        let entries = lists.into_iter().flatten().flat_map(Element::entries).chain(built_in);
        let mut known: Vec<Known> = entries
            .map(|entry| {
                let start = ptr::from_ref(entry.metric).cast::<u8>().addr();
                Known { start, end: start + size_of_val(entry.metric), entry }
            })
            .collect();
        known.sort_by_key(|known| known.start);
        Self { lists: count, known }
    }

    /// The entry of the metric that is at this address, or has series there.
    fn find(&self, address: usize) -> Option<&'static Entry> {
        let behind = self.known.partition_point(|known| known.start <= address);
        // Of several that begin at one address, such as a metric that is declared twice, the last.
        let known = self.known.get(behind.checked_sub(1)?)?;
        (address < known.end).then_some(known.entry)
    }
}

/// What the directory calls the kinds.
fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::Counter => 0,
        Kind::Gauge => 1,
        Kind::Histogram => 2,
        Kind::Summary => 3,
        Kind::Info => 4,
        Kind::StateSet => 5,
        _ => 6,
    }
}

/// A number of cells, of which no series has many.
fn few(cells: u32) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}

/// The number of a family, which is published unless it was.
fn number(entry: &'static Entry, absent: Option<u64>, part: Part) -> Option<u32> {
    let place = NUMBERS.place(ptr::from_ref(entry).addr());
    if let Some(known @ 1..) = place.map(|place| place.load(Ordering::Acquire)) {
        return Some(known - 1);
    }
    let Outline { bounds, states, across, .. } = entry.metric.outline();
    let descriptor = &entry.descriptor;
    let default = if part.level {
        Across::LiveSum
    } else if descriptor.kind == Kind::StateSet {
        Across::LiveMostRecent
    } else if descriptor.kind == Kind::Info {
        // What holds of any process that is alive.
        Across::LiveMax
    } else {
        Across::LiveAll
    };
    let mut flags = 0;
    let is_float = if let Some(absent) = absent { absent == ABSENT_FLOAT } else { part.floats.1 > 0 };
    for (set, flag) in [
        (descriptor.namespaced, flag::NAMESPACED),
        (is_float, flag::FLOAT),
        (absent.is_some(), flag::WORDS),
        (part.level, flag::LEVEL),
    ] {
        flags |= if set { flag } else { 0 };
    }
    let number = directory::family(&FamilyRecord {
        name: descriptor.name,
        help: descriptor.help,
        unit: descriptor.unit.unwrap_or_default(),
        metric: kind_number(descriptor.kind),
        mode: across.unwrap_or(default) as u8,
        flags,
        absent: absent.unwrap_or_default(),
        labels: descriptor.labels,
        bounds: if part.bounds.is_empty() { bounds } else { part.bounds },
        states,
    })?;
    if let Some(place) = place {
        place.store(number + 1, Ordering::Release);
    }
    Some(number)
}

/// Counts in a file in this directory from here on, and after a fork in one of the child's own.
#[doc(hidden)]
pub fn start(directory: &CStr, group: &str, label: &str) -> Result<(), NotShared> {
    begin();
    {
        let _within = gate::enter();
        shared::start(directory, group, label)?;
    }
    all_facts();
    Ok(())
}

/// Whether there is a file. Decides if that is not decided yet.
fn is_on() -> bool {
    begin();
    let _within = gate::enter();
    shared::status().is_ok_and(|on| on)
}

/// Is called before anything is counted.
pub(crate) fn begin() {
    fork::register();
}

fn known(entry: &'static Entry, store: Store) -> Option<Published> {
    if entry.descriptor.kind == Kind::GaugeHistogram {
        // What it shows is in no cell.
        return None;
    }
    let (part, width, absent) = match store {
        Store::Cells(layout, _) => (Part::of(entry.descriptor.kind, layout), few(layout.width()), None),
        Store::Words(absent) => (Part::of(entry.descriptor.kind, Layout::COUNTER), 0, Some(absent)),
    };
    Some(Published { number: number(entry, absent, part)?, width, part })
}

/// The family of these series, if there is a file. To be asked for before anything is locked.
#[cold]
pub(crate) fn family(series: &ErasedSeries, store: Store) -> Option<Published> {
    if !is_on() {
        return None;
    }
    all_facts();
    known(Table::get()?.find(ptr::from_ref(series).addr())?, store)
}

/// Publishes a series that has this slot from here on. No allocator is asked for anything.
pub(crate) fn series(family: Option<Published>, slot: u32, texts: &[&str]) {
    if let Some(Published { number, width, part }) = family {
        directory::series(SeriesRecord {
            family: number,
            first: crate::cell::unmarked(slot),
            width,
            floats: part.floats,
            integers: part.integers,
            hides_zero: part.hides_zero,
            texts,
        });
    }
}

/// Publishes the series of a row that begins at this slot.
pub(crate) fn row(owner: &ErasedSeries, shape: Shape, store: Store, first: u32) {
    let Some(mut published) = family(owner, store) else { return };
    published.part.hides_zero = !shape.names.is_empty() && !owner.options.init();
    let first = crate::cell::unmarked(first);
    for index in 0..shape.row().unwrap_or(0) {
        shape.with_texts_at(u64::from(index), |labels| {
            series(Some(published), first + index * store.width(), labels.values());
        });
    }
}

/// Publishes a counter without labels.
pub(crate) fn plain_counter(entry: &'static Entry, slot: u32) {
    if is_on() {
        series(known(entry, Store::cells(Layout::COUNTER)), slot, &[]);
    }
}

/// Publishes the facts of info metrics, those that were set before there was a file and those that are constant. To be
/// called before anything is locked.
pub(crate) fn all_facts() {
    /// How many lists of elements there were when it was last done.
    static DONE: AtomicUsize = AtomicUsize::new(0);
    let count = Elements::global().count();
    if !shared::is_on() || DONE.swap(count, Ordering::Relaxed) == count {
        return;
    }
    let Some(table) = Table::get() else { return };
    for known in table.known.iter().filter(|known| known.entry.descriptor.kind == Kind::Info) {
        known.entry.metric.publish();
    }
}

/// The number of the family of the info metric at this address, if there is a file. To be asked for before anything is
/// locked.
pub(crate) fn facts_of(address: usize) -> Option<u32> {
    // Not decided by this: facts may be set before the group is joined, and are published then.
    if !shared::is_on() {
        return None;
    }
    number(Table::get()?.find(address)?, Some(u64::MAX), Part::of(Kind::Info, Layout::COUNTER))
}

/// Publishes facts where they were published last. Returns where that is, for the next time. No allocator is asked for
/// anything.
pub(crate) fn facts<'a>(
    known: u64,
    family: u32,
    pairs: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) -> u64 {
    let time = shared::now();
    directory::note(known, Note { kind: record::FACTS, owner: family, place: 0, value: 1.0, time, pairs })
}

/// Publishes a series that is a part of the cells from `first` on, of which there are `width`.
pub(crate) fn part(entry: &'static Entry, first: u32, width: u32, part: Part, texts: &[&str]) {
    if is_on() {
        if let Some(number) = number(entry, None, part) {
            series(Some(Published { number, width: few(width), part }), first, texts);
        }
    }
}
