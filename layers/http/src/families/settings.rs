//! How families are declared.

use std::any::Any;

use tallymark_core::{
    __private_v4::Declare,
    Buckets, Counter, Histogram, LabelSet, Naming, Place, UpDownCounter, bucket_layouts,
    registry::{Declaration, DeclareError, LayerSettings},
};

use super::{
    family::{Chosen, HttpFamily},
    latency,
};
use crate::label::With;

/// What all families of a layer have in common.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What the application has set for all layers.
    pub(crate) common: LayerSettings,
    pub(crate) naming: Naming,
    pub(crate) namespace: Option<String>,
    /// What is switched off is not shown either.
    pub(crate) enabled: bool,
    pub(crate) chosen: Chosen,
    /// The bounds of durations and of sizes, where the layer sets them.
    pub(crate) durations: Option<&'static Buckets>,
    pub(crate) sizes: Option<&'static Buckets>,
    pub(crate) max_series: u32,
    pub(crate) quirks: bool,
}

/// A family with the labels of the layer and those of the application.
pub(super) type CounterOf<B, L> = &'static Counter<With<'static, B, L>>;
pub(super) type HistogramOf<B, L> = &'static Histogram<With<'static, B, L>>;
pub(super) type UpDownOf<B, L> = &'static UpDownCounter<With<'static, B, L>>;

/// What tells one family from another.
#[derive(Clone, Copy)]
pub(super) struct Text {
    /// What it is left out by, if the layer has a setting for that.
    pub(super) family: Option<HttpFamily>,
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) unit: Option<&'static str>,
    pub(super) place: Place,
}

/// A [`Text`] from this line.
macro_rules! text {
    ($name:literal, $help:literal) => {
        $crate::families::settings::Text {
            family: None,
            name: $name,
            help: $help,
            unit: None,
            place: ::tallymark_core::place!(),
        }
    };
    ($name:literal, $help:literal, $unit:literal) => {
        $crate::families::settings::Text { unit: Some($unit), ..text!($name, $help) }
    };
    ($family:ident, $($text:literal),*) => {
        $crate::families::settings::Text {
            family: Some($crate::families::HttpFamily::$family),
            ..text!($($text),*)
        }
    };
}
pub(super) use text;

impl Settings {
    /// Returns the bounds of the durations of a family.
    pub(crate) fn durations(&self, family: &str) -> &'static Buckets {
        self.buckets(self.durations, family, || match self.naming {
            Naming::Django => &latency::DJANGO,
            Naming::HyperDjango => &latency::HYPER_DJANGO,
            _ => bucket_layouts::DEFAULT,
        })
    }

    /// Returns the bounds of sizes of a family.
    fn sizes(&self, family: &str) -> &'static Buckets {
        self.buckets(self.sizes, family, || match self.naming {
            Naming::Django => &latency::POWERS,
            _ => bucket_layouts::BYTES,
        })
    }

    fn buckets(
        &self,
        own: Option<&'static Buckets>,
        family: &str,
        usual: impl FnOnce() -> &'static Buckets,
    ) -> &'static Buckets {
        own.or_else(|| self.common.buckets(self.namespace.as_deref(), family)).unwrap_or_else(usual)
    }

    /// Whether a family is counted.
    pub(crate) fn has(&self, family: impl Into<Option<HttpFamily>>, name: &str) -> bool {
        let is_chosen = family.into().is_none_or(|family| self.chosen.has(family));
        self.enabled && is_chosen && self.common.shows(self.namespace.as_deref(), name)
    }

    pub(super) fn counter<B, L>(&self, text: Text) -> Result<Option<CounterOf<B, L>>, DeclareError>
    where
        B: LabelSet + 'static,
        L: LabelSet + 'static,
    {
        self.declare(text, || Counter::new().max_series(self.max_series))
    }

    /// Declares a histogram of durations.
    pub(super) fn duration<B, L>(&self, text: Text) -> Result<Option<HistogramOf<B, L>>, DeclareError>
    where
        B: LabelSet + 'static,
        L: LabelSet + 'static,
    {
        self.declare(text, || Histogram::new(self.durations(text.name)).max_series(self.max_series))
    }

    /// Declares a histogram of sizes.
    pub(super) fn size<B, L>(&self, text: Text) -> Result<Option<HistogramOf<B, L>>, DeclareError>
    where
        B: LabelSet + 'static,
        L: LabelSet + 'static,
    {
        self.declare(text, || Histogram::new(self.sizes(text.name)).max_series(self.max_series))
    }

    pub(super) fn up_down<B, L>(&self, text: Text) -> Result<Option<UpDownOf<B, L>>, DeclareError>
    where
        B: LabelSet + 'static,
        L: LabelSet + 'static,
    {
        self.declare(text, || UpDownCounter::new().max_series(self.max_series))
    }

    fn declare<M: Declare + Any + Send>(
        &self,
        text: Text,
        make: impl FnOnce() -> M,
    ) -> Result<Option<&'static M>, DeclareError> {
        if !self.has(text.family, text.name) {
            return Ok(None);
        }
        let mut declaration = Declaration::new(text.name, text.help, text.place);
        if let Some(unit) = text.unit {
            declaration = declaration.unit(unit);
        }
        if self.naming == Naming::Django {
            declaration = declaration.allow_any_name();
        }
        declaration.namespace(self.namespace.as_deref()).declare(make).map(Some)
    }
}
