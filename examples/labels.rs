//! Labels: closed ones, whose values the compiler knows, and an open one with a limit.
//!
//! `cargo run --example labels`

use tallymark::{Counter, LabelSet, LabelValue, metrics};

/// The values are `espresso`, `flat_white` and `tea`; there can be no other.
#[derive(Clone, Copy, LabelValue)]
enum Drink {
    Espresso,
    FlatWhite,
    #[label(rename = "tea")]
    CupOfTea,
}

#[derive(LabelSet)]
struct Cup {
    drink: Drink,
    to_go: bool,
}

#[derive(LabelSet)]
struct Name<'a> {
    first_letter: &'a str,
}

#[metrics(namespace = "cafe")]
mod cafe {
    use super::{Counter, Cup, Name};

    /// Cups sold. With `init`, all six series are there from the beginning.
    #[metric(init)]
    pub(super) static CUPS_SOLD_TOTAL: Counter<Cup> = Counter::new();

    /// Guests served. The text of the label is free, so the number of series has a limit; what goes beyond it is
    /// counted under `_overflow`.
    #[metric(max_series = 2)]
    pub(super) static GUESTS_SERVED_TOTAL: Counter<Name<'static>> = Counter::new();
}

fn main() {
    cafe::CUPS_SOLD_TOTAL.with(Cup { drink: Drink::FlatWhite, to_go: true }).inc();
    cafe::CUPS_SOLD_TOTAL.with(Cup { drink: Drink::CupOfTea, to_go: false }).inc_by(2);

    // A handle is small and can be kept, so that the series is not looked up again.
    let espresso = cafe::CUPS_SOLD_TOTAL.with(Cup { drink: Drink::Espresso, to_go: false });
    (0..10).for_each(|_| espresso.inc());

    for guest in ["Ada", "Bob", "Alan", "Cleo", "Dag"] {
        cafe::GUESTS_SERVED_TOTAL.with(Name { first_letter: &guest[..1] }).inc();
    }
    println!("{}", tallymark::encode_to_string(tallymark::registry::Format::Text004));
}
