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

/// The names of the labels.
const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[test]
fn a_handle_whose_series_is_over_is_looked_up_again_by_an_allocator_that_counts_with_it() {
    let recorder = Recorder::builder().build();
    // So long that a look-up in vain asks for memory.
    let long = "x".repeat(100);
    let labels = NAMES.map(|name| Label::new(name, long.clone()));
    let key = Key::from_parts("allocator_kept", labels.to_vec());
    let kept = COUNTED.get_or_init(|| recorder.register_counter(&key, &METADATA));
    // The family itself, to remove series of it.
    let declaration = Declaration::new("allocator_kept", "", place!()).exact().labels_vary();
    let family: &'static Varied<Counter> = declaration.declare(Counter::new).expect("the recorder's own");
    let family = family.labelled(&NAMES).expect("six labels");
    let first = family.with(&[&long; 6]);
    family.remove(&[&long; 6]);
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
    let dropped =
        registry::snapshot().counter("tallymark_dropped_series_total", &[("metric", "allocator_kept")]);
    assert!(dropped >= Some(1), "nothing was allocated meanwhile");
    let labels = NAMES.map(|name| (name, long.as_str()));
    let counted = || registry::snapshot().counter("allocator_kept", &labels);
    // The allocator's own, as far as it counted when the series was there again, and that one.
    let before = counted().expect("it is shown again");
    assert!(before >= 1, "{before}");
    kept.increment(2);
    assert_eq!(counted(), Some(before + 2));
}
