//! Slots for all counters at once.
//!
//! A program with a thousand counters touches most of them soon after it has started. Each would take its slot with two
//! locked instructions, and the thread's block would grow again and again.

use super::slice;
use crate::{cell, element::Element};
use std::sync::Once;

/// Gives every counter without labels that the linker has found its slot, the first time it is called.
pub(crate) fn assign_declared() {
    static DONE: Once = Once::new();
    DONE.call_once_force(|_| {
        let entries = slice::linked().iter().flat_map(|element| match element {
            Element::Metrics(entries) => *entries,
            Element::Function(_) | Element::Model(_) => &[],
        });
        cell::assign_all(entries.filter_map(|entry| entry.metric.vacancy()).map(|vacancy| vacancy.0));
    });
}
