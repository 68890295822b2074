use tallymark::{Gauge, metric};

/// The least temperature.
#[metric]
static TEMPERATURE_CELSIUS_MIN: Gauge = Gauge::new();

/// Time waited.
#[metric(unit = "min")]
static WAITED_MIN: Gauge = Gauge::new();

fn main() {
    TEMPERATURE_CELSIUS_MIN.set(1.0);
    WAITED_MIN.set(1.0);
}
