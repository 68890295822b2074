//! Observations into a histogram.

use tallymark_benches::{
    harness::contender::Built,
    input::{ROUTES, VALUES, route, value},
    peer::read,
};

/// The prepared values.
pub fn values() -> &'static [f64] {
    &VALUES
}

/// A histogram that is held, and a way to read count and sum.
pub fn held<H: Clone + Send + Sync + 'static>(
    handle: H,
    observe: impl Fn(&H, f64) + Copy + Send + Sync + 'static,
    read: impl FnOnce(&H) -> (u64, f64) + Send + 'static,
) -> Built {
    Built::handle(
        (handle, values()),
        move |(it, values), i| observe(it, value(values, i)),
        move |(it, values), done| {
            let (count, sum) = read(it);
            done.count(count).and_then(|()| done.sum(sum, values))
        },
    )
}

/// The prepared labels.
pub fn routes() -> &'static [&'static str] {
    &ROUTES
}

/// A family that is held, and a way to read count and sum.
pub fn labelled<H: Clone + Send + Sync + 'static>(
    handle: H,
    observe: impl Fn(&H, &'static str, f64) + Copy + Send + Sync + 'static,
    read: impl FnOnce(&H) -> (u64, f64) + Send + 'static,
) -> Built {
    Built::handle(
        (handle, routes(), values()),
        move |(it, routes, values), i| observe(it, route(routes, i), value(values, i)),
        move |(it, _, values), done| {
            let (count, sum) = read(it);
            done.count(count).and_then(|()| done.sum(sum, values))
        },
    )
}

/// Count and sum on the lines of an exposition.
pub fn exposed(text: &str) -> (u64, f64) {
    let seen = read(text);
    (seen.observed, seen.sum)
}
