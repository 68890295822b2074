//! Programs for `check.py`: they export, and show what a scrape says at the same moment.
//!
//! ```text
//! otlp_subject registries ENDPOINT DIRECTORY FIRST COUNT cumulative|delta   random registries, one after the other
//! otlp_subject counting ENDPOINT INTERVAL_MS SHUTDOWN_MS                    counts until it is killed, or told to end
//! ```

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{Read, Write},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tallymark_core::{
    Counter, Histogram, IntGauge, Kind, Native, Number, Summary, UpDownCounter, buckets,
    exemplar::Exemplar,
    place,
    registry::{self, CollectError, Collector, Config, Declaration, Families, Format},
    snapshot::{Family, HistogramValue, NativeHistogram, Series, StatesValue, SummaryValue, Value},
};
use tallymark_derive::LabelSet;
use tallymark_otlp::{HistogramAggregation, Temporality, builder};

/// A sequence of numbers that looks random and is the same each time.
///
/// Source: "Fast splittable pseudorandom number generators", Steele, Lea and Flood, 2014.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    fn float(&mut self) -> f64 {
        // As many bits as a float keeps.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        &from[at]
    }

    fn text(&mut self) -> String {
        let characters =
            ['a', 'Z', '0', ' ', '"', '\\', '\n', '{', '}', ',', '=', 'ü', '水', '🦀', '\'', '#'];
        (0..self.below(6)).map(|_| *self.pick(&characters)).collect()
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Families of all kinds, whose values change from step to step.
#[derive(Clone, Default)]
struct Changing(Arc<Mutex<Vec<Family>>>);

impl Collector for Changing {
    fn name(&self) -> &'static str {
        "random"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        for family in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            families.push(family.clone());
        }
        // What was left out would be missing in the scrape as well, so that nobody would see it.
        match families.errors().first() {
            Some(error) => Err(error.to_string().into()),
            None => Ok(()),
        }
    }
}

fn labels(random: &mut Random) -> Vec<(String, String)> {
    let names = ["shop", "shelf", "customer_kind", "le_", "region"];
    let mut labels = Vec::new();
    for name in names {
        if random.one_in(2) {
            labels.push((name.to_owned(), random.text()));
        }
    }
    labels
}

const KINDS: [Kind; 7] =
    [Kind::Counter, Kind::Gauge, Kind::Histogram, Kind::Summary, Kind::Info, Kind::StateSet, Kind::Unknown];

fn family(random: &mut Random, name: &str) -> Family {
    let kind = *random.pick(&KINDS);
    let no_unit = matches!(kind, Kind::Info | Kind::StateSet) || random.one_in(2);
    let unit = if no_unit { None } else { Some(*random.pick(&["seconds", "bytes", "ratio", "wares"])) };
    let mut name = name.to_owned();
    if let Some(unit) = unit {
        name = format!("{name}_{unit}");
    }
    match kind {
        Kind::Counter => name.push_str("_total"),
        Kind::Info => name.push_str("_info"),
        _ => {}
    }
    let help = random.text().replace('\n', " ").trim().to_owned() + "Help.";
    let mut series = BTreeMap::new();
    let floats = random.one_in(2);
    let native = random.below(3);
    let states: Vec<String> = (0..=random.below(3)).map(|state| format!("state {state}")).collect();
    for _ in 0..=random.below(5) {
        let labels = labels(random);
        let value = match kind {
            Kind::Counter | Kind::Gauge | Kind::Unknown if floats => Value::Number(Number::F64(0.0)),
            Kind::Counter => Value::Number(Number::U64(0)),
            Kind::Gauge | Kind::Unknown => Value::Number(Number::I64(0)),
            Kind::Info => Value::Number(Number::U64(1)),
            Kind::StateSet => Value::States(StatesValue { states: states.clone(), current: 0 }),
            Kind::Summary => Value::Summary(SummaryValue::default()),
            _ => {
                let bounds = if native == 1 { Vec::new() } else { vec![0.001, 0.5, 4.0, 1e6] };
                let (schema, zero_threshold) = (3, 1e-9);
                let native = NativeHistogram { schema, zero_threshold, ..NativeHistogram::default() };
                let native = (bounds.is_empty() || floats).then_some(native);
                let counts = vec![0; bounds.len() + 1];
                Value::Histogram(HistogramValue { bounds, counts, sum: 0.0, native })
            }
        };
        let mut one = Series::new(labels.clone(), value);
        if random.one_in(3) {
            one = one.since(SystemTime::now());
        }
        // A label without a text is no label, and no two series have the same ones.
        let shown: Vec<_> = labels.into_iter().filter(|(_, text)| !text.is_empty()).collect();
        series.insert(shown, one);
    }
    Family { name, help, kind, unit: unit.map(ToOwned::to_owned), series: series.into_values().collect() }
}

