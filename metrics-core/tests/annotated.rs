//! Alerts, objectives and panels of annotations, as the descriptors have them in a program with a namespace. One test: the
//! configuration is the program's.

use std::time::Duration;
use tallymark_core::{
    __private_v4::{
        Alert, Allow, Annotations, Declared, Element, Entry, Errors, FunctionMeta, FunctionObjective,
        FunctionSite, MatchOperator, Matcher, Objective, Panel, PanelUnit, Place, Severity, submit,
    },
    Counter, Histogram, Slo, buckets,
    registry::{
        self, Config, FamilyDescriptor, ObjectiveDescriptor, ObjectiveMeasure, SeriesSelector,
        declare_objective,
    },
};

static ORDERS_TOTAL: Counter = Counter::new();
static FAILED_TOTAL: Counter = Counter::new();
static NOWHERE_TOTAL: Counter = Counter::new();
static WAIT_SECONDS: Histogram = Histogram::new(buckets![0.1, 0.25]);

const PLACE: Place = Place { package: "shop", module: "shop::orders", file: "orders.rs", line: 7 };

const fn declared(name: &'static str, unit: Option<&'static str>) -> Declared {
    Declared { name, namespaced: false, help: "Help.", unit, allow: Allow::NONE, place: PLACE }
}

const fn objective(name: &'static str, slo: Slo, errors: Errors) -> Objective {
    Objective { name, slo, errors }
}

static ORDERS: Annotations = Annotations {
    alerts: &[Alert {
        name: "NoOrders",
        when: "increase[1h] < 1",
        hold: 300,
        severity: Severity::Critical,
        summary: "No orders",
        description: "",
    }],
    objectives: &[
        objective("orders", Slo::new().success(99.0), Errors::metric(&FAILED_TOTAL, "FAILED_TOTAL")),
        objective("", Slo::new().success(98.0), Errors::metric(&NOWHERE_TOTAL, "NOWHERE_TOTAL")),
        objective(
            "orders",
            Slo::new().success(97.0),
            Errors::Matching(&[Matcher { label: "a", operator: MatchOperator::NotMatches, value: "b" }]),
        ),
    ],
    panel: Panel { title: "Orders", row: "", unit: Some(PanelUnit::PerSecond) },
};

static WAITS: Annotations = Annotations {
    objectives: &[objective("", Slo::new().latency(Duration::from_millis(250), 99.0), Errors::None)],
    ..*Annotations::NONE
};

const _: () = {
    submit!(Element::Metrics(&[
        Entry::new(declared("orders_total", None), &ORDERS_TOTAL).annotated(&ORDERS),
        Entry::new(declared("failed_total", None), &FAILED_TOTAL),
        Entry::new(declared("wait_seconds", Some("seconds")), &WAIT_SECONDS).annotated(&WAITS),
    ]));
};

static PACK: FunctionSite = FunctionSite::new(FunctionMeta {
    function: "Store::pack",
    place: PLACE,
    is_async: false,
    in_flight: false,
})
.promising({
    static PROMISED: FunctionObjective =
        FunctionObjective::new("", Slo::new().success(99.9).latency(Duration::from_millis(250), 99.0));
    &PROMISED
});

const _: () = {
    submit!(Element::Function(&PACK));
};

fn described(name: &str) -> FamilyDescriptor {
    registry::descriptors().into_iter().find(|family| family.name == name).expect("it is declared")
}

#[test]
fn annotations_are_part_of_the_descriptors() {
    assert_eq!(Config::new().namespace("shop").install(), Ok(()));
    // Where the linker finds nothing, functions are there when they were called.
    PACK.enter().finish(false);

    let orders = described("shop_orders_total");
    let [alert] = &orders.alerts[..] else { panic!("{:?}", orders.alerts) };
    assert_eq!((alert.name.as_str(), alert.when.as_str()), ("NoOrders", "increase[1h] < 1"));
    assert_eq!((alert.hold, alert.severity), (Duration::from_secs(300), Severity::Critical));
    assert_eq!(alert.condition.window, Some(Duration::from_secs(3_600)));
    assert_eq!(orders.panel.title.as_deref(), Some("Orders"));
    assert_eq!((&orders.panel.row, orders.panel.unit), (&None, Some(PanelUnit::PerSecond)));

    // Families have the names that they are shown under, and names of objectives are all different.
    let all = SeriesSelector::new("shop_orders_total");
    let errors = |objective: &ObjectiveDescriptor| match &objective.measure {
        ObjectiveMeasure::Success { errors, total } if *total == all => errors.clone(),
        other => panic!("{other:?}"),
    };
    let found: Vec<_> =
        orders.objectives.iter().map(|found| (found.name.as_str(), found.target, errors(found))).collect();
    let mut matching = all.clone().matching("a", "b");
    matching.matchers[0].operator = MatchOperator::NotMatches;
    assert_eq!(
        found,
        [
            ("orders", 99.0, SeriesSelector::new("shop_failed_total")),
            // Nobody has declared it, so that every query of it is an error that names it.
            ("orders_2", 98.0, SeriesSelector::new("NOWHERE_TOTAL")),
            ("orders_3", 97.0, matching),
        ]
    );
    assert!(orders.objectives.iter().all(|objective| objective.place == Some(PLACE)));

    let [latency] = &described("shop_wait_seconds").objectives[..] else { panic!("there is one") };
    assert_eq!(latency.name, "wait_seconds_latency");
    assert!(matches!(&latency.measure, ObjectiveMeasure::Latency { limit: 0.25, .. }), "{latency:?}");

    let calls = described("shop_function_calls_total");
    let [success] = &calls.objectives[..] else { panic!("{:?}", calls.objectives) };
    assert_eq!(success.name, "shop_orders_store_pack");
    assert_eq!(success.title, "99.9 % of all calls of shop::orders::Store::pack succeed");
    let events = SeriesSelector::new("shop_function_calls_total")
        .equal("module", "shop::orders")
        .equal("function", "Store::pack");
    assert_eq!(success.measure.events(), &events);
    let durations = described("shop_function_duration_seconds");
    assert_eq!(durations.objectives[0].name, "shop_orders_store_pack_latency");
    assert!(durations.bounds.contains(&0.25));

    // What layers declare is there once, however many layers there are.
    let all = SeriesSelector::new("failed_total");
    for _ in 0..2 {
        declare_objective(ObjectiveDescriptor::success(
            "Layer's own",
            "events",
            90.0,
            all.clone(),
            all.clone(),
        ));
    }
    let failed = described("shop_failed_total");
    assert_eq!(failed.objectives.len(), 1);
    assert_eq!(failed.objectives[0].name, "layer_s_own");
}
