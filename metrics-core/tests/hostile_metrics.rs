//! Metrics and collectors of the application's that panic, lie or call back cost their own families, not the scrape.
#![allow(missing_docs)]

use std::{
    error::Error,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tallymark_core::{
    Counter, Declare, Kind, Metric, Number, Scope, place,
    registry::{self, CollectError, Collector, Config, Declaration, Families, Format, Selection},
    visit::{Labels, Visitor},
};

/// Keeps the other tests from scraping meanwhile: each scrape of the process asks all collectors, and waits for them however slow
/// the machine is.
fn alone() -> MutexGuard<'static, ()> {
    static SCRAPES: Mutex<()> = Mutex::new(());
    static PATIENT: Once = Once::new();
    PATIENT.call_once(|| {
        Config::new().collector_deadline(Duration::from_secs(600)).install().expect("nothing was scraped");
    });
    SCRAPES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Panics in each method, and returns every part's own position as that of the next.
struct Hostile(&'static str);

impl Declare for Hostile {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = &["label"];

    fn is_like(&self, _: &Self) -> bool {
        // Comes back to where it is asked.
        let _ = registry::check();
        let again = Declaration::new(format!("{}_total", self.0), "Declared meanwhile.", place!());
        again.declare(Counter::<()>::new).is_ok()
    }
}

impl Metric for Hostile {
    fn visit(&self, _: Scope, visitor: &mut dyn Visitor) {
        visitor.number(Labels::NONE, Number::U64(1));
        panic!("when it is shown");
    }

    fn visit_part(
        &self,
        _: Scope,
        at: tallymark_core::Position,
        visitor: &mut dyn Visitor,
    ) -> Option<tallymark_core::Position> {
        visitor.number(Labels::NONE, Number::U64(1));
        Some(at)
    }

    fn dropped_series(&self) -> u64 {
        panic!("when it is counted");
    }

    fn rejected_observations(&self) -> u64 {
        panic!("when it is counted");
    }

    fn expire(&self) {
        let _ = registry::crates();
    }

    fn calls_out(&self) -> bool {
        let _ = registry::crates();
        false
    }
}

#[test]
fn a_metric_that_panics_and_never_ends_costs_its_own_family() {
    let _alone = alone();
    let other: &Counter =
        Declaration::new("hostile_neighbours_total", "Others.", place!()).declare(Counter::new).unwrap();
    other.inc();
    for _ in 0..2 {
        Declaration::new("hostile_levels", "Hostile.", place!())
            .declare(|| Hostile("hostile_levels"))
            .unwrap();
    }
    for _ in 0..2 {
        let text = registry::encode_to_string(Format::Text004);
        assert!(text.contains("\nhostile_neighbours_total 1\n"), "{text}");
        assert!(text.contains("tallymark_collector_errors_total{collector=\"hostile_levels\"}"), "{text}");
    }
    let snapshot = registry::snapshot();
    assert!(snapshot.family("tallymark_dropped_series_total").is_some());
}

static SHARED: AtomicU64 = AtomicU64::new(0);

/// One of many that hand over the same family.
struct Pool(u64);

impl Collector for Pool {
    fn name(&self) -> &'static str {
        "hostile_pools"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        SHARED.fetch_add(1, Ordering::Relaxed);
        families
            .gauge("hostile_pool_connections", "Connections.")
            .number(&[("pool", &self.0.to_string()), ("zone", "")], self.0)
            .number(&[("pool", "shared")], 1_u64);
        Ok(())
    }
}

#[test]
fn many_collectors_share_a_family_and_a_series_of_two_is_that_of_the_first() -> Result<(), Box<dyn Error>> {
    let _alone = alone();
    let pools: Vec<_> = (0..50).map(|number| registry::register_collector(Pool(number))).collect();
    let snapshot = registry::snapshot_of(&Selection::of(["hostile_pool_connections"]));
    let family = snapshot.family("hostile_pool_connections").ok_or("no family")?;
    assert_eq!(family.series.len(), 51);
    assert_eq!(SHARED.load(Ordering::Relaxed), 50);
    drop(pools);
    Ok(())
}

/// An empty label is no label.
struct Zones;

impl Collector for Zones {
    fn name(&self) -> &'static str {
        "hostile_zones"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families
            .gauge("hostile_shards", "Shards.")
            .number(&[("shard", "1"), ("zone", "")], 1_u64)
            .number(&[("shard", "1")], 2_u64)
            .number(&[("shard", "1"), ("zone", "a")], 3_u64);
        Ok(())
    }
}

#[test]
fn an_empty_label_is_no_label() {
    let _alone = alone();
    let zones = registry::register_collector(Zones);
    let snapshot = registry::snapshot_of(&Selection::of(["hostile_shards"]));
    let family = snapshot.family("hostile_shards").unwrap();
    assert_eq!(family.series.len(), 2, "{family:?}");
    drop(zones);
}
