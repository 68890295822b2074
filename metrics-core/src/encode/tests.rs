//! Whole expositions, byte for byte.

use super::{Encoder, Escaping, Format, sample_suffixes, stem};
use crate::{
    descriptor::Kind,
    number::Number,
    visit::{Head, HistogramPoint, Labels, SummaryPoint, Visitor},
};

mod heads;
mod labels;
mod openmetrics2;
mod pieces;
mod samples;
mod unusual;

const fn head<'a>(name: &'a str, help: &'a str, kind: Kind) -> Head<'a> {
    Head { name, help, kind, unit: None, constant: &[] }
}

#[track_caller]
fn assert_text(format: Format, write: impl Fn(&mut dyn Visitor), expected: &str) {
    let mut encoder = Encoder::new(format);
    write(&mut encoder);
    assert_eq!(String::from_utf8_lossy(&encoder.finish()), expected);
}

#[track_caller]
fn assert_both(write: impl Fn(&mut dyn Visitor), text: &str, openmetrics: &str) {
    assert_text(Format::Text004, &write, text);
    assert_text(Format::OpenMetrics100, &write, openmetrics);
}
