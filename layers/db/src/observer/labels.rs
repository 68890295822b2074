//! The labels of the families.

use super::uncounted::Uncounted;
use crate::{SqlOperation, Vendor};
use tallymark_derive::LabelSet;

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct Db<'a> {
    pub(super) db: &'a str,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct ByOperation<'a> {
    pub(super) db: &'a str,
    pub(super) vendor: Vendor,
    pub(super) operation: SqlOperation,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct ByError<'a> {
    pub(super) db: &'a str,
    pub(super) vendor: Vendor,
    pub(super) error: &'a str,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct ByReason<'a> {
    pub(super) db: &'a str,
    pub(super) reason: Uncounted,
}

/// django-prometheus calls a database an alias.
#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct Alias<'a> {
    pub(super) alias: &'a str,
    pub(super) vendor: Vendor,
}

#[derive(LabelSet)]
#[label(crate = tallymark_core)]
pub(super) struct AliasType<'a> {
    pub(super) alias: &'a str,
    pub(super) vendor: Vendor,
    #[label(rename = "type")]
    pub(super) kind: &'a str,
}
