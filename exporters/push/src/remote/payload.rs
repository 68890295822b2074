//! A request as it waits to be sent.

use bytes::Bytes;

use super::{counts::Counts, version::Version};

/// A compressed message.
#[derive(Clone, Debug)]
pub(super) struct Body {
    pub(super) bytes: Bytes,
    pub(super) counts: Counts,
}

impl Body {
    /// Compresses a message. Returns `None` if it is longer than the format allows, which is 4 GiB.
    pub(super) fn new(message: &[u8], counts: Counts) -> Option<Self> {
        let bytes = snap::raw::Encoder::new().compress_vec(message).ok()?;
        Some(Self { bytes: bytes.into(), counts })
    }
}

/// A request, in the versions in which it may be sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Payload {
    /// The place in the order in which requests were made. Set by the queue.
    pub(super) number: u64,
    pub(super) v2: Option<Body>,
    pub(super) v1: Option<Body>,
}

impl Payload {
    /// The message of this version, or the other one if it is written in that alone. No payload is without both.
    pub(super) fn body(&self, version: Version) -> Option<(Version, &Body)> {
        let v1 = self.v1.as_ref().map(|body| (Version::V1, body));
        let v2 = self.v2.as_ref().map(|body| (Version::V2, body));
        match version {
            Version::V1 => v1.or(v2),
            Version::V2 => v2.or(v1),
        }
    }

    /// Whether there is a message of both versions.
    pub(super) fn is_in_both(&self) -> bool {
        self.v1.is_some() && self.v2.is_some()
    }

    /// What is in it, of the newest version that it is written in.
    pub(super) fn counts(&self) -> Counts {
        self.v2.as_ref().or(self.v1.as_ref()).map(|body| body.counts).unwrap_or_default()
    }

    /// How much memory it takes.
    pub(super) fn len(&self) -> usize {
        [&self.v1, &self.v2].into_iter().flatten().map(|body| body.bytes.len()).sum()
    }
}
