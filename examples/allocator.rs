//! A global allocator that counts what it is asked for.
//!
//! `cargo run --example allocator`
//!
//! Counting asks no allocator for anything, or the system's, so it may be done in one: before `main`, and while a thread
//! begins and ends. Declare the metrics with closed labels, or none; those with texts are for code that may allocate.
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    thread,
};
use tallymark::{Counter, LabelSet, LabelValue, UpDownCounter, metric, registry};

/// What an allocator is asked.
#[derive(Clone, Copy, LabelValue)]
enum Call {
    Alloc,
    Dealloc,
    Realloc,
}

#[derive(LabelSet)]
struct Calls {
    call: Call,
}

/// Calls of the global allocator.
#[metric(init)]
static ALLOCATOR_CALLS_TOTAL: Counter<Calls> = Counter::new();

/// Memory that was allocated and not freed.
#[metric]
static ALLOCATED_BYTES: UpDownCounter = UpDownCounter::new();

struct Counting;

fn count(call: Call, bytes: i64) {
    ALLOCATOR_CALLS_TOTAL.with(Calls { call }).inc();
    ALLOCATED_BYTES.add(bytes);
}

/// A layout's size, which is at most `isize::MAX`.
fn bytes(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

// SAFETY: the system's allocator does all of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(Call::Alloc, bytes(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) };
        count(Call::Dealloc, -bytes(layout.size()));
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(Call::Realloc, bytes(size) - bytes(layout.size()));
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let before = ALLOCATED_BYTES.get();
    let kept: Vec<u8> = vec![0; 1 << 20];
    let threads: Vec<_> = (0..4).map(|number| thread::spawn(move || format!("thread {number}"))).collect();
    for thread in threads {
        println!("{}", thread.join().unwrap_or_default());
    }
    println!("{} bytes more", ALLOCATED_BYTES.get() - before);
    assert!(ALLOCATED_BYTES.get() - before >= 1 << 20);
    drop(kept);
    let snapshot = registry::snapshot();
    for call in ["alloc", "dealloc", "realloc"] {
        let calls = snapshot.counter("allocator_calls_total", &[("call", call)]);
        println!("{call}: {}", calls.unwrap_or_default());
    }
}
