//! A global allocator that counts what it is asked for: before `main`, at the beginning and end of threads, within a
//! scrape and within this library.
#![allow(missing_docs, unsafe_code)]
#![allow(clippy::cast_possible_wrap)] // Sizes of layouts are below 2^63.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::RefCell,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};
use tallymark_core::{
    Counter, Histogram, IntGauge, LabelSet, UpDownCounter, buckets,
    registry::{self, Format},
};

struct Counting;

#[derive(Clone, Copy)]
struct Call(usize);

impl LabelSet for Call {
    type Borrowed<'a> = Self;
    const NAMES: &'static [&'static str] = &["call"];
    const CARDINALITY: Option<usize> = Some(3);

    fn index(&self) -> usize {
        self.0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        Self::visit_at(self.0, &mut |text| f(text));
    }

    fn visit_at(index: usize, f: &mut dyn FnMut(&'static str)) {
        f(["alloc", "dealloc", "realloc"].get(index).copied().unwrap_or_default());
    }
}

struct Class<'a>(&'a str);

impl LabelSet for Class<'_> {
    type Borrowed<'a> = Class<'a>;
    const NAMES: &'static [&'static str] = &["class"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.0);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

static CALLS_TOTAL: Counter = Counter::new();
static BY_CALL_TOTAL: Counter<Call> = Counter::new();
static BY_CLASS_TOTAL: Counter<Class<'static>> = Counter::new();
static BLOCKS: UpDownCounter = UpDownCounter::new();
static USED_BYTES: IntGauge = IntGauge::new();
static SIZE_BYTES: Histogram = Histogram::new(buckets![64.0, 4096.0]);

static OTHER_TOTAL: Counter<Class<'static>> = Counter::new();

static TRUE_CALLS: AtomicU64 = AtomicU64::new(0);

fn note(call: usize, size: usize) {
    TRUE_CALLS.fetch_add(1, Ordering::SeqCst);
    CALLS_TOTAL.inc();
    BY_CALL_TOTAL.with(Call(call)).inc();
    BY_CLASS_TOTAL.with(Class(if size > 256 { "large" } else { "small" })).inc();
    SIZE_BYTES.observe(size as f64);
}

// SAFETY: all is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(0, layout.size());
        BLOCKS.inc();
        USED_BYTES.add(layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // Freed first: whatever of ours still pointed there would be used now.
        unsafe { System.dealloc(block, layout) };
        note(1, layout.size());
        BLOCKS.dec();
        USED_BYTES.sub(layout.size() as i64);
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let moved = unsafe { System.realloc(block, layout, size) };
        note(2, size);
        USED_BYTES.add(size as i64 - layout.size() as i64);
        moved
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn check() {
    let before = TRUE_CALLS.load(Ordering::SeqCst);
    let counted = [CALLS_TOTAL.get(), BY_CALL_TOTAL.sum(), BY_CLASS_TOTAL.sum(), SIZE_BYTES.get().count()];
    let after = TRUE_CALLS.load(Ordering::SeqCst);
    for counted in counted {
        assert!((before..=after).contains(&counted), "{counted} of {before} to {after}");
    }
}

#[test]
fn every_call_is_counted() {
    thread_local! {
        static LAST: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
    }
    check();
    for round in 0..if cfg!(miri) { 2 } else { 50 } {
        let threads: Vec<_> = (0..4)
            .map(|thread| {
                thread::spawn(move || {
                    // Freed when the thread ends, before or after it has given its block back.
                    LAST.with(|last| *last.borrow_mut() = Some(vec![0; 100]));
                    let mut grown = Vec::new();
                    for n in 0..500 * usize::from(!cfg!(miri)) + 10 {
                        grown.push(format!("{n}"));
                    }
                    // New series make blocks longer, tables larger.
                    for n in 0..40 {
                        OTHER_TOTAL.with(Class(&format!("{round} {thread} {n}"))).inc();
                    }
                })
            })
            .collect();
        for thread in threads {
            let mut bytes = Vec::new();
            registry::encode(Format::Text004, &mut bytes);
            thread.join().unwrap();
        }
        check();
    }
    assert!(BLOCKS.get() > 0 && USED_BYTES.get() > 0);
}
