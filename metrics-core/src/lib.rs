//! Values, labels, registry and encoders of tallymark: everything that needs no async runtime and no network.
//!
//! Applications use the `tallymark` crate, which re-exports what they need from here.
//!
//! # Features
//!
//! None is on by default; `tallymark` turns on what it needs.
//!
//! | feature | adds |
//! |---|---|
//! | `protobuf` | [`encode::Format::Protobuf`] |
//! | `native-histograms` | [`Histogram::native`], [`Histogram::with_native`] and [`Native`] |
//! | `exemplars` | [`Counter::exemplars`], [`Histogram::exemplars`] and what is given to them: [`exemplar`] |

// Under loom only the cells are built: nothing above them has a schedule to explore.
#![cfg_attr(
    loom,
    allow(dead_code, unreachable_pub, reason = "the models use part of the cells, nobody the rest")
)]
// What only tests and error messages need is `#[inline]`: it is compiled where it is used, and not in every program.
// The few instructions of the hot path are spread over several functions; each must end up in the caller.
#![allow(clippy::inline_always)]

mod cell;

#[cfg(not(loom))]
mod clock;
#[cfg(not(loom))]
mod created;
#[cfg(not(loom))]
mod descriptor;
#[cfg(not(loom))]
mod element;
#[cfg(not(loom))]
pub mod encode;
#[cfg(not(loom))]
pub mod exemplar;
#[cfg(not(loom))]
mod extra;
#[cfg(not(loom))]
mod function;
#[cfg(not(loom))]
mod label;
#[cfg(not(loom))]
mod metric;
#[cfg(not(loom))]
mod model;
#[cfg(not(loom))]
#[cfg_attr(not(feature = "native-histograms"), path = "native/absent.rs")]
mod native;
#[cfg(not(loom))]
mod outcome;
#[cfg(not(loom))]
pub mod registry;
#[cfg(not(loom))]
mod self_metrics;
#[cfg(not(loom))]
mod series;
#[cfg(not(loom))]
pub mod snapshot;
#[cfg(not(loom))]
mod sorted;
#[cfg(not(loom))]
pub mod testing;
#[cfg(not(loom))]
mod text;
#[cfg(not(loom))]
mod value;
#[cfg(not(loom))]
pub mod visit;

#[cfg(not(loom))]
use tallymark_rules as lint;

#[cfg(not(loom))]
pub use cell::Scope;
#[cfg(not(loom))]
pub use descriptor::{Descriptor, Kind, Place};
#[cfg(not(loom))]
pub use label::{LabelSet, LabelValue, OVERFLOW};
#[cfg(not(loom))]
pub use metric::{Metric, Position};
#[cfg(not(loom))]
pub use model::Model;
#[cfg(all(not(loom), feature = "native-histograms"))]
pub use native::Native;
#[cfg(not(loom))]
pub use value::bucket_layouts;
#[cfg(not(loom))]
pub use value::{
    Amount, Buckets, BucketsError, Counter, CounterHandle, FloatCounter, Gauge, GaugeHandle, GaugeValue,
    Histogram, HistogramHandle, HistogramValue, InFlightGuard, Info, IntGauge, Observe, State, StateHandle,
    StateSet, Summary, SummaryHandle, SummaryValue, Timer, ToNumber, UpDownCounter, UpDownHandle,
};
#[cfg(not(loom))]
pub use visit::{Details, Head, HistogramPoint, Labels, Number, SummaryPoint, Visitor};

/// What the macros' expansions name. Not covered by any promise of stability.
#[cfg(not(loom))]
#[doc(hidden)]
pub mod __private {
    pub use crate::{
        __joined as joined_text, __submit as submit,
        cell::Scope,
        clock::Moment,
        descriptor::{Descriptor, Kind, Place},
        element::{Declared, Element, Entry},
        function::{
            CreationGuard, FunctionGuard, FunctionMeta, FunctionSite, FutureGuard, Giver, Held, Observed,
            Pick, PickCopy, PickReference, Returns, ScopeGuard, Taker, Watch, count_error,
            count_error_itself, handover, observe, returns,
        },
        label::{LabelSet, LabelValue, MAX_LABELS, append_digit, product, radix, split_digit, text_of},
        lint::Allow,
        metric::{Declare, Metric},
        model::{Model, ModelMeta, ModelOp, ModelRows, ModelSite, Operation as ModelOperation},
        outcome::{AnyProbe, Fallible, Probe, ResultProbe, error_of},
        registry::slice::__TALLYMARK_ELEMENTS_V2,
        text::{filled, help, joined, joined_len, text},
        value::{Amount, GaugeFn, GaugeValue, Observe, State, ToNumber},
    };
    pub use linkme;
}
