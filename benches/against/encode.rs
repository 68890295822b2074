//! Expositions of 10,240 counters in eight families, of 730 histograms in four, or of 4,000 families of one counter, as often as
//! the second argument says.

use tallymark::{
    Counter, Histogram, LabelSet, buckets, metric,
    place,
    registry::{self, Declaration, Format},
};

#[derive(LabelSet, Clone, Copy)]
struct Pair<'a> {
    endpoint: &'a str,
    customer: &'a str,
}

macro_rules! counters {
    ($($id:ident $name:tt),*) => {
        $(
            /// What this family counts, in a sentence.
            #[metric(name = $name)]
            static $id: Counter<Pair<'static>> = Counter::new().max_series(20_000);
        )*
        static COUNTERS: &[&Counter<Pair<'static>>] = &[$(&$id),*];
    };
}

macro_rules! histograms {
    ($($id:ident $name:tt),*) => {
        $(
            /// What this family observes, in a sentence.
            #[metric(name = $name)]
            static $id: Histogram<Pair<'static>> =
                Histogram::new(buckets![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        )*
        static HISTOGRAMS: &[&Histogram<Pair<'static>>] = &[$(&$id),*];
    };
}

counters!(
    C0 "bench_c0_total", C1 "bench_c1_total", C2 "bench_c2_total", C3 "bench_c3_total",
    C4 "bench_c4_total", C5 "bench_c5_total", C6 "bench_c6_total", C7 "bench_c7_total"
);
histograms!(H0 "bench_h0_seconds", H1 "bench_h1_seconds", H2 "bench_h2_seconds", H3 "bench_h3_seconds");

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().expect("`counters`, `histograms` or `families`");
    let rounds: usize = arguments.next().and_then(|rounds| rounds.parse().ok()).expect("a number");
    for number in 0..10_240 {
        let (endpoint, customer) =
            (format!("/api/v1/orders/{}", number % 32), format!("customer-{:05}", number / 32));
        let pair = Pair { endpoint: &endpoint, customer: &customer };
        if what == "families" {
            if number < 4_000 {
                let help = "What this family counts, in a sentence.".to_owned();
                let declaration = Declaration::new(format!("bench_family_{number}_total"), help, place!());
                let family: &Counter<Pair<'static>> = declaration.declare(Counter::new).expect("a new name");
                family.with(pair).inc_by(1 + number as u64 % 7);
            }
        } else if what == "counters" {
            COUNTERS[number % 8].with(pair).inc_by(1 + number as u64 % 7);
        } else if number < 730 {
            for step in 0..5 {
                HISTOGRAMS[number % 4].with(pair).observe((number * 7 + step * 13) as f64 % 100.0 / 8.0);
            }
        }
    }
    let mut bytes = Vec::new();
    for _ in 0..rounds {
        bytes.clear();
        registry::encode(Format::Text004, &mut bytes);
    }
    assert!(bytes.len() > 500_000);
}
