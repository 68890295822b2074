use super::{
    job::{CollectorJob, NamedJob},
    state::Registry,
    *,
};
use crate::{
    cell::Scope,
    declared::{Declared, Entry},
    descriptor::{Kind, Place},
    lint::Allow,
    metric::{Declare, Metric},
    number::Number,
    value::{Counter, Gauge, GaugeFn},
    visit::{Head, HistogramPoint, Labels, SummaryPoint},
};
use std::sync::Arc;

mod asked;
mod counters;

/// A registry of its own, with nothing but what this crate always has.
fn registry() -> &'static Registry {
    Box::leak(Box::new(Registry::new(&global::BUILT_IN, Box::leak(Box::new(Elements::new(|| &[]))))))
}

fn declare<M: Metric + Declare>(registry: &Registry, name: &'static str, line: u32, metric: &'static M) {
    let place = Place { package: "shop", module: "m", file: "src/m.rs", line };
    // `a_b` is to be a name, and not bytes.
    let allow = Allow { unit: true, ..Allow::NONE };
    let declared = Declared { name, namespaced: false, help: "Help.", unit: None, allow, place };
    let elements = vec![Element::Metrics(vec![Entry::new(declared, metric)].leak())];
    registry.register(elements.leak());
}

fn counter() -> &'static Counter {
    Box::leak(Box::new(Counter::new()))
}

struct Handed(&'static str, fn(&mut Families) -> Result<(), CollectError>);

impl Collector for Handed {
    fn name(&self) -> &str {
        self.0
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        (self.1)(families)
    }
}

fn collect(
    registry: &'static Registry,
    name: &'static str,
    run: fn(&mut Families) -> Result<(), CollectError>,
) -> Registration {
    let job = NamedJob::new(Arc::new(CollectorJob(Handed(name, run))));
    Registration::new(registry, registry.pool.add(job))
}

/// What this crate itself has, and the tests of other modules count in.
fn is_built_in(text: &str) -> bool {
    ["tallymark_", "function_", "model_"].iter().any(|name| text.contains(name))
}

/// The exposition without that, and without help.
fn text(registry: &'static Registry) -> String {
    let mut bytes = Vec::new();
    registry.encode(&Request::new(Format::Text004), &mut bytes);
    let text = String::from_utf8(bytes).unwrap_or_default();
    let is_ours = |line: &&str| !is_built_in(line) && !line.contains("# HELP");
    text.split_inclusive('\n').filter(is_ours).collect()
}

#[test]
fn what_is_declared_is_shown_from_the_start() {
    let registry = registry();
    let orders = counter();
    declare(registry, "orders_total", 1, orders);
    assert_eq!(text(registry), "# TYPE orders_total counter\norders_total 0\n");
    orders.inc();
    assert_eq!(text(registry), "# TYPE orders_total counter\norders_total 1\n");
}

#[test]
fn what_is_registered_later_is_shown_from_then_on_and_once() {
    let registry = registry();
    assert_eq!(text(registry), "");
    declare(registry, "b_total", 1, counter());
    assert_eq!(text(registry), "# TYPE b_total counter\nb_total 0\n");
    declare(registry, "a_total", 2, counter());
    assert_eq!(text(registry), "# TYPE a_total counter\na_total 0\n# TYPE b_total counter\nb_total 0\n");
    let again = registry.elements.lists(1)[0];
    registry.register(again);
    assert_eq!(registry.check(), Ok(()));
}

#[test]
fn a_configuration_is_installed_once_and_in_time() {
    let registry = registry();
    for (config, error) in [
        (Config::new().namespace("Shop"), ConfigError::Namespace("Shop".into())),
        (Config::new().namespace(""), ConfigError::Namespace(String::new())),
        (Config::new().label("a-b", "x"), ConfigError::Label("a-b".into())),
        (Config::new().label("le", "x"), ConfigError::Label("le".into())),
        (Config::new().label("__a", "x"), ConfigError::Label("__a".into())),
        (Config::new().label("a", "x").label("a", "y"), ConfigError::Label("a".into())),
    ] {
        assert_eq!(registry.install(config), Err(error));
    }
    assert_eq!(registry.install(Config::new().namespace("shop").label("env", "prod")), Ok(()));
    assert_eq!(registry.install(Config::new()), Err(ConfigError::Installed));
    declare(registry, "orders_total", 1, counter());
    assert_eq!(text(registry), "# TYPE shop_orders_total counter\nshop_orders_total{env=\"prod\"} 0\n");
}

#[test]
fn a_scrape_ends_the_time_to_configure() {
    let registry = registry();
    text(registry);
    assert_eq!(registry.install(Config::new()), Err(ConfigError::Used));
    declare(registry, "orders_total", 1, counter());
    assert_eq!(registry.install(Config::new()), Err(ConfigError::Used));
    assert!(ConfigError::Used.to_string().contains("install the configuration earlier"));
}

#[test]
fn a_constant_label_that_a_metric_has_is_refused() {
    struct Ways;
    impl Declare for Ways {
        const KIND: Kind = Kind::Counter;
        const LABELS: &'static [&'static str] = &["way"];
    }
    impl Metric for Ways {
        fn visit(&self, _: Scope, _: &mut dyn Visitor) {}
    }
    let registry = registry();
    declare(registry, "orders_total", 9, &Ways);
    let error = registry.install(Config::new().label("way", "web")).err();
    assert_eq!(
        error.map(|error| error.to_string()).as_deref(),
        Some(
            "`way` cannot be a constant label: `orders_total` at src/m.rs:9 (package shop) has a label of that name"
        )
    );
    assert_eq!(registry.install(Config::new()), Ok(()));
}

