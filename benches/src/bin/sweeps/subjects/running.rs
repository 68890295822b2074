//! What is declared while the program runs: label names that only it knows, closures, and registries of their own.

use tallymark::{
    CallbackGauge, Counter, Labelled, place,
    registry::{self, Declaration, Format, Registry},
};

use tallymark_core::Varied;

use super::{declared::encode, series::Name};
use crate::{
    meter::Meter,
    subject::{Subject, shuffled},
};

pub const SUBJECTS: [Subject; 5] = [
    Subject::new("run-time labels", "values of a label whose name is known at run time", run_time_labels),
    Subject::new("run-time families", "families of such labels", run_time_families),
    Subject::new("varied labels", "sets of label names of one family", varied).up_to(10_000).least(96),
    Subject::new("registries", "registries of their own, each with a counter", registries),
    Subject::new("callbacks", "closures of one family of gauges", callbacks),
];

fn declaration(name: String) -> Declaration {
    Declaration::new(name, "Things counted.", place!())
}

fn limit(n: usize) -> u32 {
    u32::try_from(n + 1).unwrap_or(u32::MAX)
}

fn shown(meter: &mut Meter) {
    meter.part("first exposition", || encode(Format::Text004));
    meter.part("exposition", || encode(Format::Text004));
    assert!(meter.part("check()", registry::check).is_ok());
}

fn run_time_labels(meter: &mut Meter, n: usize) {
    let counter: &'static Labelled<Counter> = declaration("grown_total".to_owned())
        .labels(["shard"])
        .max_series(limit(n))
        .declare(Counter::<()>::new)
        .expect("a good name");
    let values: Vec<String> = shuffled(n).map(|at| format!("shard-{at}")).collect();
    let count = || values.iter().for_each(|value| counter.with(&[value]).inc());
    meter.part("first increments", count);
    meter.part("increments", count);
    shown(meter);
    assert_eq!(registry::snapshot().total("grown_total"), Some(2.0 * n as f64));
    let gone = meter.part("removed", || values.iter().filter(|value| counter.remove(&[value])).count());
    assert_eq!(gone, n);
}

fn run_time_families(meter: &mut Meter, n: usize) {
    let declare = || {
        for at in shuffled(n) {
            let labels = declaration(format!("grown_{at}_total")).labels([format!("label_{at}")]);
            labels.declare(Counter::<()>::new).expect("a good name").with(&["one"]).inc();
        }
    };
    meter.part("declared", declare);
    meter.part("declared again", declare);
    shown(meter);
}

fn varied(meter: &mut Meter, n: usize) {
    let counter: &'static Varied<Counter> = declaration("grown_total".to_owned())
        .labels_vary()
        .max_sets(n)
        .declare(Counter::<()>::new)
        .expect("a good name");
    let names: Vec<String> = shuffled(n).map(|at| format!("label_{at}")).collect();
    let count = || {
        for name in &names {
            counter.labelled(&[name.as_str()]).expect("within the limit").with(&["one"]).inc();
        }
    };
    meter.part("first increments", count);
    meter.part("increments", count);
    shown(meter);
    assert_eq!(registry::snapshot().total("grown_total"), Some(2.0 * n as f64));
}

fn registries(meter: &mut Meter, n: usize) {
    let registries: Vec<Registry> = meter.part("made", || {
        let declared = |_| {
            let registry = Registry::new();
            let declaration = declaration("grown_total".to_owned()).registry(registry);
            declaration.declare(Counter::<()>::new).expect("a good name").inc();
            registry
        };
        (0..n).map(declared).collect()
    });
    // Each into memory of its own: behind what others have written, the same room is obtained in another way.
    let lines = |registry: &Registry| {
        let mut bytes = Vec::new();
        registry.encode(Format::Text004, &mut bytes);
        bytes.iter().filter(|&&byte| byte == b'\n').count()
    };
    let expose = || registries.iter().map(lines).sum::<usize>();
    let lines = meter.part("first exposition of each", expose);
    assert_eq!(lines, 3 * n);
    meter.part("exposition of each", expose);
    meter.part("exposition of the program's", || encode(Format::Text004));
}

fn callbacks(meter: &mut Meter, n: usize) {
    let family: &'static CallbackGauge<Name<'static>> =
        declaration("grown".to_owned()).declare(CallbackGauge::new).expect("a good name");
    let callbacks: Vec<_> = meter.part("registered", || {
        let register = |at: usize| family.register(Name { name: &at.to_string() }, move || at);
        shuffled(n).map(register).collect()
    });
    shown(meter);
    assert_eq!(registry::snapshot().family("grown").map(|family| family.series.len()), Some(n));
    meter.part("dropped", || drop(callbacks));
    meter.part("exposition after", || encode(Format::Text004));
}
