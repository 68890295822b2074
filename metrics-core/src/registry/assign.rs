//! Slots for all counters at once.
//!
//! A program with a thousand counters touches most of them soon after it has started. Each would take its slot with two
//! locked instructions, and the thread's block would grow again and again.

use super::slice;
use crate::{
    cell::Supply,
    element::Element,
    metric::{Metric, Vacancy},
};
use std::{hint::black_box, sync::Once};

/// So many metrics are looked up before any of them is touched. What is said about each lies in a cache line of its own,
/// which nobody has read before, and a processor waits for several of those at the same time if little is to do between
/// them.
const TOGETHER: usize = 64;

/// Gives every counter without labels that the linker has found its slot, the first time it is called.
pub(crate) fn assign_declared() {
    static DONE: Once = Once::new();
    DONE.call_once_force(|_| {
        let mut supply = Supply::new();
        let mut metrics: [Option<&dyn Metric>; TOGETHER] = [None; TOGETHER];
        let mut places = metrics.iter_mut();
        for element in slice::linked() {
            let Element::Metrics(entries) = element else { continue };
            for entry in *entries {
                if places.len() == 0 {
                    give(&mut supply, &metrics);
                    places = metrics.iter_mut();
                }
                if let Some(place) = places.next() {
                    *place = Some(entry.metric);
                }
            }
        }
        let rest = places.len();
        give(&mut supply, metrics.get(..TOGETHER - rest).unwrap_or_default());
    });
}

fn give(supply: &mut Supply, metrics: &[Option<&dyn Metric>]) {
    for Vacancy { first, options } in metrics.iter().flatten().filter_map(|metric| metric.vacancy()) {
        // Those that keep exemplars need more than a slot. The compiler must not look before it is asked to.
        supply.give(first, || !black_box(options).exemplars());
    }
}
