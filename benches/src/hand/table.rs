//! A hash table of labels for each thread: open addressing, one probe for nearly all, no lock, nothing shared.
//!
//! A limit, not a design: with a whole table in each thread, 64 threads and 100,000 series take 200 MB.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

const ENTRIES: usize = 1 << 21;

#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    labels: [&'static str; 2],
    slot: usize,
}

thread_local! {
    static TABLE: Cell<&'static [Cell<Entry>]> = const { Cell::new(&[]) };
    static MASK: Cell<usize> = const { Cell::new(0) };
}

/// Which slot labels have, for all threads; a slot is never 0.
static SLOTS: LazyLock<Mutex<HashMap<[String; 2], usize>>> = LazyLock::new(Mutex::default);

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ (product >> 64) as u64
}

#[inline(always)]
fn hash_text(seed: u64, text: &str) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let bytes = text.as_bytes();
    let mut state = seed ^ bytes.len() as u64;
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let mut rest = bytes;
        while let Some((head, tail)) = rest.split_first_chunk::<16>() {
            let (a, b) = (head.first_chunk::<8>(), head.last_chunk::<8>());
            let (Some(a), Some(b)) = (a, b) else { break };
            state = fold(u64::from_le_bytes(*a) ^ state, u64::from_le_bytes(*b) ^ K);
            rest = tail;
        }
        fold(u64::from_le_bytes(*first) ^ state, u64::from_le_bytes(*last) ^ K)
    } else {
        let word = bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        fold(word ^ state, K)
    }
}

/// The hash of both labels.
#[inline(always)]
pub fn hash(labels: [&str; 2]) -> u64 {
    hash_text(hash_text(0x243f_6a88_85a3_08d3, labels[0]), labels[1]) | 1
}

/// The slot of labels: hash, one line of the table, and both texts compared if `compare` says so.
#[inline(always)]
pub fn slot(labels: [&str; 2], compare: bool) -> usize {
    let hash = hash(labels);
    TABLE.with(|table| {
        let entries = table.get();
        let mask = MASK.get();
        let mut at = hash as usize & mask;
        while let Some(entry) = entries.get(at) {
            let entry = entry.get();
            if entry.hash == hash && (!compare || entry.labels == labels) {
                return entry.slot;
            }
            if entry.hash == 0 {
                break;
            }
            at = (at + 1) & mask;
        }
        insert(table, labels, hash)
    })
}

#[cold]
#[inline(never)]
fn insert(table: &Cell<&'static [Cell<Entry>]>, labels: [&str; 2], hash: u64) -> usize {
    let slot = {
        let mut slots = SLOTS.lock().unwrap_or_else(PoisonError::into_inner);
        let next = slots.len() + 1;
        *slots.entry(labels.map(str::to_owned)).or_insert(next)
    };
    let used = table.get().iter().filter(|entry| entry.get().hash != 0).count();
    if table.get().len() < (used + 1) * 2 {
        let size = (table.get().len() * 2).clamp(2048, ENTRIES);
        let empty = Entry { hash: 0, labels: [""; 2], slot: 0 };
        let grown: &'static [Cell<Entry>] = vec![Cell::new(empty); size].leak();
        for entry in table.get().iter().map(Cell::get).filter(|entry| entry.hash != 0) {
            put(grown, entry);
        }
        table.set(grown);
        MASK.set(size - 1);
    }
    // A copy: the caller's text may be in the cache because the caller just read it.
    let labels = labels.map(|text| &*text.to_owned().leak());
    put(table.get(), Entry { hash, labels, slot });
    slot
}

fn put(entries: &[Cell<Entry>], entry: Entry) {
    let mask = entries.len() - 1;
    let mut at = entry.hash as usize & mask;
    while entries[at].get().hash != 0 {
        at = (at + 1) & mask;
    }
    entries[at].set(entry);
}

/// All slots that were given out.
pub fn slots() -> Vec<usize> {
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner).values().copied().collect()
}
