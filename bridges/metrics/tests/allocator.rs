//! An allocator that counts through the façade: nothing waits for itself.

#![allow(unsafe_code, reason = "a global allocator is unsafe to implement")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::OnceLock,
};

use metrics::{Key, Label, Level, Metadata, Recorder as _};
use tallymark_core::{
    Counter, Varied, place,
    registry::{self, Declaration},
};
use tallymark_metrics::Recorder;

static METADATA: Metadata<'_> = Metadata::new("tests", Level::INFO, None);

/// What the allocator counts with.
static COUNTED: OnceLock<metrics::Counter> = OnceLock::new();

thread_local! {
    static COUNTS: Cell<bool> = const { Cell::new(false) };
}

struct Counting;

// SAFETY: all is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // What counting allocates is not counted.
        if COUNTS.try_with(|counts| counts.replace(false)).unwrap_or_default() {
            if let Some(counter) = COUNTED.get() {
                counter.increment(1);
            }
            let _ = COUNTS.try_with(|counts| counts.set(true));
        }
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A key with six labels in an order of their own for each number below 720.
fn key(order: usize, value: &str) -> Key {
    let mut names = vec!["a", "b", "c", "d", "e", "f"];
    let mut rest = order;
    let mut labels = Vec::new();
    while !names.is_empty() {
        let name = names.remove(rest % names.len());
        rest /= names.len() + 1;
        labels.push(Label::new(name, value.to_owned()));
    }
    Key::from_parts("allocator_kept", labels)
}

#[test]
fn a_handle_whose_series_is_over_is_looked_up_again_by_an_allocator_that_counts_with_it() {
    let recorder = Recorder::builder().build();
    // More orders than are remembered, so that the last one is worked out again, which allocates.
    for order in 0..719 {
        let _ = recorder.register_counter(&key(order, &order.to_string()), &METADATA);
    }
    let kept = COUNTED.get_or_init(|| recorder.register_counter(&key(719, "kept"), &METADATA));
    // The family itself, to remove series of it.
    let declaration = Declaration::new("allocator_kept", "", place!()).exact().labels_vary();
    let family: &'static Varied<Counter> = declaration.declare(Counter::new).expect("the recorder's own");
    let family = family.labelled(&["a", "b", "c", "d", "e", "f"]).expect("six labels");
    let first = family.with(&["kept"; 6]);
    family.remove(&["kept"; 6]);
    for other in 0.. {
        if family.is_ended(first) {
            break;
        }
        let other = other.to_string();
        family.with(&[&other; 6]).inc();
        family.remove(&[&other; 6]);
    }
    COUNTS.set(true);
    kept.increment(1);
    COUNTS.set(false);
    let labels = ["a", "b", "c", "d", "e", "f"].map(|name| (name, "kept"));
    let counted = || registry::snapshot().counter("allocator_kept", &labels);
    // The allocator's own, as far as it counted when the series was there again, and that one.
    let before = counted().expect("it is shown again");
    assert!(before >= 1, "{before}");
    kept.increment(2);
    assert_eq!(counted(), Some(before + 2));
}