fn step(random: &mut Random, family: &mut Family, may_reset: bool) {
    for series in &mut family.series {
        if random.one_in(3) {
            continue;
        }
        let reset = may_reset && series.created.is_none() && random.one_in(8);
        let (amount, float) = (random.below(1_000), random.float());
        let mut exemplar = None;
        match (&mut series.value, family.kind) {
            (Value::Number(Number::U64(value)), Kind::Counter) => {
                *value = if reset { amount / 10 } else { *value + amount };
                exemplar = (amount > 0).then_some(amount as f64);
            }
            (Value::Number(Number::F64(value)), Kind::Counter) => {
                *value = if reset { float } else { *value + float };
            }
            (Value::Number(Number::F64(value)), _) => {
                *value = *random.pick(&[float, -float, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300]);
            }
            (Value::Number(Number::I64(value)), _) => {
                let amount = i64::try_from(amount).unwrap_or_default();
                *value = if random.one_in(2) { amount } else { -amount };
            }
            (Value::States(states), _) => {
                states.current = usize::try_from(random.below(states.states.len() as u64)).unwrap_or(0);
            }
            (Value::Summary(summary), _) => {
                if reset {
                    *summary = SummaryValue::default();
                }
                summary.count += amount;
                summary.sum += float;
                summary.quantiles = vec![(0.5, float), (0.99, 2.0 * float)];
            }
            (Value::Histogram(histogram), _) => {
                if reset {
                    histogram.counts.fill(0);
                    histogram.sum = 0.0;
                    if let Some(native) = &mut histogram.native {
                        *native = NativeHistogram {
                            schema: native.schema,
                            zero_threshold: native.zero_threshold,
                            ..NativeHistogram::default()
                        };
                    }
                }
                let observations = random.below(20);
                for _ in 0..observations {
                    let exponent = random.float() * 30.0 - 15.0;
                    let value = if random.one_in(10) { 0.0 } else { exponent.exp2() };
                    observe(histogram, if random.one_in(5) { -value } else { value });
                }
                if random.one_in(4) {
                    if let Some(native) = histogram.native.as_mut().filter(|native| native.schema > 0) {
                        coarsen(native);
                    }
                }
                exemplar = (observations > 0).then_some(float);
            }
            _ => {}
        }
        if let Some(value) = exemplar.filter(|_| random.one_in(2)) {
            let trace = format!("{:016x}{:016x}", random.next(), random.next());
            let labels =
                vec![("trace_id".to_owned(), trace), ("user".to_owned(), random.below(9).to_string())];
            series.exemplars = vec![Exemplar { labels, value, at: now() }];
        }
    }
}

/// Counts a value, in native buckets by their definition.
fn observe(histogram: &mut HistogramValue, value: f64) {
    // OpenMetrics has no sums that fall, so that what reads them here would not take one.
    histogram.sum += value.abs();
    let bucket = histogram.bounds.iter().filter(|&&bound| bound < value).count();
    histogram.counts[bucket] += 1;
    let Some(native) = &mut histogram.native else { return };
    if value.abs() <= native.zero_threshold {
        native.zero_count += 1;
        return;
    }
    let base = 2_f64.powi(-native.schema).exp2();
    let mut key = 0;
    while base.powi(key) < value.abs() {
        key += 1;
    }
    while base.powi(key - 1) >= value.abs() {
        key -= 1;
    }
    let side = if value < 0.0 { &mut native.negative } else { &mut native.positive };
    match side.binary_search_by_key(&key, |&(key, _)| key) {
        Ok(at) => side[at].1 += 1,
        Err(at) => side.insert(at, (key, 1)),
    }
}

/// Halves the resolution, as native histograms do that have too many buckets.
fn coarsen(native: &mut NativeHistogram) {
    native.schema -= 1;
    for side in [&mut native.positive, &mut native.negative] {
        let mut halved = BTreeMap::new();
        for &(key, count) in side.iter() {
            *halved.entry((key + 1).div_euclid(2)).or_default() += count;
        }
        *side = halved.into_iter().collect();
    }
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
struct Shelf<'a> {
    shelf: &'a str,
    sold: bool,
}

/// What is declared as an application does it, beside the random families.
struct Declared {
    wares: &'static Counter<Shelf<'static>>,
    jobs: &'static UpDownCounter,
    level: &'static IntGauge,
    waits: &'static Histogram<Shelf<'static>>,
    sizes: &'static Summary,
}

impl Declared {
    fn new() -> Result<Self, Box<dyn Error>> {
        let declaration = |name| Declaration::new(name, "Declared.", place!());
        let waits = declaration("declared_wait_seconds").unit("seconds");
        Ok(Self {
            wares: declaration("declared_wares_total").declare(Counter::new)?,
            jobs: declaration("declared_jobs").declare(UpDownCounter::new)?,
            level: declaration("declared_level").declare(IntGauge::new)?,
            waits: waits.declare(|| {
                Histogram::new(buckets![0.1, 1.0, 10.0])
                    .with_native(Native::new().max_buckets(40))
                    .exemplars()
            })?,
            sizes: declaration("declared_sizes").declare(Summary::new)?,
        })
    }

