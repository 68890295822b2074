//! What a receiver says about a request.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

use super::{counts::Counts, retry};

/// A response, without what may be ignored.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    /// How much was written, if the receiver said it of at least one kind of elements.
    pub(super) written: Option<Counts>,
    /// How long the receiver asks to be left alone.
    pub(super) after: Option<Duration>,
    /// What it says about an error.
    pub(super) message: String,
}

impl Response {
    pub(super) fn new(status: u16, headers: &HeaderMap, message: String) -> Self {
        let text = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let after = text.and_then(|text| retry::retry_after(text, SystemTime::now()));
        Self { status, written: written(headers), after, message }
    }
}

/// What the receiver has written. Elements that it says nothing about were not, if it says something about others.
///
/// Source: Prometheus, "Remote-Write 2.0 specification", "Required `Written` Response Headers".
fn written(headers: &HeaderMap) -> Option<Counts> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let samples = number("x-prometheus-remote-write-samples-written");
    let histograms = number("x-prometheus-remote-write-histograms-written");
    let exemplars = number("x-prometheus-remote-write-exemplars-written");
    samples.or(histograms).or(exemplars)?;
    Some(Counts {
        samples: samples.unwrap_or_default(),
        histograms: histograms.unwrap_or_default(),
        exemplars: exemplars.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_was_written() {
        let mut headers = HeaderMap::new();
        assert_eq!(written(&headers), None);
        headers
            .insert("X-Prometheus-Remote-Write-Histograms-Written", http::HeaderValue::from_static("nine"));
        assert_eq!(written(&headers), None, "that is no number");
        headers.insert("X-Prometheus-Remote-Write-Samples-Written", http::HeaderValue::from_static("7"));
        assert_eq!(written(&headers), Some(Counts { samples: 7, ..Counts::default() }));
    }
}
