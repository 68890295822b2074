use tallymark::{Counter, metric};

/// Orders.
#[metric(alert(name = "Orders", when = "rate{state =~ 'paid(|_late)'}[5m] > 1"))]
static ORDERS_TOTAL: Counter<State> = Counter::new();

/// Parcels.
#[metric(slo(success = 99.9, errors = "{state =~ '(lost'}"))]
static PARCELS_TOTAL: Counter<State> = Counter::new();

#[derive(Clone, Copy, tallymark::LabelValue, tallymark::LabelSet)]
enum State {
    Paid,
}

fn main() {}