    fn step(&self, random: &mut Random) {
        for _ in 0..random.below(50) {
            let name = *random.pick(&["", "a", "\\ \"", "\n", "ü 水", "{}", "=,"]);
            let sold = random.one_in(2);
            let exponent = random.float() * 20.0 - 10.0;
            self.wares.with(Shelf { shelf: name, sold }).inc_by(random.below(9));
            let waits = self.waits.with(Shelf { shelf: name, sold });
            waits.observe_with_exemplar(exponent.exp2(), &[("user", &random.below(9).to_string())]);
            self.sizes.observe(random.float());
        }
        self.jobs.add(i64::try_from(random.below(9)).unwrap_or_default() - 4);
        self.level.set(i64::try_from(random.below(9)).unwrap_or_default());
    }
}

fn registries(
    endpoint: &str,
    directory: &Path,
    seeds: std::ops::Range<u64>,
    temporality: Temporality,
) -> Result<(), Box<dyn Error>> {
    Config::new().label("fleet", "test").install()?;
    let declared = Declared::new()?;
    for seed in seeds {
        let mut random = Random(seed);
        let collector = Changing::default();
        let names = (0..=random.below(20)).map(|at| format!("r{seed}_f{at}"));
        let mut families: Vec<Family> = names.map(|name| family(&mut random, &name)).collect();
        if seed % 250 == 7 {
            families.push(many(seed));
        }
        let registration = registry::register_collector(collector.clone());
        let aggregation =
            if seed % 2 == 0 { HistogramAggregation::Explicit } else { HistogramAggregation::Exponential };
        // Some exports of differences fail for want of time, and what they held has to wait for the next.
        let hurried = temporality == Temporality::Delta && seed % 3 == 0 && seed % 250 != 7;
        let timeout = if hurried { Duration::from_millis(60) } else { Duration::from_secs(60) };
        let mut exporter = builder()
            .endpoint(endpoint)
            .header("x-registry", seed.to_string())
            .temporality(temporality)
            .histogram_aggregation(aggregation)
            .timeout(Duration::from_millis(400))
            .export_timeout(timeout)
            .backoff(Duration::from_millis(1), Duration::from_millis(3))
            .build()?;
        for _ in 0..=random.below(3) {
            for family in &mut families {
                step(&mut random, family, temporality == Temporality::Cumulative);
            }
            (*collector.0.lock().unwrap_or_else(PoisonError::into_inner)).clone_from(&families);
            declared.step(&mut random);
            // What is refused is not sent again, but what is cumulative is part of the next export.
            let mut tries = 0;
            while let Err(error) = exporter.export() {
                tries += 1;
                if tries == 1_000 {
                    return Err(error.into());
                }
                // As an interval between exports is.
                thread::sleep(Duration::from_millis(5));
            }
        }
        // Nothing counts meanwhile, so this is the same moment.
        let mut bytes = Vec::new();
        registry::encode(Format::OpenMetrics100, &mut bytes);
        fs::write(directory.join(format!("{seed}.openmetrics")), &bytes)?;
        bytes.clear();
        registry::encode(Format::Protobuf, &mut bytes);
        fs::write(directory.join(format!("{seed}.protobuf")), &bytes)?;
        if let Some(status) = registry::collectors().iter().find(|status| status.errors > 0) {
            return Err(format!("a random family is not valid: {status:?}").into());
        }
        drop(registration);
    }
    Ok(())
}

/// More series than one request has room for.
fn many(seed: u64) -> Family {
    let series = (0..9_000_u64)
        .map(|at| Series::new(vec![("at".to_owned(), at.to_string())], Value::Number(Number::U64(at))));
    Family {
        name: format!("r{seed}_many_total"),
        help: "Many.".to_owned(),
        kind: Kind::Counter,
        unit: None,
        series: series.collect(),
    }
}

fn counting(endpoint: &str, interval: Duration, shutdown: Duration) -> Result<(), Box<dyn Error>> {
    let things: &Counter =
        Declaration::new("counting_things_total", "Things.", place!()).declare(Counter::new)?;
    let guard = builder()
        .endpoint(endpoint)
        .interval(interval)
        .backoff(Duration::from_millis(1), Duration::from_millis(3))
        .shutdown_timeout(shutdown)
        .build()?
        .start()?;
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    things.inc();
                    thread::yield_now();
                }
            });
        }
        // Until whoever started this says so, or is gone.
        let _ = std::io::stdin().read(&mut [0]);
        stop.store(true, Ordering::Relaxed);
    });
    println!("counted {}", things.get());
    std::io::stdout().flush()?;
    drop(guard);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["registries", endpoint, directory, first, count, temporality] => {
            let (first, count): (u64, u64) = (first.parse()?, count.parse()?);
            let temporality = match *temporality {
                "delta" => Temporality::Delta,
                _ => Temporality::Cumulative,
            };
            registries(endpoint, Path::new(directory), first..first + count, temporality)
        }
        ["counting", endpoint, interval, shutdown] => {
            let (interval, shutdown) = (interval.parse()?, shutdown.parse()?);
            counting(endpoint, Duration::from_millis(interval), Duration::from_millis(shutdown))
        }
        _ => Err("expected `registries` or `counting` with their arguments".into()),
    }
}
