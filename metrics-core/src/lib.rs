//! What are tallymark's metrics made of? Values, labels, the registry and the encoders are in this package: everything that
//! needs no macro, no async runtime and no network.
//!
//! Applications use the package `tallymark`, which re-exports what they need from here and adds `#[metric]`. Depend on this
//! one directly to write a layer, a bridge or an exporter of your own.
//!
//! ```toml
//! [dependencies]
//! tallymark-core = "0.1"
//! ```
//!
//! ```rust
//! use tallymark_core::{
//!     Counter, place,
//!     registry::{self, Declaration, DeclareError},
//! };
//!
//! fn main() -> Result<(), DeclareError> {
//!     let jobs = Declaration::new("importer_jobs_total", "Jobs done.", place!());
//!     let jobs: &'static Counter = jobs.declare(Counter::new)?;
//!     jobs.inc();
//!     assert_eq!(registry::snapshot().counter("importer_jobs_total", &[]), Some(1));
//!     Ok(())
//! }
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`registry`] | all metrics of the program: declaring, configuring, collecting, encoding |
//! | [`encode`] | encoders of the text formats and of protobuf, for what is not in the registry |
//! | [`snapshot`] | all metrics at one moment, typed |
//! | [`visit`] | the trait between what holds values and what shows them |
//! | [`exemplar`] | exemplars, and where they come from |
//! | [`testing`] | assertions about what a test has counted |
//!
//! # Limits
//!
//! A program has one registry, and one version of this package: Cargo refuses to resolve two. A shared object that is
//! linked with its own copy of this package has its own registry. If a program takes this package from a shared object, its
//! registry has only what is declared in that object. On Linux, [`registry::check`] and `tallymark_conflicts_total` report
//! both. Where the linker makes no list of metrics, such as on WebAssembly, statics have to be registered by hand.

#![cfg_attr(docsrs, feature(doc_cfg))]
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
mod across;
#[cfg(not(loom))]
mod attachments;
#[cfg(not(loom))]
mod build_facts;
#[cfg(not(loom))]
mod clock;
#[cfg(not(loom))]
mod collector;
#[cfg(not(loom))]
mod created;
#[cfg(not(loom))]
mod declared;
#[cfg(not(loom))]
mod descriptor;
#[cfg(not(loom))]
pub mod encode;
#[cfg(not(loom))]
pub mod exemplar;
#[cfg(not(loom))]
mod fallible;
#[cfg(not(loom))]
mod family;
#[cfg(not(loom))]
mod function;
#[cfg(not(loom))]
mod group;
#[cfg(not(loom))]
mod job;
#[cfg(not(loom))]
mod label;
#[cfg(not(loom))]
mod levels;
#[cfg(not(loom))]
mod metric;
#[cfg(not(loom))]
mod model;
#[cfg(not(loom))]
mod naming;
#[cfg(not(loom))]
mod native;
#[cfg(not(loom))]
mod number;
#[cfg(not(loom))]
mod outline;
#[cfg(not(loom))]
mod publish;
#[cfg(all(feature = "quantiles", not(loom)))]
mod quantiles;
#[cfg(not(any(feature = "quantiles", loom)))]
#[path = "quantiles/without.rs"]
mod quantiles;
#[cfg(not(loom))]
mod refresh;
#[cfg(not(loom))]
pub mod registry;
#[cfg(not(loom))]
pub mod request;
#[cfg(not(loom))]
mod series;
#[cfg(not(loom))]
mod slo;
#[cfg(not(loom))]
pub mod snapshot;
#[cfg(not(loom))]
mod sorted;
#[cfg(not(loom))]
pub mod testing;
#[cfg(not(loom))]
mod text;
#[cfg(not(loom))]
mod utf8;
#[cfg(not(loom))]
mod value;
#[cfg(not(loom))]
pub mod visit;

#[cfg(not(loom))]
use tallymark_rules as lint;

