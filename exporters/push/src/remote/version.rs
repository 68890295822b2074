//! The versions of the protocol.

/// Which version of Remote Write is spoken. Set by [`RemoteWriteBuilder::protocol`](super::RemoteWriteBuilder::protocol).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RemoteWriteProtocol {
    /// 2.0, and 1.0 with receivers that do not know it: those that respond with 415, or with success and without the headers
    /// that 2.0 demands.
    #[default]
    Negotiated,
    /// 2.0 only.
    V2,
    /// 1.0 only, for receivers that refuse 2.0 in another way. It has no native histograms, no metadata, no start timestamps
    /// and no exemplars.
    V1,
}

/// A version that a request is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// Versions that something is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Versions {
    pub(super) v1: bool,
    pub(super) v2: bool,
}

impl Versions {
    pub(super) const BOTH: Self = Self { v1: true, v2: true };
    pub(super) const V1: Self = Self { v1: true, v2: false };
    pub(super) const V2: Self = Self { v1: false, v2: true };
}

/// What is known of the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Negotiation {
    setting: RemoteWriteProtocol,
    /// The version to send.
    pub(super) version: Version,
    /// Whether the receiver has accepted that version.
    confirmed: bool,
}

impl Negotiation {
    pub(super) fn new(setting: RemoteWriteProtocol) -> Self {
        let version = if setting == RemoteWriteProtocol::V1 { Version::V1 } else { Version::V2 };
        Self { setting, version, confirmed: setting != RemoteWriteProtocol::Negotiated }
    }

    /// The versions to write requests in. As long as nothing is known of the receiver, they are written in both.
    pub(super) fn versions(self) -> Versions {
        match (self.confirmed, self.version) {
            (false, _) => Versions::BOTH,
            (true, Version::V1) => Versions::V1,
            (true, Version::V2) => Versions::V2,
        }
    }

    /// The receiver has accepted this version.
    pub(super) fn accepted(&mut self, version: Version) {
        (self.version, self.confirmed) = (version, true);
    }

    /// The receiver does not know this version. Returns whether another one is left to be tried.
    pub(super) fn unsupported(&mut self, version: Version) -> bool {
        if self.setting != RemoteWriteProtocol::Negotiated {
            return false;
        }
        match version {
            Version::V2 => self.accepted(Version::V1),
            // It knows neither. The next request begins anew, for receivers are replaced.
            Version::V1 => *self = Self::new(self.setting),
        }
        version == Version::V2
    }
}
