//! A program with a thousand counters: what it takes until each has counted once, and to the first exposition.
//!
//! A program of its own, because metrics that register themselves are in every exposition of the program they are
//! linked into. It is started by `tallymark-benches startup`, once for each row and process.

use std::{process::ExitCode, sync::atomic::Ordering::Relaxed, time::Instant};

use tallymark_benches::{
    harness::{contender::Class, report::Measures, scenario::Subject},
    peer::{self, HELP, foundations, opentelemetry},
};

mod statics {
    //! Written by `build.rs`.
    #![allow(missing_docs, reason = "a thousand times the same")]
    include!(concat!(env!("OUT_DIR"), "/startup.rs"));
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    if wanted == "--list" {
        for subject in subjects() {
            println!("{}", subject.key());
        }
        return ExitCode::SUCCESS;
    }
    let effort = tallymark_benches::harness::options::Options::parse(std::iter::empty());
    let subject = subjects().into_iter().find(|subject| subject.key() == wanted);
    let report = subject.ok_or_else(|| "no such row".to_owned()).and_then(|it| it.report(effort?.effort));
    match report {
        Ok(report) => {
            print!("{}", report.to_lines());
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

const COUNTERS: usize = 1_000;

/// Names, prepared.
fn names(suffix: &str) -> Vec<&'static str> {
    (0..COUNTERS).map(|i| &*format!("startup_c{i}{suffix}").leak()).collect()
}

/// Times the three steps, and looks whether a thousand counters show that they counted one.
fn steps<T>(register: impl FnOnce() -> T, encode: impl Fn(&T) -> String) -> Result<Measures, String> {
    let before = faults();
    let start = Instant::now();
    let state = register();
    let registered = start.elapsed();
    let between = faults();
    let start = Instant::now();
    let first = encode(&state);
    let encoded = start.elapsed();
    let behind = faults();
    let start = Instant::now();
    let second = encode(&state);
    let again = start.elapsed();
    for text in [first, second] {
        let lines = text.lines().filter(|line| line.starts_with("startup_c") && !line.contains("_created"));
        let counted: f64 = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum();
        if counted as usize != COUNTERS {
            return Err(format!("exposes {counted}, expected {COUNTERS}"));
        }
    }
    let micros = |time: std::time::Duration| vec![time.as_nanos() as f64 / 1e3];
    let mut measures =
        vec![("register", micros(registered)), ("first", micros(encoded)), ("second", micros(again))];
    if let (Some(before), Some(between), Some(behind)) = (before, between, behind) {
        measures.push(("register faults", vec![between - before]));
        measures.push(("first faults", vec![behind - between]));
    }
    Ok(measures)
}

/// How many pages this process has touched for the first time, on Linux.
fn faults() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold anything, come state, six numbers and the minor faults.
    stat.rsplit(") ").next()?.split(' ').nth(7)?.parse().ok()
}

fn subjects() -> Vec<Subject> {
    let mut all = peers();
    all.push(Subject::new(Class::Ours, "tallymark", |_| {
        use tallymark::registry::{Format, encode_to_string};
        steps(|| statics::ours::ALL.iter().for_each(|it| it.inc()), |()| encode_to_string(Format::Text004))
    }));
    all.push(Subject::new(Class::Peer, "metriken, 1,000 statics", |_| {
        use metriken_exposition::{PrometheusOptions, prometheus_text};
        let register = || statics::metriken::ALL.iter().for_each(|it| _ = it.increment());
        steps(register, |()| prometheus_text(&PrometheusOptions::default()))
    }));
    all.push(Subject::new(Class::Peer, "measured, a struct", |_| {
        use measured::{metric::group::MetricGroup, text::BufferedTextEncoder};
        let register = || {
            let all = Box::new(statics::measured::All::new());
            all.inc();
            all
        };
        steps(register, |all| {
            let mut encoder = BufferedTextEncoder::new();
            let Ok(()) = all.collect_group_into(&mut encoder);
            String::from_utf8(encoder.finish().to_vec()).expect("text")
        })
    }));
    all.push(Subject::new(Class::Limit, "1,000 static AtomicU64", |_| {
        let start = Instant::now();
        for counter in statics::plain::ALL {
            counter.store(counter.load(Relaxed) + 1, Relaxed);
        }
        Ok(vec![("register", vec![start.elapsed().as_nanos() as f64 / 1e3])])
    }));
    all
}

fn peers() -> Vec<Subject> {
    vec![
        Subject::new(Class::Peer, "prometheus", |_| {
            let (names, registry) = (names("_total"), prometheus::Registry::new());
            let register = || {
                for name in names {
                    let counter = prometheus::IntCounter::new(name, HELP).expect("a valid name");
                    registry.register(Box::new(counter.clone())).expect("a new name");
                    counter.inc();
                }
            };
            steps(register, |()| opentelemetry::text(&registry))
        }),
        Subject::new(Class::Peer, "prometheus-client", |_| {
            let names = names("");
            let register = || {
                let mut registry = prometheus_client::registry::Registry::default();
                for name in names {
                    let counter = prometheus_client::metrics::counter::Counter::<u64>::default();
                    registry.register(name, HELP, counter.clone());
                    counter.inc();
                }
                registry
            };
            steps(register, |registry| {
                let mut text = String::new();
                prometheus_client::encoding::text::encode(&mut text, registry).expect("a string");
                text
            })
        }),
        Subject::new(Class::Peer, "metrics", |_| {
            let names = names("_total");
            let register = || {
                peer::metrics::recorder();
                for name in names {
                    metrics::describe_counter!(name, HELP);
                    metrics::counter!(name).increment(1);
                }
            };
            steps(register, |()| peer::metrics::recorder().render())
        }),
        Subject::new(Class::Peer, "foundations-metrics", |_| {
            let names = names("");
            let register = || {
                for name in names {
                    let counter = foundations_metrics::Counter::<u64>::default();
                    foundations::put(foundations_metrics::NamedMetric::new(name, HELP, counter.clone()));
                    counter.inc();
                }
            };
            steps(register, |()| foundations::text())
        }),
        Subject::new(Class::Peer, "opentelemetry", |_| {
            let names = names("");
            let register = || {
                // The default limit of series, as nobody has a reason to change it for counters without labels.
                let (provider, meter, registry) = opentelemetry::provider(2_000);
                for name in names {
                    meter.u64_counter(name).with_description(HELP).build().add(1, &[]);
                }
                (provider, registry)
            };
            steps(register, |(_, registry)| opentelemetry::text(registry))
        }),
        Subject::new(Class::Peer, "fastmetrics", |_| {
            use fastmetrics::format::text::{TextProfile, encode};
            let names = names("");
            let register = || {
                let mut registry = fastmetrics::registry::Registry::default();
                for name in names {
                    let counter = fastmetrics::metrics::counter::Counter::<u64>::default();
                    registry.register(name, HELP, counter.clone()).expect("a new name");
                    counter.inc();
                }
                registry
            };
            steps(register, |registry| {
                let mut text = String::new();
                encode(&mut text, registry, TextProfile::default()).expect("a string");
                text
            })
        }),
        Subject::new(Class::Peer, "metered", |_| {
            use metered::{Counter, MetricTreeView, entry::counter, om::OpenMetricsViewExt};
            use std::sync::atomic::AtomicU64;
            let names = names("");
            let register = || {
                let mut view = MetricTreeView::<()>::new();
                let counters: &'static [AtomicU64] =
                    (0..COUNTERS).map(|_| AtomicU64::new(0)).collect::<Vec<_>>().leak();
                for (name, metric) in names.into_iter().zip(counters) {
                    view.register(counter(name).source(metric).help(HELP));
                    metric.incr();
                }
                view
            };
            steps(register, |view| view.encode_to_string(&()).expect("a string"))
        }),
    ]
}
