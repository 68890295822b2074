//! One family: from a key's labels to a series.

use std::sync::{PoisonError, RwLock};

use metrics::{Key, Label};
use tallymark_core::{Counter, Gauge, Histogram, Labellable, Labelled, Varied};

use crate::{names, rejected::Reason};

/// The most labels of one series.
const MOST_LABELS: usize = 16;

/// Orders of label names that are remembered for one family. Those beyond are worked out each time.
const MOST_ORDERS: usize = 256;

/// A family of the kind with which its name came first.
pub(crate) enum Family {
    Counter(Of<Counter>),
    Gauge(Of<Gauge>),
    Histogram(Of<Histogram>),
    /// Refused: what is counted under the name is rejected.
    Refused(Reason),
}

/// A family of one kind.
pub(crate) struct Of<M: 'static> {
    pub(crate) varied: &'static Varied<M>,
    orders: RwLock<Vec<Order<M>>>,
}

/// Label names as callers write them, in their order.
struct Order<M: 'static> {
    names: Vec<String>,
    /// For each name of the family, the number of its value.
    places: Vec<usize>,
    labelled: &'static Labelled<M>,
}

/// A series, and the family that it is one of.
pub(crate) struct Found<M: Labellable + 'static> {
    pub(crate) labelled: &'static Labelled<M>,
    pub(crate) handle: M::Handle,
}

impl<M: Labellable + Send + 'static> Of<M> {
    pub(crate) fn new(varied: &'static Varied<M>) -> Self {
        Self { varied, orders: RwLock::new(Vec::new()) }
    }

    /// Returns the series of a key, created on first use.
    pub(crate) fn find(&self, key: &Key) -> Result<Found<M>, Reason> {
        // Prometheus takes an empty value for a label that is not there.
        let present = || key.labels().filter(|label| !label.value().is_empty());
        if present().count() > MOST_LABELS {
            return Err(Reason::Labels);
        }
        let mut values = [""; MOST_LABELS];
        for (value, label) in values.iter_mut().zip(present()) {
            *value = label.value();
        }
        {
            let orders = self.orders.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(order) = orders.iter().find(|order| order.is_of(present())) {
                return Ok(order.series(&values));
            }
        }
        let order = self.order(present())?;
        let found = order.series(&values);
        let mut orders = self.orders.write().unwrap_or_else(PoisonError::into_inner);
        if orders.len() < MOST_ORDERS && !orders.iter().any(|known| known.names == order.names) {
            orders.push(order);
        }
        Ok(found)
    }

    fn order<'k>(&self, labels: impl Iterator<Item = &'k Label>) -> Result<Order<M>, Reason> {
        let names: Vec<String> = labels.map(|label| label.key().to_owned()).collect();
        // Of labels that have the same name, the last one counts.
        let mut own: Vec<(String, usize)> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let name = names::label_name(name);
            match own.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = at,
                None => own.push((name, at)),
            }
        }
        let wanted: Vec<&str> = own.iter().map(|(name, _)| name.as_str()).collect();
        let labelled = self.varied.labelled(&wanted).map_err(|_| Reason::Labels)?;
        let place = |name: &&str| own.iter().find(|(known, _)| known == name).map_or(0, |&(_, at)| at);
        Ok(Order { places: labelled.names().iter().map(place).collect(), labelled, names })
    }
}

impl<M: Labellable> Order<M> {
    fn is_of<'k>(&self, mut labels: impl Iterator<Item = &'k Label>) -> bool {
        self.names.iter().all(|name| labels.next().is_some_and(|label| label.key() == name))
            && labels.next().is_none()
    }

    fn series(&self, given: &[&str; MOST_LABELS]) -> Found<M> {
        let mut values = [""; MOST_LABELS];
        for (value, &place) in values.iter_mut().zip(&self.places) {
            *value = given.get(place).copied().unwrap_or_default();
        }
        let values = values.get(..self.places.len()).unwrap_or_default();
        Found { labelled: self.labelled, handle: self.labelled.with(values) }
    }
}
