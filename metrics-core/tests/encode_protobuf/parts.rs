//! A large family in protobuf: its length comes first, and no more than a part of it is held.

use crate::{message::MetricFamily, read::labels};
use prost::Message;
use std::collections::{BTreeMap, BTreeSet};
use tallymark_core::{
    Counter, Histogram, LabelSet, buckets,
    encode::CHUNK,
    place,
    registry::{self, CollectError, Collector, Declaration, Families, Format, Request, Selection},
};

struct Page<'a>(&'a str);

impl LabelSet for Page<'_> {
    type Borrowed<'a> = Page<'a>;
    const NAMES: &'static [&'static str] = &["page"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.0);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

const SERIES: usize = 20_000;

fn name(at: usize) -> String {
    format!("page-{at:06}")
}

fn counter(name: &str) -> &'static Counter<Page<'static>> {
    let counter: &'static Counter<Page<'static>> = Declaration::new(name, "Visits.", place!())
        .declare(|| Counter::new().max_series(100_000))
        .expect("a good name");
    (0..SERIES).for_each(|at| counter.with(Page(&self::name(at))).inc_by(at as u64));
    counter
}

fn request(name: &str) -> Request {
    Request::new(Format::Protobuf).names(Selection::of([name]))
}

/// Messages as they come, and how many series each page has, over all messages.
fn read(mut bytes: &[u8]) -> (Vec<MetricFamily>, BTreeMap<String, usize>) {
    let (mut families, mut pages) = (Vec::new(), BTreeMap::new());
    while !bytes.is_empty() {
        let family = MetricFamily::decode_length_delimited(&mut bytes).expect("a family");
        for metric in &family.metric {
            *pages.entry(labels(&metric.label)[0].1.clone()).or_default() += 1;
        }
        families.push(family);
    }
    (families, pages)
}

/// Takes an exposition chunk by chunk, and does something after the first.
fn taken(name: &str, then: impl FnOnce()) -> Vec<u8> {
    let mut chunks = registry::chunks(request(name));
    let mut bytes = chunks.next().expect("a chunk");
    then();
    for chunk in chunks {
        assert!(chunk.len() < 3 * CHUNK, "{} bytes at once", chunk.len());
        bytes.extend(chunk);
    }
    bytes
}

fn whole(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    registry::encode(request(name), &mut bytes);
    bytes
}

#[test]
fn parts_are_small_and_together_the_whole() {
    counter("parts_visits_total");
    let waits: &Histogram<Page<'static>> = Declaration::new("parts_wait_seconds", "Waits.", place!())
        .unit("seconds")
        .declare(|| Histogram::new(buckets![0.1, 1.0]).max_series(100_000))
        .expect("a good name");
    (0..SERIES).for_each(|at| waits.with(Page(&name(at))).observe(0.5));
    for name in ["parts_visits_total", "parts_wait_seconds"] {
        let (whole, taken) = (whole(name), taken(name, || {}));
        assert!(whole.len() > 5 * CHUNK && taken.len() < whole.len() + whole.len() / 64, "{}", taken.len());
        assert_eq!(read(&taken), read(&whole));
    }
}

struct Handing;

impl Collector for Handing {
    fn name(&self) -> &'static str {
        "handing"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        let mut family = families.gauge("parts_handed", "Handed over.");
        for at in 0..SERIES {
            family.number(&[("page", &name(at))], at as u64);
        }
        Ok(())
    }
}

#[test]
fn what_a_collector_hands_over_comes_in_parts_too() {
    let registration = registry::register_collector(Handing);
    let (whole, taken) = (whole("parts_handed"), taken("parts_handed", || {}));
    assert_eq!((read(&taken), read(&whole).1.len()), (read(&whole), SERIES));
    let text = Request::new(Format::Text004).names(Selection::of(["parts_handed"]));
    let longest = registry::chunks(text).map(|chunk| chunk.len()).max();
    assert!(longest.is_some_and(|longest| longest < 2 * CHUNK), "{longest:?}");
    drop(registration);
}

/// What was announced has to come, although most of it is gone.
#[test]
fn series_that_go_meanwhile_are_made_up_for() {
    let counter = counter("parts_going_total");
    let whole = whole("parts_going_total").len();
    let taken = taken("parts_going_total", || {
        let gone = counter.remove_matching(|texts| !texts[0].ends_with('7'));
        assert_eq!(gone, SERIES / 10 * 9);
    });
    let (families, pages) = read(&taken);
    assert_eq!(families.len(), 1);
    assert!(taken.len() > whole);
    let left: BTreeSet<String> = (0..SERIES).filter(|at| at % 10 == 7).map(name).collect();
    assert!(left.iter().all(|page| pages.get(page) == Some(&1)));
    assert!(pages.len() < SERIES / 2);
}

/// More comes meanwhile than there is room for: it is in another message of the family.
#[test]
fn series_that_come_meanwhile_are_behind_the_others() {
    let counter = counter("parts_coming_total");
    let taken = taken("parts_coming_total", || {
        (SERIES..2 * SERIES).for_each(|at| counter.with(Page(&name(at))).inc());
    });
    let (families, pages) = read(&taken);
    assert!(families.len() > 1);
    for family in &families {
        assert_eq!((family.name(), family.help()), ("parts_coming_total", "Visits."));
    }
    assert_eq!(pages.len(), 2 * SERIES);
    assert!(pages.values().all(|&times| times == 1));
}

/// Counts take more bytes than when they were measured.
#[test]
fn counts_that_grow_meanwhile_are_all_there() {
    let waits: &Histogram<Page<'static>> = Declaration::new("parts_growing", "Waits.", place!())
        .declare(|| Histogram::new(buckets![0.1, 1.0]).max_series(100_000))
        .expect("a good name");
    (0..4000).for_each(|at| waits.with(Page(&name(at))).observe(0.5));
    let taken = taken("parts_growing", || {
        for at in 0..4000 {
            (0..200).for_each(|_| waits.with(Page(&name(at))).observe(0.5));
        }
    });
    let (families, pages) = read(&taken);
    assert!(families.len() > 1);
    assert_eq!(pages.len(), 4000);
    let last =
        families.last().and_then(|family| family.metric.last()).and_then(|metric| metric.histogram.as_ref());
    assert_eq!(last.map(super::message::Histogram::sample_count), Some(201));
}
