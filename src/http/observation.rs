//! One request, from its arrival to the end of its response. Whatever happens, it is counted once.

use tallymark_core::{__private::Moment, InFlightGuard, LabelSet};

use super::{
    core::Core,
    current,
    families::{Arrival, End},
    label::{ErrorLabel, GrpcStatus, Status},
    record::Record,
};

/// A request that is not over.
struct Open<L: LabelSet + 'static> {
    core: &'static Core<L>,
    record: &'static Record,
    own: L,
    start: Moment,
    /// Whether it is a gRPC call.
    grpc: bool,
    /// Counts one as long as the request is not over.
    _in_flight: Option<InFlightGuard>,
}

/// What a response says before its body.
#[derive(Clone, Copy, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) error: Option<ErrorLabel>,
    pub(super) template: Option<&'static str>,
    pub(super) charset: Option<&'static str>,
    pub(super) grpc: Option<GrpcStatus>,
    /// The bytes to come; unknown if it is streaming.
    pub(super) length: Option<u64>,
    /// Whether the body is at its end already.
    pub(super) empty: bool,
    /// Whether no body is sent, whatever the response holds: to a HEAD, or with such a status.
    pub(super) bodiless: bool,
}

/// A request without a response so far. Dropped like that, it was cancelled.
///
/// Empty, it is one that is not measured.
pub(super) struct Handling<L: LabelSet + 'static>(Option<Open<L>>);

impl<L: LabelSet + 'static> Handling<L> {
    /// A request that is not measured.
    #[inline]
    pub(super) const fn unmeasured() -> Self {
        Self(None)
    }

    /// Begins, now.
    #[inline]
    pub(super) fn begin(core: &'static Core<L>, arrival: Arrival, own: L, grpc: bool) -> Self {
        let in_flight = core.families.arrived(arrival, &own);
        let record = arrival.record;
        Self(Some(Open { core, record, own, start: Moment::now(), grpc, _in_flight: in_flight }))
    }

    #[inline]
    pub(super) fn is_measured(&self) -> bool {
        self.0.is_some()
    }

    #[inline]
    pub(super) fn is_grpc(&self) -> bool {
        self.0.as_ref().is_some_and(|open| open.grpc)
    }

    /// The labels of the application's, for whoever knows more of them now.
    pub(super) fn own(&mut self) -> Option<&mut L> {
        self.0.as_mut().map(|open| &mut open.own)
    }

    /// There is a response.
    #[inline]
    pub(super) fn respond(&mut self, reply: Reply) -> Sending<L> {
        let Some(open) = self.0.take() else { return Sending::unmeasured() };
        let seconds = open.start.elapsed();
        open.core.families.ended(
            open.record,
            &open.own,
            End {
                status: Status(reply.status),
                cancelled: false,
                error: reply.error.map(ErrorLabel::text),
                streaming: reply.length.is_none() && !reply.bodiless,
                template: reply.template,
                charset: reply.charset,
                seconds,
            },
        );
        if open.core.stands_in() {
            open.core.families.handled(open.record, &open.own, seconds);
        }
        let expected = if reply.bodiless { Some(0) } else { reply.length };
        let mut sending = Sending { open: Some(open), bytes: 0, expected, grpc: reply.grpc };
        if reply.empty {
            sending.end();
        }
        sending
    }

    /// The service gave an error instead of a response.
    #[cold]
    pub(super) fn fail(&mut self) {
        self.end(false, Some("service"));
    }

    /// The service panicked.
    #[cold]
    pub(super) fn panicked(&mut self) {
        if self.is_measured() {
            let counted = current::panic_counted();
            self.end(false, if counted { None } else { Some(ErrorLabel::PANIC.text()) });
        }
    }

    fn end(&mut self, cancelled: bool, error: Option<&str>) {
        let Some(open) = self.0.take() else { return };
        let seconds = open.start.elapsed();
        let (status, template, charset) = (Status::NONE, None, None);
        let end = End { status, cancelled, error, streaming: false, template, charset, seconds };
        open.core.families.ended(open.record, &open.own, end);
        if open.core.stands_in() {
            open.core.families.handled(open.record, &open.own, seconds);
        }
        if open.grpc {
            open.core.families.grpc_ended(open.record, &open.own, GrpcStatus::None);
        }
    }
}

impl<L: LabelSet + 'static> Drop for Handling<L> {
    #[inline]
    fn drop(&mut self) {
        if self.0.is_some() {
            self.end(true, None);
        }
    }
}

/// A response whose body is being sent. Dropped before it ended, it was given up.
pub(super) struct Sending<L: LabelSet + 'static> {
    open: Option<Open<L>>,
    bytes: u64,
    /// Its length, if known beforehand.
    expected: Option<u64>,
    grpc: Option<GrpcStatus>,
}

impl<L: LabelSet + 'static> Sending<L> {
    #[inline]
    const fn unmeasured() -> Self {
        Self { open: None, bytes: 0, expected: None, grpc: None }
    }

    /// Bytes were sent.
    #[inline]
    pub(super) fn data(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Trailers were sent.
    pub(super) fn trailers(&mut self, grpc: Option<GrpcStatus>) {
        self.grpc = self.grpc.or(grpc);
    }

    /// The body is at its end.
    #[inline]
    pub(super) fn end(&mut self) {
        let Some(open) = self.open.take() else { return };
        if let Some(sizes) = open.core.families.response_body(&open.own) {
            sizes.observe(self.bytes as f64);
        }
        if open.grpc {
            open.core.families.grpc_ended(open.record, &open.own, self.grpc.unwrap_or(GrpcStatus::None));
        }
    }

    /// The body could not be made to its end.
    #[cold]
    pub(super) fn fail(&mut self) {
        if let Some(open) = &self.open {
            open.core.families.exception(open.record, &open.own, "body");
        }
        self.end();
    }

    /// The body panicked.
    #[cold]
    pub(super) fn panicked(&mut self) {
        if let Some(open) = &self.open
            && !current::panic_counted()
        {
            open.core.families.exception(open.record, &open.own, ErrorLabel::PANIC.text());
        }
        self.end();
    }
}

impl<L: LabelSet + 'static> Drop for Sending<L> {
    #[inline]
    fn drop(&mut self) {
        if let Some(open) = &self.open {
            // Who knows the length beforehand need not ask again after the last byte.
            if self.expected != Some(self.bytes) {
                open.core.families.body_dropped(open.record, &open.own);
            }
            self.end();
        }
    }
}
