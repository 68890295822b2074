use super::{super::Conflicts, *};
use crate::{
    cell::Scope,
    declared::{self, Entry},
    descriptor::Place,
    encode::sample_suffixes,
    function::FunctionSite,
    lint::Allow,
    metric::{Declare, Metric},
    value::{Counter, Gauge, Histogram, bucket_layouts},
    visit::Visitor,
};

static COUNTER: Counter = Counter::new();
static GAUGE: Gauge = Gauge::new();
static HISTOGRAM: Histogram = Histogram::new(bucket_layouts::DEFAULT);
static LABELLED: Labelled = Labelled;

struct Labelled;

impl Declare for Labelled {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["region", "way"];
}

impl Metric for Labelled {
    fn visit(&self, _: Scope, _: &mut dyn Visitor) {}
}

struct Given {
    name: &'static str,
    namespaced: bool,
    package: &'static str,
    line: u32,
}

const fn plain(name: &'static str) -> Given {
    Given { name, namespaced: false, package: "shop", line: 1 }
}

fn entry<M: Metric + Declare>(given: &Given, metric: &'static M) -> Entry {
    let allow = Allow::ALL;
    let place = Place { package: given.package, module: "m", file: "src/m.rs", line: given.line };
    let Given { name, namespaced, .. } = *given;
    Entry::new(declared::Declared { name, namespaced, help: "Help.", unit: None, allow, place }, metric)
}

fn resolve(entries: Vec<Entry>, config: Config) -> Resolved {
    Resolved::new(&[&[Element::Metrics(Vec::leak(entries))]], config)
}

fn names(resolved: &Resolved) -> Vec<&str> {
    resolved.families.iter().map(DeclaredFamily::name).collect()
}

#[test]
fn families_are_sorted_whatever_they_have_in_common() {
    let common = "a_name_that_is_longer_than_sixteen_bytes";
    let mut given: Vec<String> = (0..300).map(|n| format!("{common}_{}", (n * 7919) % 300)).collect();
    given.extend([
        common.to_owned(),
        format!("{common}_10_and_what_follows_is_long_a"),
        format!("{common}_10_and_what_follows_is_long"),
        format!("{common}_10_and_what_follows_is_long_b"),
    ]);
    let entries = given.iter().map(|name| entry(&plain(name.clone().leak()), &GAUGE)).collect();
    let resolved = resolve(entries, Config::new());
    given.sort();
    assert_eq!(names(&resolved), given);
    assert_eq!(resolved.conflicts, []);
    for name in &given {
        assert_eq!(resolved.find(name).map(DeclaredFamily::name), Some(name.as_str()));
    }
}

#[test]
fn nothing_declared_is_fine() {
    assert_eq!(names(&resolve(Vec::new(), Config::new())), [""; 0]);
}

#[test]
fn of_two_declarations_the_same_one_is_shown_in_whatever_order_they_are_found() {
    let (early, late) = (Given { line: 10, ..plain("orders") }, Given { line: 20, ..plain("orders") });
    let other = Given { package: "billing", line: 30, ..plain("orders") };
    for turn in 0..3 {
        let mut entries = vec![entry(&late, &GAUGE), entry(&early, &COUNTER), entry(&other, &GAUGE)];
        entries.rotate_left(turn);
        let resolved = resolve(entries, Config::new());
        assert_eq!(names(&resolved), ["orders"]);
        let shown = resolved.families[0].place();
        assert_eq!((shown.package, shown.line), ("billing", 30));
        let texts: Vec<String> = resolved.conflicts.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "`orders` is declared twice, at src/m.rs:30 (package billing) and at src/m.rs:10 (package shop), with \
                 different kind; the first is shown",
                "`orders` is declared twice, at src/m.rs:30 (package billing) and at src/m.rs:20 (package shop); the \
                 first is shown",
            ]
        );
    }
}

#[test]
fn differences_are_named() {
    let mut a = entry(&plain("x"), &GAUGE);
    let mut b = entry(&plain("x"), &LABELLED);
    a.descriptor.unit = Some("bytes");
    b.descriptor.help = "Other.";
    assert_eq!(
        Difference::between(&a.descriptor, &b.descriptor),
        [Difference::Kind, Difference::Unit, Difference::Labels, Difference::Help]
    );
    assert_eq!(Difference::between(&a.descriptor, &a.descriptor), []);
}

