//! When a request is sent again.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::{Duration, SystemTime},
};

/// The longest pause that a receiver may ask for. One that asks for a year is wrong, and the sender would be silent.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// Whether a response with this status asks for the request to be sent again.
///
/// Source: Prometheus, "Remote-Write 2.0 specification", "Retries & Backoff".
pub(super) fn is_retryable(status: u16) -> bool {
    status == 429 || (500..600).contains(&status)
}

/// How long a receiver asks to be left alone: a number of seconds, or a date.
///
/// Source: RFC 9110, section 10.2.3.
pub(super) fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    let header = header.trim();
    let pause = match header.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => httpdate::parse_http_date(header).ok()?.duration_since(now).unwrap_or_default(),
    };
    // Without a pause, a receiver that is down would be asked all the time: then it is as if it had said nothing.
    (!pause.is_zero()).then_some(pause.min(LONGEST_PAUSE))
}

/// Pauses between attempts, each about twice as long as the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backoff {
    first: Duration,
    next: Duration,
    most: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration, most: Duration) -> Self {
        let first = first.min(most);
        Self { first, next: first, most }
    }

    /// The next pause: at least half of what it would be without chance, so that many senders that failed at the same time
    /// do not come back at the same time.
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.most);
        // The standard library's random keys of hash tables: chance enough, and no dependency.
        let chance = RandomState::new().build_hasher().finish() % 1_000;
        let thousandths = u32::try_from(500 + chance / 2).unwrap_or(1_000);
        pause.saturating_mul(thousandths) / 1_000
    }

    /// Begins with the first pause again.
    pub(super) fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_begin_anew() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(5));
        for _ in 0..2 {
            for without_chance in [1, 2, 4, 5, 5] {
                let pause = backoff.next();
                let most = seconds(without_chance);
                assert!(pause >= most / 2 && pause <= most, "{pause:?} of {most:?}");
            }
            backoff.reset();
        }
    }

    #[test]
    fn receivers_ask_in_seconds_or_by_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("RFC 9110 has it");
        assert_eq!(retry_after(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
        for no_pause in ["0", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:40:37 GMT"] {
            assert_eq!(retry_after(no_pause, now), None);
        }
        assert_eq!(retry_after("999999999", now), Some(LONGEST_PAUSE));
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(retry_after(nonsense, now), None);
        }
    }

    #[test]
    fn what_is_sent_again() {
        for status in [429, 500, 502, 503, 504, 599] {
            assert!(is_retryable(status), "{status}");
        }
        for status in [200, 204, 301, 400, 401, 404, 413, 415, 422, 600] {
            assert!(!is_retryable(status), "{status}");
        }
    }
}
