//! Messages that several others contain: labels, moments and exemplars.

use super::{
    field::{self, metric, pair},
    wire,
};
use crate::exemplar::Exemplar;
use std::time::Duration;

/// Writes a label.
pub(super) fn label(to: &mut Vec<u8>, name: &str, value: &str) {
    wire::message(to, metric::LABEL, |to| {
        wire::text(to, pair::FIRST, name);
        wire::text(to, pair::SECOND, value);
    });
}

/// Writes a moment, if there is one.
///
/// Source: `google/protobuf/timestamp.proto`, in whose version of the language zero is what is not written.
pub(super) fn write_time(to: &mut Vec<u8>, field: u32, time: Option<Duration>) {
    let Some(time) = time else { return };
    wire::message(to, field, |to| {
        if time.as_secs() > 0 {
            wire::unsigned(to, pair::FIRST, time.as_secs());
        }
        if time.subsec_nanos() > 0 {
            wire::unsigned(to, pair::SECOND, u64::from(time.subsec_nanos()));
        }
    });
}

pub(super) fn write_exemplar(to: &mut Vec<u8>, field: u32, exemplar: &Exemplar) {
    wire::message(to, field, |to| {
        for (name, value) in &exemplar.labels {
            label(to, name, value);
        }
        wire::double(to, field::exemplar::VALUE, exemplar.value);
        write_time(to, field::exemplar::TIME, Some(exemplar.at));
    });
}