#[cfg(not(loom))]
pub use across::Across;
#[cfg(not(loom))]
pub use cell::Scope;
#[cfg(not(loom))]
pub use descriptor::{Descriptor, Kind, Place};
#[cfg(not(loom))]
pub use family::{LabelCountError, LabelNamesError, Labellable, Labelled, Varied};
#[cfg(not(loom))]
pub use job::job_queue_depth;
#[cfg(not(loom))]
pub use label::{LabelSet, LabelValue, OVERFLOW};
#[cfg(not(loom))]
pub use metric::{Declare, Metric, Position};
#[cfg(not(loom))]
pub use model::Model;
#[cfg(not(loom))]
pub use naming::Naming;
#[cfg(not(loom))]
pub use native::Native;
#[cfg(not(loom))]
pub use number::Number;
#[cfg(all(feature = "quantiles", not(loom)))]
#[cfg_attr(docsrs, doc(cfg(feature = "quantiles")))]
pub use quantiles::Quantiles;
#[cfg(not(loom))]
pub use slo::{Slo, SloError};
#[cfg(not(loom))]
pub use value::bucket_layouts;
#[cfg(not(loom))]
pub use value::{
    Amount, Buckets, BucketsError, CallbackGauge, Counter, CounterBatch, CounterHandle, EntryGuard,
    FloatCounter, Gauge, GaugeCallback, GaugeHandle, GaugeHistogram, GaugeHistogramHandle, GaugeValue,
    Histogram, HistogramHandle, HistogramReading, InFlightGuard, Info, IntGauge, Observe, State, StateHandle,
    StateSet, Summary, SummaryHandle, SummaryReading, Timer, ToNumber, UpDownCounter, UpDownHandle,
};

/// What the macros' expansions name. Not covered by any promise of stability.
#[cfg(not(loom))]
#[doc(hidden)]
pub mod __private_v4 {
    pub use crate::{
        __joined as joined_text, __submit as submit,
        across::Across,
        build_facts::{RUSTC, first_known, unless_given},
        cell::Scope,
        clock::Moment,
        created::is_shown as shows_created,
        declared::{
            Alert, Annotations, Declared, Element, Entry, Errors, Objective, Panel, check_condition,
            check_counter, check_edge, check_labels, check_reachable, panel_unit,
            slice::__TALLYMARK_ELEMENTS_V4,
        },
        descriptor::{Descriptor, Kind, Place},
        fallible::{AnyProbe, Fallible, Probe, ResultProbe, error_of},
        function::{
            CreationGuard, FunctionGuard, FunctionMeta, FunctionObjective, FunctionSite, FutureGuard, Giver,
            Held, Observed, Pick, PickCopy, PickReference, Returns, ScopeGuard, Taker, Watch, count_error,
            count_error_itself, handover, observe, returns,
        },
        group::{Group, Reading},
        job::{Job, JobCreation, JobMeta, JobRun, JobSite},
        label::{
            LabelSet, LabelValue, MAX_LABELS, SameLabels, VisitValues, append_digit, product, radix,
            split_digit, text_of,
        },
        lint::{Allow, Function, MatchOperator, Matcher, PanelUnit, Severity},
        metric::{Declare, Metric},
        model::{Model, ModelMeta, ModelOperation, ModelRows, ModelSite},
        refresh::{Refresh, Refreshing},
        slo::Slo,
        text::{filled, help, joined, joined_len, text},
        value::{
            Amount, Bounds, FetchedValues, GaugeFn, GaugeValue, Observe, RefreshedGauge, RefreshedSeries,
            RefreshedValue, RefreshedValues, State, ToNumber, bounds_of,
        },
    };
    pub use linkme;

    /// The file that this process counts in, if others read it.
    #[cfg(shared_cells)]
    pub mod shared {
        pub use crate::{
            cell::shared::{NotShared, Step, format, id, status},
            publish::start,
        };
    }
}
