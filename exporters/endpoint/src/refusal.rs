//! What the endpoint counts of itself.

use tallymark_core::Counter;
use tallymark_derive::{LabelSet, LabelValue, metrics};

/// Why a request did not get the metrics, or not all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
#[label(crate = tallymark_core)]
pub(super) enum Reason {
    /// It came from an address that is not allowed.
    Address,
    /// It had no credentials, or wrong ones.
    Credentials,
    /// It accepts none of the codings that there are.
    Encoding,
    /// Too many scrapes were under way.
    Busy,
    /// The response took too long.
    Timeout,
    /// The connection ended before the last byte: the client has left or stopped reading, or the endpoint was stopped.
    Incomplete,
    /// The metrics could not be encoded or compressed.
    Failed,
    /// The TLS handshake failed, such as for a client without a certificate that is trusted.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "the label is there anyway"))]
    Tls,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct Refused {
    reason: Reason,
}

/// A file that is read again when it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
#[label(crate = tallymark_core)]
pub(super) enum File {
    Token,
    Users,
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "the label is there anyway"))]
    Certificate,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct Unread {
    file: File,
}

#[metrics(crate = tallymark_core, namespace = "tallymark")]
mod families {
    use super::{Counter, Refused, Unread};

    /// Scrapes that did not get all metrics, by reason.
    #[metric(init)]
    pub(super) static SCRAPES_REFUSED_TOTAL: Counter<Refused> = Counter::new();

    /// Changed files of the endpoint that could not be used, so that what was read before stays in force, by file.
    #[metric(init)]
    pub(super) static FILE_RELOAD_ERRORS_TOTAL: Counter<Unread> = Counter::new();
}

/// Counts a request that does not get all metrics.
pub(super) fn refuse(reason: Reason) {
    families::SCRAPES_REFUSED_TOTAL.with(Refused { reason }).inc();
}

/// Counts a change of a file that was not usable.
pub(super) fn unread(file: File) {
    families::FILE_RELOAD_ERRORS_TOTAL.with(Unread { file }).inc();
}