#[test]
fn samples_of_one_name_clash() {
    for (first, second, clash) in [
        (entry(&plain("x"), &HISTOGRAM), entry(&plain("x_count"), &COUNTER), true),
        (entry(&plain("x"), &HISTOGRAM), entry(&plain("x_sum_total"), &COUNTER), true),
        (entry(&plain("x"), &HISTOGRAM), entry(&plain("x_bucket"), &GAUGE), true),
        (entry(&plain("x"), &GAUGE), entry(&plain("x_total"), &COUNTER), true),
        (entry(&plain("x_created"), &GAUGE), entry(&plain("x_total"), &COUNTER), true),
        (entry(&plain("x_total"), &GAUGE), entry(&plain("x"), &COUNTER), true),
        (entry(&plain("x"), &GAUGE), entry(&plain("x_count"), &GAUGE), false),
        (entry(&plain("x"), &HISTOGRAM), entry(&plain("x_counter"), &GAUGE), false),
        (entry(&plain("x"), &HISTOGRAM), entry(&plain("x_y_count"), &GAUGE), false),
        (entry(&plain("x_total"), &COUNTER), entry(&plain("x_count"), &GAUGE), false),
    ] {
        let names = (first.descriptor.name, second.descriptor.name);
        let (kind, name) = (second.descriptor.kind, second.descriptor.name);
        let alone = Resolved::new(&[&[Element::Metrics(Vec::leak(vec![first]))]], Config::new());
        assert_eq!(alone.clashes(name, kind), clash, "{names:?}");
        let first = Entry::described(alone.families[0].entry().descriptor, &GAUGE);
        let resolved = resolve(vec![second, first], Config::new());
        assert_eq!(resolved.families.len(), if clash { 1 } else { 2 }, "{names:?}");
        let found = matches!(resolved.conflicts.as_slice(), [Conflict::Samples { .. }]);
        assert_eq!(found, clash, "{names:?}: {:?}", resolved.conflicts);
    }
}

#[test]
fn a_clash_says_where_both_are() {
    let second = Given { package: "billing", line: 7, ..plain("x_count") };
    let resolved = resolve(vec![entry(&second, &GAUGE), entry(&plain("x"), &HISTOGRAM)], Config::new());
    assert_eq!(names(&resolved), ["x"]);
    assert_eq!(
        Conflicts(resolved.conflicts).to_string(),
        "`x` at src/m.rs:1 (package shop) and `x_count` at src/m.rs:7 (package billing) have samples or families of \
         one name; the first is shown"
    );
}

#[test]
fn one_clash_does_not_hide_another() {
    let entries = ["a", "a_count", "a_sum", "b", "b_bucket"].map(|name| {
        if name.len() == 1 { entry(&plain(name), &HISTOGRAM) } else { entry(&plain(name), &GAUGE) }
    });
    let resolved = resolve(entries.into(), Config::new());
    assert_eq!(names(&resolved), ["a", "b"]);
    assert_eq!(resolved.conflicts.len(), 3);
}

#[test]
fn a_namespace_goes_before_names_that_have_none() {
    let entries = vec![
        entry(&plain("orders_total"), &COUNTER),
        entry(&Given { namespaced: true, ..plain("billing_orders_total") }, &COUNTER),
        entry(&plain("process_threads"), &GAUGE),
        entry(&plain("tallymark_x"), &GAUGE),
    ];
    let resolved = resolve(entries, Config::new().namespace("shop"));
    assert_eq!(
        names(&resolved),
        ["billing_orders_total", "process_threads", "shop_orders_total", "tallymark_x"]
    );
}

#[test]
fn names_may_clash_only_once_the_namespace_is_there() {
    let entries = || {
        let namespaced = Given { namespaced: true, ..plain("shop_orders") };
        vec![entry(&plain("orders"), &GAUGE), entry(&namespaced, &GAUGE)]
    };
    assert_eq!(resolve(entries(), Config::new()).conflicts.len(), 0);
    assert_eq!(resolve(entries(), Config::new().namespace("shop")).conflicts.len(), 1);
}

