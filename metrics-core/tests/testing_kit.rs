//! The testing kit, on tests that run at the same time.

use std::{panic::catch_unwind, sync::Barrier, thread};
use tallymark_core::{
    __private_v4::{Allow, Declared, Element, Entry, GaugeFn, Place, submit},
    Counter, FloatCounter, Histogram, IntGauge, LabelSet, assert_delta, assert_metric, assert_no_delta,
    assert_value, bucket_layouts, testing,
};

struct Payment<'a> {
    provider: &'a str,
    reason: &'a str,
}

impl LabelSet for Payment<'_> {
    type Borrowed<'a> = Payment<'a>;
    const NAMES: &'static [&'static str] = &["provider", "reason"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(self.provider);
        f(self.reason);
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

static ORDERS_CREATED_TOTAL: Counter = Counter::new();
static ORDERS_LOST_TOTAL: Counter = Counter::new();
static PAID_DOLLARS_TOTAL: FloatCounter = FloatCounter::new();
static PAYMENTS_FAILED_TOTAL: Counter<Payment> = Counter::new();
static SHIPMENTS_TOTAL: Counter = Counter::new();
static ORDERS_PENDING: IntGauge = IntGauge::new();
static WAIT_SECONDS: Histogram = Histogram::new(bucket_layouts::DEFAULT);
static ANSWER: GaugeFn = GaugeFn::new(|| 42.0);
static NOBODY_KNOWS_TOTAL: Counter = Counter::new();

const fn declared(name: &'static str) -> Declared {
    let place = Place { package: "shop", module: module_path!(), file: file!(), line: 1 };
    Declared { name, namespaced: false, help: "Help.", unit: None, allow: Allow::NONE, place }
}

const _: () = {
    submit!(Element::Metrics(&[
        Entry::new(declared("orders_created_total"), &ORDERS_CREATED_TOTAL),
        Entry::new(declared("orders_lost_total"), &ORDERS_LOST_TOTAL),
        Entry::new(declared("paid_dollars_total"), &PAID_DOLLARS_TOTAL),
        Entry::new(declared("payments_failed_total"), &PAYMENTS_FAILED_TOTAL),
        Entry::new(declared("shipments_total"), &SHIPMENTS_TOTAL),
        Entry::new(declared("orders_pending"), &ORDERS_PENDING),
        Entry::new(declared("wait_seconds"), &WAIT_SECONDS),
        Entry::new(declared("answer"), &ANSWER),
    ]));
};

/// What an assertion says when it fails.
fn says(assertion: impl FnOnce() + std::panic::UnwindSafe) -> String {
    match catch_unwind(assertion) {
        Ok(()) => "nothing: it held".to_owned(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}

#[test]
fn a_test_sees_its_own_counts_only() {
    let all = 8;
    let barrier = Barrier::new(all);
    thread::scope(|scope| {
        for number in 0..all as u64 {
            let barrier = &barrier;
            scope.spawn(move || {
                let test = testing::start();
                // Everybody has begun before anybody counts, and has counted before anybody looks.
                barrier.wait();
                ORDERS_CREATED_TOTAL.inc_by(number);
                PAYMENTS_FAILED_TOTAL.with(Payment { provider: "stripe", reason: "shared" }).inc_by(number);
                barrier.wait();
                assert_delta!(test, ORDERS_CREATED_TOTAL, number);
                assert_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: "stripe", reason: "shared"}, +number);
                barrier.wait();
            });
        }
    });
}

#[test]
fn by_static_and_by_name() {
    let mut test = testing::start();
    assert_delta!(test, ORDERS_CREATED_TOTAL, 0);
    ORDERS_CREATED_TOTAL.inc();
    ORDERS_CREATED_TOTAL.inc();
    assert_delta!(test, ORDERS_CREATED_TOTAL, +2);
    assert_delta!(test, "orders_created_total", +2);
    assert_delta!(test, String::from("orders_created_total"), 2);
    assert_no_delta!(test, ORDERS_LOST_TOTAL);
    assert_metric!(test, ORDERS_CREATED_TOTAL, |before, after| after - before > 1.0);
    test.restart();
    assert_delta!(test, ORDERS_CREATED_TOTAL, 0);
}

#[test]
fn by_labels_in_any_order() {
    let test = testing::start();
    PAYMENTS_FAILED_TOTAL.with(Payment { provider: "stripe", reason: "card_declined" }).inc();
    assert_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: "stripe", reason: "card_declined"}, +1);
    assert_delta!(test, "payments_failed_total", {reason: "card_declined", provider: "stripe"}, +1);
    assert_no_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: "stripe", reason: "expired"});
    assert_metric!(
        test,
        PAYMENTS_FAILED_TOTAL,
        {provider: "stripe", reason: "card_declined"},
        |before, after| after > before
    );
}

