//! What `axum-metrics` counts with the `metrics` façade, and leaves to others to describe.

use std::error::Error;

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use tallymark_metrics::{Matcher, Recorder};

/// From 64 bytes to 4 MiB.
const SIZES: [f64; 5] = [64.0, 1024.0, 16_384.0, 262_144.0, 4_194_304.0];

/// Takes in what is counted with the façade from now on.
pub(crate) fn install() -> Result<(), Box<dyn Error>> {
    // Other histograms have buckets for durations.
    Recorder::builder().buckets_for(Matcher::Suffix("_bytes".to_owned()), &SIZES)?.install()?;
    describe_counter!("http_requests_total", "Requests, by endpoint, method and status.");
    describe_gauge!("http_requests_in_flight", "Requests that are being served.");
    describe_histogram!("http_request_duration_seconds", Unit::Seconds, "Time to the head of the response.");
    describe_histogram!("http_response_duration_seconds", Unit::Seconds, "Time to the end of the response.");
    describe_histogram!("http_response_size_bytes", Unit::Bytes, "Sizes of responses.");
    Ok(())
}
