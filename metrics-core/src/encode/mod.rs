//! From families and series to the bytes that a scraper reads.
//!
//! An encoder is a [`Visitor`](crate::visit::Visitor): it is handed each family and each series once, and writes their
//! lines in that one pass. What all lines of a family share (names, quotes, bucket bounds) is rendered once for the
//! family, so that one series costs a few short copies and a number.
//!
//! | format | specification |
//! |---|---|
//! | [`Format::Text004`] | Prometheus, "Exposition formats", text format version 0.0.4 |
//! | [`Format::Text100`] | the same, version 1.0.0: names of any characters in quotes |
//! | [`Format::OpenMetrics100`] | OpenMetrics 1.0.0 |
//! | [`Format::OpenMetrics200`] | OpenMetrics 2.0.0-rc0 |
//! | [`Format::Protobuf`] | Prometheus, "Exposition formats", protobuf; `metrics.proto` of its client model |
//!
//! All are written the way Prometheus' own Go client writes them where their specifications leave a choice: a family
//! without series is left out, whole numbers have no decimal point, and numbers from a million on have an exponent
//! unless they are counts.

mod bound_texts;
mod copy;
mod details;
mod encoder;
mod escape;
mod escaping;
mod exemplars;
mod exposition;
pub(crate) mod format;
mod head;
mod histogram;
mod names;
mod number;
mod openmetrics2;
mod output;
mod pieces;
mod protobuf;
mod text;

pub use encoder::Encoder;
pub use escaping::{Escaping, UnknownEscaping};
use format::Format;
pub use output::CHUNK;

/// For exporters of this repository whose formats have parts in common with these.
#[doc(hidden)]
pub mod parts {
    pub use super::{
        number::canonical,
        protobuf::{spans, wire},
    };
}

pub(crate) use head::{sample_suffixes, stem};

#[cfg(test)]
mod tests;
