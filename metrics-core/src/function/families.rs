//! The families that all annotated functions share.

use super::{error::FUNCTION_ERRORS_TOTAL, outcome::Outcome, site::FunctionSite};
use crate::{
    cell::Scope,
    created,
    declared::{Declared, Elements, Entry, FromElements},
    descriptor::{Kind, Place},
    lint::Allow,
    metric::{Declare, Metric},
    number::Number,
    outline::Outline,
    publish::{self, Part},
    value::bucket_layouts::FUNCTION,
    visit::{Details, Labels, Visitor},
};
use std::sync::Arc;

const LABELS: &[&str] = &["module", "function"];

/// Sites by module and name, those of one function together.
type Functions = Vec<Vec<&'static FunctionSite>>;

/// All functions. Two methods of one name in one module, on types the macro did not see, are one function here: they
/// would be one series in the exposition. [`registry::check`](crate::registry::check) reports them.
fn functions() -> Arc<Functions> {
    static FUNCTIONS: FromElements<Functions> = FromElements::new(|elements| {
        let mut sites: Vec<&'static FunctionSite> = elements.functions();
        let name = |site: &&FunctionSite| (site.meta().place.module, site.meta().function);
        sites.sort_by_key(name);
        sites.chunk_by(|a, b| name(a) == name(b)).map(<[_]>::to_vec).collect()
    });
    FUNCTIONS.get(Elements::global())
}

fn cells(sites: &[&FunctionSite], scope: Scope) -> Vec<u64> {
    let mut cells = Vec::new();
    for site in sites {
        site.add_to(scope, &mut cells);
    }
    cells
}

/// Functions are counted from the start.
fn details() -> Details<'static> {
    Details { created: created::start(), ..Details::default() }
}

struct Calls;

impl Declare for Calls {
    const KIND: Kind = Kind::Counter;
    const LABELS: &'static [&'static str] = &["module", "function", "outcome"];
}

impl Metric for Calls {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        for sites in functions().iter() {
            let meta = sites[0].meta();
            let cancellable = sites.iter().any(|site| site.meta().is_async);
            let cells = cells(sites, scope);
            let (outcomes, _) = FunctionSite::split(&cells);
            for (outcome, &calls) in Outcome::ALL.into_iter().zip(outcomes) {
                // Shown from the start, so that a rate has something to start from; a function that returns no future
                // cannot be cancelled. Behind an alias, its future shows when it is.
                if outcome != Outcome::Cancelled || cancellable || calls > 0 {
                    let values = [meta.place.module, meta.function, outcome.text()];
                    visitor.number_with(Labels::new(Self::LABELS, &values), Number::U64(calls), &details());
                }
            }
        }
    }
}

struct Duration;

impl Declare for Duration {
    const KIND: Kind = Kind::Histogram;
    const LABELS: &'static [&'static str] = LABELS;
}

impl Metric for Duration {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        for sites in functions().iter() {
            let meta = sites[0].meta();
            let cells = cells(sites, scope);
            let (_, point) = FunctionSite::split(&cells);
            let labels = [meta.place.module, meta.function];
            visitor.histogram_with(Labels::new(LABELS, &labels), point, &details());
        }
    }

    fn outline(&self) -> Outline {
        Outline { bounds: FUNCTION.bounds(), ..Outline::default() }
    }
}

struct InFlight;

impl Declare for InFlight {
    const KIND: Kind = Kind::Gauge;
    const LABELS: &'static [&'static str] = LABELS;
}

impl Metric for InFlight {
    fn visit(&self, scope: Scope, visitor: &mut dyn Visitor) {
        for sites in functions().iter() {
            let meta = sites[0].meta();
            if let Some(calls) = FunctionSite::calls_in_flight(sites, scope) {
                visitor.number(Labels::new(LABELS, &[meta.place.module, meta.function]), Number::I64(calls));
            }
        }
    }
}

/// Tells other processes of a function whose cells begin at `first`.
pub(super) fn publish(site: &FunctionSite, first: u32) {
    let meta = site.meta();
    let (module, function) = (meta.place.module, meta.function);
    let width = FunctionSite::layout().width();
    let [calls, duration, ..] = ENTRIES else { return };
    for outcome in Outcome::ALL {
        let part = Part {
            floats: (0, 0),
            integers: (FunctionSite::cell_of(outcome), 1),
            level: false,
            bounds: &[],
            hides_zero: outcome == Outcome::Cancelled && !meta.is_async,
        };
        publish::part(calls, first, width, part, &[module, function, outcome.text()]);
    }
    let [floats, integers] = FunctionSite::cells_of_histogram();
    let bounds = FUNCTION.bounds();
    let part = Part { floats, integers, level: false, bounds, hides_zero: false };
    publish::part(duration, first, width, part, &[module, function]);
}

/// Tells other processes where the calls in progress of a function are counted.
pub(super) fn publish_in_flight(site: &FunctionSite, first: u32) {
    let meta = site.meta();
    let [_, _, in_flight, ..] = ENTRIES else { return };
    let part = Part { floats: (0, 0), integers: (0, 2), level: true, bounds: &[], hides_zero: false };
    publish::part(in_flight, first, 2, part, &[meta.place.module, meta.function]);
}

const fn declared(name: &'static str, help: &'static str, unit: Option<&'static str>, line: u32) -> Declared {
    let place = Place { package: env!("CARGO_PKG_NAME"), module: module_path!(), file: file!(), line };
    Declared { name, namespaced: false, help, unit, allow: Allow::NONE, place }
}

/// The families, for the registry's own element.
pub(crate) static ENTRIES: &[Entry] = &[
    Entry::new(declared("function_calls_total", "Calls that ended, by outcome.", None, line!()), &Calls),
    Entry::new(
        declared(
            "function_duration_seconds",
            "Time from call to end, whatever the outcome.",
            Some("seconds"),
            line!(),
        ),
        &Duration,
    ),
    Entry::new(declared("function_in_flight", "Calls in progress.", None, line!()), &InFlight),
    Entry::new(
        declared("function_errors_total", "Calls that returned an error, by kind of error.", None, line!()),
        &FUNCTION_ERRORS_TOTAL,
    ),
];