#[test]
fn conflicts_are_found_and_counted_and_the_rest_is_shown() {
    let registry = registry();
    declare(registry, "orders_total", 2, counter());
    declare(registry, "orders_total", 1, counter());
    assert_eq!(text(registry), "# TYPE orders_total counter\norders_total 0\n");
    assert_eq!(registry.conflict_count(), 1);
    let conflicts = registry.check().err();
    assert_eq!(
        conflicts.map(|conflicts| conflicts.to_string()).as_deref(),
        Some(
            "`orders_total` is declared twice, at src/m.rs:1 (package shop) and at src/m.rs:2 (package shop); the \
             first is shown"
        )
    );
}

#[test]
fn collected_families_stand_in_order_among_declared_ones() {
    let registry = registry();
    declare(registry, "b_total", 1, counter());
    declare(registry, "d_total", 1, counter());
    let one = collect(registry, "one", |families| {
        families.gauge("c", "Help.").number(&[], 1);
        families.gauge("a", "Help.").number(&[("x", "1")], 0.5);
        families.gauge("e", "Help.").number(&[], 3_u64);
        Ok(())
    });
    let expected = "# TYPE a gauge\na{x=\"1\"} 0.5\n# TYPE b_total counter\nb_total 0\n# TYPE c gauge\nc 1\n\
                    # TYPE d_total counter\nd_total 0\n# TYPE e gauge\ne 3\n";
    assert_eq!(text(registry), expected);
    drop(one);
    assert_eq!(text(registry), "# TYPE b_total counter\nb_total 0\n# TYPE d_total counter\nd_total 0\n");
}

#[test]
fn two_collectors_may_share_a_family() {
    let registry = registry();
    let _one = collect(registry, "one", |families| {
        families.gauge("connections", "Help.").number(&[("pool", "one")], 1_u64);
        Ok(())
    });
    let _two = collect(registry, "two", |families| {
        families.gauge("connections", "Help.").number(&[("pool", "two")], 2_u64);
        Ok(())
    });
    assert_eq!(
        text(registry),
        "# TYPE connections gauge\nconnections{pool=\"one\"} 1\nconnections{pool=\"two\"} 2\n"
    );
    assert_eq!(registry.check(), Ok(()));
}