#[test]
fn a_metric_keeps_its_own_label_of_the_name_of_a_constant_one() {
    let entries = vec![entry(&plain("x_total"), &LABELLED), entry(&plain("y"), &GAUGE)];
    let config = Config::new().label("region", "north").label("env", "prod");
    let resolved = resolve(entries, config.clone());
    let constant = |at: usize| {
        let head = resolved.families[at].head(&config);
        head.constant.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(constant(0), ["env"]);
    assert_eq!(constant(1), ["region", "env"]);
    let [conflict] = resolved.conflicts.as_slice() else { panic!("{:?}", resolved.conflicts) };
    assert_eq!(
        conflict.to_string(),
        "the constant label `region` is also a label of `x_total` at src/m.rs:1 (package shop), which keeps its own"
    );
}

proptest::proptest! {
    /// Whatever is declared: sorted, no two of the shown ones clash, and each of the others clashes with a shown one.
    #[test]
    fn what_is_shown_is_all_that_can_be(
        given in proptest::collection::vec(
            ("(a|b|ab|a_b)(_count|_sum|_created|_info|_bucket)?(_total|_info)?", 0..4_usize, 0..5_u32),
            0..40,
        ),
    ) {
        let entries: Vec<Entry> = given
            .iter()
            .map(|(name, kind, line)| {
                let given = Given { line: *line, ..plain(name.clone().leak()) };
                match kind {
                    0 => entry(&given, &COUNTER),
                    1 => entry(&given, &GAUGE),
                    2 => entry(&given, &HISTOGRAM),
                    _ => entry(&given, &FACTS),
                }
            })
            .collect();
        let resolved = resolve(entries, Config::new());
        let shown: Vec<_> = resolved.families.iter().collect();
        proptest::prop_assert!(shown.is_sorted_by(|a, b| a.name() < b.name()));
        for (at, one) in shown.iter().enumerate() {
            for other in shown.iter().skip(at + 1) {
                proptest::prop_assert!(!claims_meet(one, other), "{} {}", one.name(), other.name());
            }
        }
        proptest::prop_assert_eq!(resolved.conflicts.len(), given.len() - shown.len());
        for conflict in &resolved.conflicts {
            let (shown, other) = match conflict {
                Conflict::Twice { name, .. } => (name, name),
                Conflict::Samples { name, other, .. } => (name, other),
                _ => panic!("{conflict}"),
            };
            proptest::prop_assert!(resolved.find(shown).is_some() || shown == other, "{conflict}");
        }
    }
}

static FACTS: Facts = Facts;

struct Facts;

impl Declare for Facts {
    const KIND: Kind = Kind::Info;
    const LABELS: &'static [&'static str] = &[];
}

impl Metric for Facts {
    fn visit(&self, _: Scope, _: &mut dyn Visitor) {}
}

/// The rule as the formats have it: both families' names, and those of all their samples.
fn claims_meet(a: &DeclaredFamily, b: &DeclaredFamily) -> bool {
    let claims = |declared: &DeclaredFamily| {
        let stem = stem(declared.name(), declared.kind()).to_owned();
        let samples = sample_suffixes(declared.kind()).iter().map(|suffix| format!("{stem}{suffix}"));
        samples.chain([stem.clone()]).collect::<Vec<_>>()
    };
    let others = claims(b);
    claims(a).iter().any(|claim| others.contains(claim))
}

#[test]
fn functions_of_one_name_are_told_apart_by_their_module_or_reported() {
    let site = |module: &'static str, function: &'static str, line: u32| -> &'static FunctionSite {
        let place = Place { package: "shop", module, file: "src/store.rs", line };
        Box::leak(Box::new(FunctionSite::new(FunctionMeta {
            function,
            place,
            is_async: false,
            in_flight: false,
        })))
    };
    let elements = |sites: &[(&'static str, &'static str, u32)]| -> Vec<Element> {
        sites
            .iter()
            .map(|&(module, function, line)| Element::Function(site(module, function, line)))
            .collect()
    };
    let apart =
        elements(&[("shop::a", "insert", 1), ("shop::b", "insert", 2), ("shop::a", "Store::insert", 3)]);
    assert_eq!(Resolved::new(&[&apart], Config::new()).conflicts, []);

    let together = elements(&[("shop::a", "insert", 30), ("shop::a", "remove", 2), ("shop::a", "insert", 4)]);
    let conflicts = Conflicts(Resolved::new(&[&together], Config::new()).conflicts);
    let sentence = "`insert` in `shop::a` is two functions, at src/store.rs:4 (package shop) and at src/store.rs:30 (package \
                    shop), whose calls are in one series; give one of them another name: `#[timed(name = \"…\")]`";
    assert_eq!(conflicts.to_string(), sentence);
    // What `check().unwrap()` shows.
    assert_eq!(format!("{conflicts:?}"), format!("\n{sentence}"));
}