#[test]
fn floats_and_observations() {
    let test = testing::start();
    PAID_DOLLARS_TOTAL.inc_by(0.1);
    PAID_DOLLARS_TOTAL.inc_by(0.2);
    assert_delta!(test, PAID_DOLLARS_TOTAL, +0.3);
    WAIT_SECONDS.observe(0.5);
    WAIT_SECONDS.observe(1.5);
    assert_delta!(test, WAIT_SECONDS, +2);
    assert_delta!(test, "wait_seconds_count", +2);
    assert_delta!(test, "wait_seconds_sum", +2.0);
}

#[test]
fn gauges_have_one_value_for_all() {
    let test = testing::process();
    ORDERS_PENDING.set(5);
    assert_value!(test, ORDERS_PENDING, 5);
    assert_delta!(test, ORDERS_PENDING, +5);
    ORDERS_PENDING.set(0);
    assert_delta!(test, ORDERS_PENDING, 0);
    ORDERS_PENDING.set(-1);
    assert_delta!(test, "orders_pending", -1);
    ORDERS_PENDING.set(0);
    assert_value!(test, ANSWER, 42);
    assert_value!(test, "answer", 42.0);
}

#[test]
fn work_on_other_threads() {
    let test = testing::process();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| SHIPMENTS_TOTAL.inc_by(3));
        }
    });
    assert_delta!(test, SHIPMENTS_TOTAL, +12);
    drop(test);
    let alone = testing::start();
    thread::scope(|scope| {
        scope.spawn(|| SHIPMENTS_TOTAL.inc());
    });
    assert_delta!(alone, SHIPMENTS_TOTAL, 0);
}

#[test]
fn a_failed_assertion_shows_all_series() {
    let said = says(|| {
        let test = testing::start();
        let failed = |reason| PAYMENTS_FAILED_TOTAL.with(Payment { provider: "paypal", reason });
        failed("expired").inc();
        failed("no_funds").inc_by(2);
        assert_delta!(test, PAYMENTS_FAILED_TOTAL, {provider: "paypal", reason: "expired"}, +3);
    });
    for part in [
        "`payments_failed_total{provider=\"paypal\",reason=\"expired\"}` changed by +1, not by +3",
        "payments_failed_total (counter; this thread",
        "* {provider=\"paypal\",reason=\"expired\"} ",
        "* {provider=\"paypal\",reason=\"no_funds\"} ",
        " -> ",
    ] {
        assert!(said.contains(part), "{part:?} is not in\n{said}");
    }
}

#[test]
fn every_assertion_can_fail() {
    let said = says(|| {
        let test = testing::start();
        ORDERS_CREATED_TOTAL.inc();
        assert_delta!(test, ORDERS_CREATED_TOTAL, 0);
    });
    assert!(said.contains("changed by +1, not by +0"), "{said}");
    let said = says(|| {
        let test = testing::start();
        assert_delta!(test, ORDERS_CREATED_TOTAL, -1);
    });
    assert!(said.contains("changed by +0, not by -1"), "{said}");
    let said = says(|| {
        let test = testing::start();
        ORDERS_LOST_TOTAL.inc();
        assert_no_delta!(test, ORDERS_LOST_TOTAL);
    });
    assert!(said.contains("`orders_lost_total` has changed"), "{said}");
    let said = says(|| {
        let test = testing::start();
        assert_metric!(test, ORDERS_CREATED_TOTAL, |before, after| after > before);
    });
    assert!(said.contains("of which `|before, after| after > before` does not hold"), "{said}");
    let said = says(|| assert_value!(testing::start(), ANSWER, 41));
    assert!(said.contains("`answer` is 42, not 41"), "{said}");
    let said = says(|| {
        assert_value!(testing::start(), PAYMENTS_FAILED_TOTAL, {provider: "nobody", reason: "none"}, 1);
    });
    assert!(said.contains("is not there, and should be 1"), "{said}");
}

#[test]
fn names_that_do_not_exist_are_never_unchanged() {
    let said = says(|| assert_delta!(testing::start(), "orders_creatd_total", 0));
    assert!(
        said.contains("no metric is called `orders_creatd_total`; there are `orders_created_total`"),
        "{said}"
    );
    let said = says(|| assert_no_delta!(testing::start(), "nonsense"));
    assert_eq!(said, "no metric is called `nonsense`");
    let said = says(|| assert_no_delta!(testing::start(), NOBODY_KNOWS_TOTAL));
    assert!(said.contains("`NOBODY_KNOWS_TOTAL` is not a metric that the registry knows"), "{said}");
}
