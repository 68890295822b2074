//! What families with label names known at run time are made of.

use crate::{
    cell::{Scope, Slot},
    family::View,
    metric::{Declare, Position},
    series::{ErasedSeries, Store},
    visit::Visitor,
};

/// The slots of a series; of no interest outside this crate.
#[derive(Clone, Copy, Debug)]
pub struct SeriesSlot(pub(crate) Slot);

/// What the slots of a series are; of no interest outside this crate.
#[derive(Clone, Copy, Debug)]
pub struct SeriesStore(pub(crate) Store);

/// What a kind of metric does for its [`Labelled`](super::Labelled) families; of no interest outside this crate.
pub trait Parts: Declare {
    /// What [`with`](super::Labelled::with) returns.
    type Handle: Copy;
    /// Which cell counts rejected observations, if one does.
    const REJECTED_CELL: Option<u32> = None;
    fn series(&self) -> &ErasedSeries;
    fn series_mut(&mut self) -> &mut ErasedSeries;
    fn store(&self) -> SeriesStore;
    fn handle_at(&self, slot: SeriesSlot) -> Self::Handle;
    /// The slots of a handle.
    fn slot_of(handle: Self::Handle) -> SeriesSlot;
    /// Shows a part of a family, whatever its labels.
    fn show_part(
        &self,
        series: View<'_>,
        scope: Scope,
        at: Position,
        visitor: &mut dyn Visitor,
    ) -> Option<Position>;
}

/// A metric without labels, whose kind and settings those of a [`Labelled`](super::Labelled) family are:
/// [`Counter`](crate::Counter), [`Gauge`](crate::Gauge), [`UpDownCounter`](crate::UpDownCounter),
/// [`Histogram`](crate::Histogram), [`GaugeHistogram`](crate::GaugeHistogram) and [`Summary`](crate::Summary).
pub trait Labellable: Parts {}

impl<M: Parts> Labellable for M {}