#[test]
fn declared_metrics_win_over_collected_ones() {
    let registry = registry();
    declare(registry, "orders_total", 1, counter());
    let _one = collect(registry, "one", |families| {
        families.counter("orders_total", "Help.").number(&[], 7_u64);
        families.gauge("orders", "Help.").number(&[], 7_u64);
        families.gauge("orders_created", "Help.").number(&[], 7_u64);
        families.gauge("other", "Help.").number(&[], 7_u64);
        Ok(())
    });
    let _two = collect(registry, "two", |families| {
        families.counter("other", "Help.").number(&[], 7_u64);
        Ok(())
    });
    for _ in 0..3 {
        assert_eq!(
            text(registry),
            "# TYPE orders_total counter\norders_total 0\n# TYPE other gauge\nother 7\n"
        );
    }
    // Each once, however often it is collected.
    assert_eq!(registry.conflict_count(), 4);
    let conflicts = registry.check().err().map(|conflicts| conflicts.to_string()).unwrap_or_default();
    assert!(conflicts.contains("collector `two` handed over `other`"), "{conflicts}");
}

#[test]
fn constant_labels_give_way_to_a_collectors_own() {
    let registry = registry();
    assert_eq!(registry.install(Config::new().label("env", "prod").label("zone", "a")), Ok(()));
    let _one = collect(registry, "one", |families| {
        families.gauge("a", "Help.").number(&[("env", "test")], 1_u64);
        families.gauge("b", "Help.").number(&[], 1_u64);
        Ok(())
    });
    assert_eq!(
        text(registry),
        "# TYPE a gauge\na{zone=\"a\",env=\"test\"} 1\n# TYPE b gauge\nb{env=\"prod\",zone=\"a\"} 1\n"
    );
}

static GOOD: GaugeFn = GaugeFn::new(|| 4.5);
static PANICS: GaugeFn = GaugeFn::new(|| panic!("on purpose"));

#[test]
fn gauge_functions_run_apart_and_a_panic_costs_one() {
    let registry = registry();
    declare(registry, "a_total", 1, counter());
    declare(registry, "good_level", 1, &GOOD);
    declare(registry, "panics_level", 1, &PANICS);
    for round in 1..=2 {
        assert_eq!(
            text(registry),
            "# TYPE a_total counter\na_total 0\n# TYPE good_level gauge\ngood_level 4.5\n"
        );
        let errors = registry.pool.errors();
        let of = |name: &str| errors.iter().find(|(known, _)| **known == *name).map(|(_, errors)| *errors);
        assert_eq!((of("panics_level"), of("good_level")), (Some(round), Some(0)));
    }
    declare(registry, "z_total", 1, counter());
    text(registry);
    assert_eq!(registry.state().called.len(), 2, "no new job for a metric that has one");
}

#[test]
fn collectors_can_be_left_out_and_gauge_functions_stay() {
    #[derive(Default)]
    struct Names(Vec<String>);
    impl Visitor for Names {
        fn family(&mut self, head: &Head<'_>) {
            self.0.push(head.name.to_owned());
        }
        fn number(&mut self, _: Labels<'_>, _: Number) {
            if let Some(name) = self.0.last_mut() {
                name.push('!');
            }
        }
        fn histogram(&mut self, _: Labels<'_>, _: HistogramPoint<'_>) {}
        fn summary(&mut self, _: Labels<'_>, _: SummaryPoint<'_>) {}
        fn states(&mut self, _: Labels<'_>, _: &[&str], _: usize) {}
    }
    let registry = registry();
    declare(registry, "good_level", 1, &GOOD);
    let _one = collect(registry, "one", |families| {
        families.gauge("a", "Help.").number(&[], 1_u64);
        Ok(())
    });
    let visited = |wanted: &dyn Fn(&str) -> bool| {
        let mut names = Names::default();
        registry.visit(&mut names, &Selection::ALL, wanted);
        names.0.retain(|name| name.ends_with('!') && !is_built_in(name));
        names.0
    };
    assert_eq!(visited(&|_| true), ["a!", "good_level!"]);
    assert_eq!(visited(&|name| name != "one"), ["good_level!"]);
}

#[test]
fn a_metric_that_panics_costs_itself() {
    struct Panics;
    impl Declare for Panics {
        const KIND: Kind = Kind::Gauge;
        const LABELS: &'static [&'static str] = &[];
    }
    impl Metric for Panics {
        fn visit(&self, _: Scope, _: &mut dyn Visitor) {
            panic!("on purpose");
        }
    }
    let registry = registry();
    declare(registry, "a_total", 1, counter());
    declare(registry, "b_level", 1, &Panics);
    declare(registry, "c_total", 1, counter());
    assert_eq!(text(registry), "# TYPE a_total counter\na_total 0\n# TYPE c_total counter\nc_total 0\n");
    assert!(registry.pool.errors().iter().any(|(name, errors)| **name == *"b_level" && *errors == 1));
}

