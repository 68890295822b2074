//! Slots for all counters at once.
//!
//! A program with a thousand counters touches most of them soon after it has started. Each would take its slot with two
//! locked instructions, and the thread's block would grow again and again.

use super::{
    element::{Element, Entry},
    slice,
};
use crate::{
    cell::{SlotBatch, gate},
    publish,
    series::ErasedSeries,
};
use std::sync::Once;

/// Assigns a slot to every counter without labels that the linker has found, the first time it is called.
pub(crate) fn assign_declared() {
    static DONE: Once = Once::new();
    publish::begin();
    {
        // The process is not copied halfway, where a child would wait for what is not done there.
        let _within = gate::enter();
        DONE.call_once_force(|_| {
            let mut batch = SlotBatch::new();
            for element in slice::linked() {
                match element {
                    Element::Counter(series, entry) => assign(&mut batch, series, entry),
                    Element::Metrics(entries) => {
                        let counters = entries
                            .iter()
                            .filter_map(|entry| Some((entry.metric.as_plain_counter()?, entry)));
                        counters.for_each(|(series, entry)| assign(&mut batch, series, entry));
                    }
                    Element::Function(_)
                    | Element::Job(_)
                    | Element::Model(_)
                    | Element::Collector(_)
                    | Element::Group(_) => {}
                }
            }
        });
    }
    publish::all_facts();
}

#[inline]
fn assign(batch: &mut SlotBatch, series: &ErasedSeries, entry: &'static Entry) {
    // Those that keep exemplars need more than a slot.
    batch.assign_next(
        &series.first,
        || !series.options.exemplars(),
        |slot| publish::plain_counter(entry, slot),
    );
}
