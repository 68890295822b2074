//! Slots for all counters at once.
//!
//! A program with a thousand counters touches most of them soon after it has started. Each would take its slot with two
//! locked instructions, and the thread's block would grow again and again.

use super::slice;
use crate::{cell::Supply, element::Element, series::Bare};
use std::sync::Once;

/// Gives every counter without labels that the linker has found its slot, the first time it is called.
pub(crate) fn assign_declared() {
    static DONE: Once = Once::new();
    DONE.call_once_force(|_| {
        let mut supply = Supply::new();
        for element in slice::linked() {
            match element {
                Element::Counter(series, _) => give(&mut supply, series),
                Element::Metrics(entries) => {
                    let alone = entries.iter().filter_map(|entry| entry.metric.alone());
                    alone.for_each(|series| give(&mut supply, series));
                }
                Element::Function(_) | Element::Model(_) | Element::Collector(_) => {}
            }
        }
    });
}

#[inline]
fn give(supply: &mut Supply, series: &Bare) {
    // Those that keep exemplars need more than a slot.
    supply.give(&series.first, || !series.options.exemplars());
}