#[test]
fn chunks_are_the_same_bytes() {
    let registry = registry();
    let _one = collect(registry, "one", |families| {
        for family in 0..40 {
            let mut family = families.gauge(&format!("family_{family}"), "Help.");
            for series in 0..200 {
                family.number(&[("series", &format!("a series numbered {series}"))], series);
            }
        }
        Ok(())
    });
    for format in [Format::Text004, Format::OpenMetrics100] {
        let families = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().filter(|line| !is_built_in(line)).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut whole = Vec::new();
        registry.encode(&Request::new(format), &mut whole);
        let pulled: Vec<Vec<u8>> = Chunks::new(registry, Request::new(format)).collect();
        assert!(pulled.len() > 3);
        assert!(pulled[..pulled.len() - 1].iter().all(|chunk| chunk.len() >= crate::encode::CHUNK));
        assert_eq!(families(&pulled.concat()), families(&whole));
    }
}

#[test]
fn chunks_end_with_none_for_ever() {
    let mut chunks = Chunks::new(registry(), Request::new(Format::OpenMetrics100));
    assert!(chunks.next().is_some_and(|chunk| chunk.ends_with(b"# EOF\n")));
    assert_eq!(chunks.next(), None);
    assert_eq!(chunks.next(), None);
    drop(Chunks::new(registry(), Request::new(Format::Text004)));
}

#[test]
fn a_scrape_of_ours_that_a_collector_starts_comes_to_an_end() {
    static INNER: once_cell::sync::OnceCell<&'static Registry> = once_cell::sync::OnceCell::new();
    let registry = registry();
    assert!(INNER.set(registry).is_ok());
    let _one = collect(registry, "one", |families| {
        let mut bytes = Vec::new();
        INNER.get().ok_or("not there")?.encode(&Request::new(Format::Text004), &mut bytes);
        families.gauge("inner_bytes", "Help.").number(&[], bytes.len().min(1));
        Ok(())
    });
    assert_eq!(text(registry), "# TYPE inner_bytes gauge\ninner_bytes 1\n");
}

#[test]
fn packages_are_counted() {
    let registry = registry();
    declare(registry, "a_total", 1, counter());
    declare(registry, "b_level", 1, Box::leak(Box::new(Gauge::<(), f64>::new())));
    let packages = registry.resolved().packages.clone();
    let shop = packages.iter().find(|package| package.name == "shop");
    assert_eq!(shop.map(|package| (package.metrics, package.total())), Some((2, 2)));
}

#[test]
fn the_programs_own_registry_is_whole() {
    assert_eq!(check(), Ok(()));
    let text = encode_to_string(Format::OpenMetrics100);
    assert!(text.contains("# TYPE tallymark_conflicts counter\ntallymark_conflicts_total 0\n"));
    assert!(text.contains("tallymark_registered_metrics{crate=\"tallymark-core\"}"));
    assert!(text.ends_with("# EOF\n"));
    let again = snapshot();
    assert!(again.histogram("tallymark_scrape_duration_seconds", &[]).is_some_and(|times| times.count() > 0));
    assert!(!text.contains("tallymark_series"));
}
