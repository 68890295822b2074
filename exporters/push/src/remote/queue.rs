//! Requests that wait to be sent, in so much memory and not more.

use std::collections::VecDeque;

use super::{counts::Counts, payload::Payload, version::Version};

/// Requests in the order in which they were made. One of them may be on its way, and counts as waiting.
pub(super) struct Queue {
    waiting: VecDeque<Payload>,
    sending: Option<Payload>,
    bytes: usize,
    limit: usize,
    made: u64,
    /// Whether one of those that wait may be written in both versions.
    undecided: bool,
}

impl Queue {
    pub(super) fn new(limit: usize) -> Self {
        Self { waiting: VecDeque::new(), sending: None, bytes: 0, limit, made: 0, undecided: false }
    }

    /// Adds a request. Returns what had to be dropped for it: the oldest ones, or itself if it needs more than there is.
    pub(super) fn push(&mut self, mut payload: Payload) -> Vec<Payload> {
        self.made += 1;
        payload.number = self.made;
        self.bytes += payload.len();
        self.undecided |= payload.is_in_both();
        self.waiting.push_back(payload);
        let mut dropped = Vec::new();
        while self.bytes > self.limit {
            let Some(oldest) = self.waiting.pop_front() else { break };
            self.bytes -= oldest.len();
            dropped.push(oldest);
        }
        dropped
    }

    /// The oldest request, which is then on its way.
    pub(super) fn take(&mut self) -> Option<Payload> {
        self.sending = self.waiting.pop_front();
        self.sending.clone()
    }

    /// The request that is on its way is to be sent again, before all others.
    pub(super) fn put_back(&mut self) {
        if let Some(payload) = self.sending.take() {
            self.undecided |= payload.is_in_both();
            self.waiting.push_front(payload);
        }
    }

    /// The request that is on its way has arrived, or never will.
    pub(super) fn settle(&mut self) {
        if let Some(payload) = self.sending.take() {
            self.bytes -= payload.len();
        }
    }

    /// Gives up all that waits.
    pub(super) fn clear(&mut self) -> Vec<Payload> {
        self.put_back();
        self.bytes = 0;
        self.waiting.drain(..).collect()
    }

    /// Drops the message of the other version from what waits.
    ///
    /// This is called for each request that arrives, so what waits is only looked through if there is something to drop.
    pub(super) fn keep(&mut self, version: Version) {
        if !std::mem::take(&mut self.undecided) {
            return;
        }
        for payload in &mut self.waiting {
            let before = payload.len();
            match version {
                Version::V2 if payload.v2.is_some() => payload.v1 = None,
                Version::V1 if payload.v1.is_some() => payload.v2 = None,
                _ => {}
            }
            self.bytes -= before - payload.len();
        }
    }

    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of the request that was made last.
    pub(super) fn made(&self) -> u64 {
        self.made
    }

    /// Whether one of the first `number` requests waits or is on its way.
    pub(super) fn holds(&self, number: u64) -> bool {
        self.sending.iter().chain(self.waiting.front()).any(|payload| payload.number <= number)
    }

    /// What waits or is on its way.
    pub(super) fn counts(&self) -> Counts {
        self.sending.iter().chain(&self.waiting).fold(Counts::default(), |mut sum, payload| {
            let counts = payload.counts();
            sum.samples += counts.samples;
            sum.histograms += counts.histograms;
            sum.exemplars += counts.exemplars;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::payload::Body;
    use super::*;
    use proptest::prelude::*;

    fn payload(length: usize) -> Payload {
        let body = Body { bytes: vec![0; length].into(), counts: Counts { samples: 1, ..Counts::default() } };
        Payload { v2: Some(body), ..Payload::default() }
    }

    #[test]
    fn the_oldest_make_room() {
        let mut queue = Queue::new(100);
        for _ in 0..3 {
            assert!(queue.push(payload(30)).is_empty());
        }
        let dropped: Vec<_> = queue.push(payload(50)).iter().map(|payload| payload.number).collect();
        assert_eq!(dropped, [1, 2]);
        let dropped: Vec<_> = queue.push(payload(101)).iter().map(|payload| payload.number).collect();
        assert_eq!(dropped, [3, 4, 5], "what never fits drops all");
        assert!(queue.is_empty());
        assert_eq!(queue.bytes(), 0);
    }

    #[test]
    fn once_a_version_is_known_nothing_waits_in_the_other_one() {
        let both = |length| Payload { v1: payload(length).v2, ..payload(2 * length) };
        let mut queue = Queue::new(1000);
        for _ in 0..3 {
            queue.push(both(10));
        }
        queue.push(payload(7));
        queue.take();
        queue.keep(Version::V1);
        assert_eq!(queue.bytes(), 30 + 2 * 10 + 7, "not the one that is on its way");
        // It waits again, and others come that were made before the version was known.
        queue.put_back();
        queue.push(both(100));
        queue.keep(Version::V1);
        assert_eq!(queue.bytes(), 3 * 10 + 7 + 100);
        assert!(queue.waiting.iter().all(|payload| !payload.is_in_both()));
        queue.keep(Version::V2);
        assert_eq!(queue.bytes(), 3 * 10 + 7 + 100, "what is written in one version alone stays");
    }

    proptest! {
        /// Every request is dropped once, settled once, or waits; and there are never more bytes than allowed.
        #[test]
        fn nothing_is_lost_and_the_limit_holds(steps in prop::collection::vec((0_u8..4, 0_usize..60), 0..200)) {
            let mut queue = Queue::new(100);
            let (mut gone, mut sending) = (0, false);
            for (step, length) in steps {
                match step {
                    0 | 1 => gone += queue.push(payload(length)).len(),
                    2 if !sending => sending = queue.take().is_some(),
                    2 => { queue.put_back(); sending = false; }
                    _ => { gone += usize::from(sending); queue.settle(); sending = false; }
                }
                let held: usize = queue.sending.iter().chain(&queue.waiting).map(Payload::len).sum();
                prop_assert_eq!(queue.bytes(), held);
                prop_assert!(held <= 100);
                prop_assert_eq!(queue.made(), queue.counts().samples + gone as u64);
            }
        }
    }
}
