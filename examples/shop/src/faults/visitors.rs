//! The mistake that Prometheus' guides warn of most: a label with a value for each user.

use std::sync::LazyLock;
use tallymark::{
    Counter, LabelSet, place,
    registry::{Declaration, DeclareError},
};

/// The label.
#[derive(LabelSet)]
pub(crate) struct Visitor<'a> {
    visitor: &'a str,
}

/// Declared when it is first counted, so that a shop without this fault has no such metric.
static VISITS: LazyLock<Result<&'static Counter<Visitor<'static>>, DeclareError>> = LazyLock::new(|| {
    Declaration::new("shop_visits_total", "Visits, by who came.", place!())
        .declare(|| Counter::<Visitor<'static>>::new().max_series(20))
});

/// Counts a visit under a name that no other visit has.
pub(crate) fn count_visitor(visitor: &str) {
    match &*VISITS {
        Ok(visits) => visits.with(Visitor { visitor }).inc(),
        Err(error) => eprintln!("shop: visits are not counted: {error}"),
    }
}
