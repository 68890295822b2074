//! The time while a response is being sent.

use tallymark_core::LabelSet;

use super::{Open, Reply};
use crate::{
    current::{self, Panicked, Within},
    label::{ErrorLabel, GrpcStatus},
};

/// No body has this length.
const UNKNOWN: u64 = u64::MAX;

/// A response whose body is being sent. Dropped before it ended, it was given up.
pub(in crate) struct Sending<L: LabelSet + 'static> {
    open: Option<Open<L>>,
    bytes: u64,
    /// Its length, or [`UNKNOWN`].
    expected: u64,
    grpc: Option<&'static GrpcStatus>,
}

impl<L: LabelSet + 'static> Sending<L> {
    #[inline]
    pub(super) const fn unmeasured() -> Self {
        Self { open: None, bytes: 0, expected: UNKNOWN, grpc: None }
    }

    /// Begins after the head of the response.
    #[inline(always)]
    pub(super) fn begin(open: Option<Open<L>>, length: Option<u64>, reply: Reply) -> Self {
        let expected = length.unwrap_or(UNKNOWN);
        let mut sending = Self { open, bytes: 0, expected, grpc: reply.grpc };
        if reply.empty {
            sending.end();
        }
        sending
    }

    /// The body makes a piece, until this is left.
    #[inline]
    pub(in crate) fn enter(&mut self) -> Within<'_, impl Panicked> {
        current::enter(0, self)
    }

    /// Bytes were sent.
    #[inline]
    pub(in crate) fn data(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Trailers were sent. Nothing comes after them, and HTTP/2 servers do not ask.
    pub(in crate) fn trailers(&mut self, grpc: Option<&'static GrpcStatus>) {
        self.grpc = self.grpc.or(grpc);
        self.end();
    }

    /// The body is at its end.
    #[inline]
    pub(in crate) fn end(&mut self) {
        let Some(open) = &self.open else { return };
        if let Some(sizes) = open.core.families.response_body(&open.own) {
            sizes.observe(self.bytes as f64);
        }
        if open.record.grpc {
            open.core.families.grpc_ended(open.record, &open.own, *self.grpc.unwrap_or(&GrpcStatus::None));
        }
        self.open = None;
    }

    /// The body could not be made to its end.
    #[cold]
    pub(in crate) fn fail(&mut self) {
        if let Some(open) = &self.open {
            open.core.families.exception(open.record, &open.own, "body");
        }
        self.end();
    }

    /// The body was dropped.
    #[cold]
    fn give_up(&mut self) {
        if let Some(open) = &self.open {
            // Who knows the length beforehand need not ask again after the last byte.
            if self.expected != self.bytes {
                open.core.families.body_dropped(open.record, &open.own);
            }
            self.end();
        }
    }
}

impl<L: LabelSet + 'static> Panicked for Sending<L> {
    fn panicked(&mut self, counted: bool) -> bool {
        let Some(open) = &self.open else { return counted };
        if !counted {
            open.core.families.exception(open.record, &open.own, ErrorLabel::PANIC.text());
        }
        self.end();
        true
    }
}

impl<L: LabelSet + 'static> Drop for Sending<L> {
    #[inline]
    fn drop(&mut self) {
        if self.open.is_some() {
            self.give_up();
        }
    }
}
