//! A program that used the `metrics` façade with `metrics-exporter-prometheus`.
//!
//! ```text
//! PrometheusBuilder::new().with_http_listener(([127, 0, 0, 1], 9000)).install()?;
//! describe_counter!("jobs_total", "Jobs done.");
//! describe_gauge!("queue_length", "Jobs that wait.");
//! describe_histogram!("job_duration_seconds", Unit::Seconds, "Time that a job takes.");
//!
//! counter!("jobs_total", "kind" => "mail").increment(1);
//! gauge!("queue_length").set(3.0);
//! histogram!("job_duration_seconds").record(0.25);
//! ```

use tallymark::{Counter, Gauge, Histogram, LabelSet, bucket_layouts, exporter, metric};

/// A label whose values are only known at run time has a limit on its number of series.
#[derive(LabelSet)]
struct Job<'a> {
    kind: &'a str,
}

/// Jobs done.
#[metric(max_series = 100)]
static JOBS_TOTAL: Counter<Job<'static>> = Counter::new();

/// Jobs that wait.
#[metric]
static QUEUE_LENGTH: Gauge = Gauge::new();

/// Time that a job takes.
#[metric]
static JOB_DURATION_SECONDS: Histogram = Histogram::new(bucket_layouts::DEFAULT);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let exporter = exporter::serve("127.0.0.1:0")?;
    JOBS_TOTAL.with(Job { kind: "mail" }).inc();
    QUEUE_LENGTH.set(3.0);
    JOB_DURATION_SECONDS.observe(0.25);
    println!("http://{}/metrics", exporter.local_addr());
    Ok(())
}
