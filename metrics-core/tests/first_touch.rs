//! Counters that several threads touch first at the same time. A program of its own: only the first touch gives slots.

use std::{sync::Barrier, thread};
use tallymark_core::{
    __private_v4::{Allow, Declared, Element, Entry, Place, submit},
    Counter, FloatCounter,
};

const THREADS: usize = 8;
const COUNTERS: usize = 300;

static COUNTED: [Counter; COUNTERS] = [const { Counter::new() }; COUNTERS];
static FIRST_TOTAL: Counter = Counter::new();
static SECOND_TOTAL: Counter = Counter::new();
static WEIGHT_TOTAL: FloatCounter = FloatCounter::new();
static THIRD_TOTAL: Counter = Counter::new();
static VOLUME_TOTAL: FloatCounter = FloatCounter::new();

const fn declared(name: &'static str) -> Declared {
    let place = Place { package: "first_touch", module: "first_touch", file: file!(), line: line!() };
    Declared { name, namespaced: true, help: "Things.", unit: None, allow: Allow::NONE, place }
}

const _: () = {
    static ENTRIES: &[Entry] = &[
        Entry::new(declared("first_total"), &FIRST_TOTAL),
        Entry::new(declared("second_total"), &SECOND_TOTAL),
        Entry::new(declared("weight_total"), &WEIGHT_TOTAL),
        // The first one again: it keeps the slot it has.
        Entry::new(declared("first_again_total"), &FIRST_TOTAL),
    ];
    submit!(Element::Metrics(ENTRIES));
};
// As the macros write it for one that is called a counter, whatever it is.
const _: () = {
    static ENTRIES: &[Entry] = &[Entry::new(declared("third_total"), &THIRD_TOTAL)];
    submit!(Element::counter(ENTRIES, THIRD_TOTAL.bare()));
};
const _: () = {
    static ENTRIES: &[Entry] = &[Entry::new(declared("volume_total"), &VOLUME_TOTAL)];
    submit!(Element::counter(ENTRIES, VOLUME_TOTAL.bare()));
};

#[test]
fn nothing_is_lost_or_mixed_up_when_many_threads_begin_at_once() {
    let begin = Barrier::new(THREADS);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let begin = &begin;
            scope.spawn(move || {
                begin.wait();
                for step in 0..COUNTERS {
                    // Each in an order of its own: declared ones in between others, which nobody declared.
                    COUNTED[(step + thread * 37) % COUNTERS].inc();
                    match (step + thread) % 3 {
                        0 => FIRST_TOTAL.inc(),
                        1 => SECOND_TOTAL.inc_by(2),
                        _ => WEIGHT_TOTAL.inc_by(0.5),
                    }
                    match (step + 2 * thread) % 3 {
                        0 => THIRD_TOTAL.inc(),
                        1 => kept::count(),
                        _ => VOLUME_TOTAL.inc_by(0.5),
                    }
                }
            });
        }
    });
    for (at, counter) in COUNTED.iter().enumerate() {
        assert_eq!(counter.get(), THREADS as u64, "counter {at}");
    }
    let each = (THREADS * COUNTERS / 3) as u64;
    assert_eq!(FIRST_TOTAL.get(), each);
    assert_eq!(SECOND_TOTAL.get(), 2 * each);
    assert_eq!(WEIGHT_TOTAL.get().to_bits(), (each as f64 / 2.0).to_bits());
    assert_eq!(THIRD_TOTAL.get(), each);
    assert_eq!(VOLUME_TOTAL.get().to_bits(), (each as f64 / 2.0).to_bits());
    kept::check(each);
}

/// A counter that keeps exemplars needs more than a slot.
mod kept {
    use super::{Counter, Element, Entry, declared, submit};
    use tallymark_core::registry::{Format, encode_to_string};

    static KEPT_TOTAL: Counter = Counter::new().exemplars();

    const _: () = {
        static ENTRIES: &[Entry] = &[Entry::new(declared("kept_total"), &KEPT_TOTAL)];
        submit!(Element::counter(ENTRIES, KEPT_TOTAL.bare()));
    };

    pub(super) fn count() {
        KEPT_TOTAL.inc_with_exemplar(2, &[("order", "a")]);
    }

    pub(super) fn check(times: u64) {
        let text = encode_to_string(Format::OpenMetrics100);
        assert!(text.contains(&format!("kept_total {} # {{order=\"a\"}} 2", 2 * times)), "{text}");
    }
}
