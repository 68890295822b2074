//! What is observed of a request at its end.

use super::tally::Tally;
use crate::BuildError;
use std::{
    any::Any,
    collections::HashMap,
    sync::{LazyLock, Mutex, OnceLock, PoisonError},
};
use tallymark_core::{
    Buckets, Histogram, HistogramHandle, buckets, place,
    registry::{Declaration, LayerSettings},
    request::UnitObserver,
    unit_observer,
};

const FAMILY: &str = "http_request_db_queries";

/// Bounds of the number of statements, if no others are asked for.
static BUCKETS: &Buckets = buckets![0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0];

// Whatever layer receives requests, such as `tallymark-http`, finds the observer by this, and neither needs to know the other.
unit_observer!(|namespace| match namespace {
    // Declared anew each time, so that the layer hears of it if the name is taken.
    Some(_) => RequestObserver::usual(namespace).ok().map(|observer| observer as &dyn UnitObserver),
    None => Some(RequestObserver::default_one()),
});

/// Observes the number of statements of each request.
#[derive(Debug)]
pub(super) struct RequestObserver {
    queries: Option<HistogramHandle>,
}

impl RequestObserver {
    /// Returns the observer in a namespace, or in none, with these buckets.
    pub(super) fn declared(
        namespace: Option<&str>,
        buckets: &'static Buckets,
    ) -> Result<&'static Self, BuildError> {
        static KNOWN: LazyLock<Mutex<HashMap<Option<String>, &'static RequestObserver>>> =
            LazyLock::new(Mutex::default);
        let declaration = Declaration::new(FAMILY, "Statements that a request executes.", place!());
        let histogram: &Histogram = declaration.namespace(namespace).declare(|| Histogram::new(buckets))?;
        let queries = Some(histogram.handle());
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let observer = known.entry(namespace.map(str::to_owned));
        Ok(*observer.or_insert_with(|| Box::leak(Box::new(Self { queries }))))
    }

    /// Returns the observer in a namespace, or in none, with the buckets that the application sets for all layers, or else the
    /// usual ones.
    pub(super) fn usual(namespace: Option<&str>) -> Result<&'static Self, BuildError> {
        let common = LayerSettings::of(env!("CARGO_PKG_NAME"))?;
        Self::declared(namespace, common.buckets(namespace, FAMILY).unwrap_or(BUCKETS))
    }

    /// Returns the observer in no namespace. If the family cannot be declared, because its name was taken, it tells requests
    /// apart and observes nothing.
    pub(super) fn default_one() -> &'static Self {
        static DEFAULT: OnceLock<&'static RequestObserver> = OnceLock::new();
        static SILENT: RequestObserver = RequestObserver { queries: None };
        DEFAULT.get_or_init(|| Self::usual(None).unwrap_or(&SILENT))
    }
}

impl UnitObserver for RequestObserver {
    #[inline]
    fn ended(&self, kept: Option<Box<dyn Any + Send>>) {
        // Another layer may keep something there, which is not ours to read.
        let tally = kept.and_then(|kept| kept.downcast::<Tally>().ok());
        if let Some(queries) = self.queries {
            queries.observe(tally.as_ref().map_or(0, |tally| tally.queries()) as f64);
        }
        if let Some(tally) = tally {
            tally.give_back();
        }
    }
}
