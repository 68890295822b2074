//! Files that may be anything cost themselves: whatever the bytes are, reading them comes to an end, and neither panics nor
//! asks for more memory than there are bytes.

#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::fs;
use tallymark::{Gauge, Histogram, Info, LabelSet, Native, buckets, metrics, processes::Builder};
use tallymark_processes::__fuzz;

#[derive(LabelSet)]
struct Item<'a> {
    item: &'a str,
}

#[metrics(namespace = "hostile")]
mod hostile {
    use super::{Gauge, Histogram, Info, Item, Native, buckets};
    use tallymark::Counter;

    /// Items.
    pub(super) static ITEMS_TOTAL: Counter<Item<'static>> = Counter::new();
    /// Sizes.
    pub(super) static SIZES_BYTES: Histogram =
        Histogram::new(buckets![1.0, 2.0]).with_native(Native::new()).exemplars();
    /// Facts.
    pub(super) static PROGRAM_INFO: Info = Info::new(&[("name", "hostile")]);
    /// A level.
    #[metric(across = mostrecent)]
    pub(super) static LEVEL: Gauge<Item<'static>> = Gauge::new();
}

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

/// Changes a few bytes, where something is, or shortens them.
fn changed(bytes: &[u8], used: &[usize], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let at =
            if random.below(4) == 0 { random.below(bytes.len()) } else { used[random.below(used.len())] };
        changed[at] = match random.below(4) {
            0 => 0,
            1 => 0xff,
            2 => changed[at] ^ (1 << random.below(8)),
            _ => u8::try_from(random.below(256)).expect("a byte"),
        };
    }
    if random.below(8) == 0 {
        changed.truncate(random.below(bytes.len()));
    }
    changed
}

/// Where something is.
fn used(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes[*at] != 0).collect()
}

#[test]
fn anything_comes_to_an_end() {
    let directory = std::env::temp_dir().join(format!("tallymark-hostile-{}", std::process::id()));
    Builder::new(&directory).start().expect("nothing was counted");
    for item in ["a", "b", "c"] {
        hostile::ITEMS_TOTAL.with(Item { item }).inc();
        hostile::LEVEL.with(Item { item }).set(1.0);
    }
    for size in [0.0, 0.5, 1.5, 7.0, -3.0] {
        hostile::SIZES_BYTES.observe_with_exemplar(size, &[("trace_id", "4bf92f3577b34da6")]);
    }
    let path = fs::read_dir(&directory)
        .expect("it is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "cells"))
        .expect("there is one");
    let bytes = fs::read(path).expect("it can be read");
    fs::remove_dir_all(&directory).expect("it is there");
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("4bf92f3577b34da6") && text.contains("program_info"));
    assert!(__fuzz::cells(&bytes) >= 7);
    let mut random = Random(1);
    let at = used(&bytes);
    for _ in 0..2000 {
        __fuzz::cells(&changed(&bytes, &at, &mut random));
    }

    let entry = |key: &str, value: f64| {
        let padded = format!("{key}{}", " ".repeat(8 - (key.len() + 4) % 8));
        let mut bytes = i32::try_from(key.len()).expect("short").to_ne_bytes().to_vec();
        bytes.extend(padded.bytes());
        bytes.extend(value.to_ne_bytes());
        bytes.extend(1.0_f64.to_ne_bytes());
        bytes
    };
    let mut python = vec![0; 8];
    python.extend(entry("[\"c\", \"c_total\", {\"a\": \"\\u00e4\"}, \"Help.\"]", 1.0));
    python.extend(entry("[\"h\", \"h_bucket\", {\"le\": \"+Inf\"}, \"Help.\"]", 1.0));
    python.extend(entry("[\"h\", \"h_sum\", {}, \"Help.\"]", f64::NAN));
    assert!(__fuzz::python(&python) > 0);
    let at = used(&python);
    for _ in 0..20_000 {
        __fuzz::python(&changed(&python, &at, &mut random));
    }
}
