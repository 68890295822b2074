//! The alerts, objectives and panel of a metric in `#[metric]`.

mod alert;
mod annotated;
mod panel;
mod slo;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use tallymark_rules::Kind;

use crate::{
    args::Args,
    errors::{Errors, Seen},
};
use alert::Alert;
pub(crate) use annotated::Annotated;
use panel::Panel;
pub(crate) use slo::Slo;

/// The annotations of one metric.
#[derive(Clone, Default)]
pub(crate) struct Annotations {
    alerts: Vec<Alert>,
    objectives: Vec<Slo>,
    panel: Option<Panel>,
}

impl Annotations {
    /// Takes `alert(…)`, `slo(…)` and `panel(…)` out of the arguments.
    pub(crate) fn take(args: &mut Args, errors: &mut Errors) -> Self {
        let mut alerts = Vec::new();
        let mut seen = Seen::default();
        for (word, group) in args.calls("alert", errors) {
            let Some(alert) = Alert::parse(&word, group.stream(), errors) else { continue };
            if seen.insert(&alert.name.value(), &word).is_some() {
                errors.at(
                    alert.name.span(),
                    format_args!(
                        "an alert is called `{}` already; two alerts cannot have one name",
                        alert.name.value()
                    ),
                );
            }
            alerts.push(alert);
        }
        let objectives = args.calls("slo", errors);
        let objectives =
            objectives.iter().filter_map(|(word, group)| Slo::parse(word, group.stream(), errors)).collect();
        let panels = args.calls("panel", errors);
        if let Some((word, _)) = panels.get(1) {
            errors.at(word.span(), "`panel` is given twice; once is enough");
        }
        let panel = panels.first().map(|(word, group)| Panel::parse(word, group.stream(), errors));
        Self { alerts, objectives, panel }
    }

    /// Reports what makes no sense for a metric of this kind and unit.
    pub(crate) fn check(&self, kind: Kind, unit: Option<&str>, errors: &mut Errors) {
        for alert in &self.alerts {
            alert.check(kind, unit, errors);
        }
        for objective in &self.objectives {
            objective.check(kind, unit, errors);
        }
        if let Some(panel) = &self.panel {
            panel.check(kind, errors);
        }
    }

    /// The names of the alerts.
    pub(crate) fn alert_names(&self) -> impl Iterator<Item = &syn::LitStr> {
        self.alerts.iter().map(|alert| &alert.name)
    }

    /// `.annotated(…)`, or nothing if nothing was written.
    pub(crate) fn call(&self, subject: &Annotated<'_>) -> Option<TokenStream> {
        if self.alerts.is_empty() && self.objectives.is_empty() && self.panel.is_none() {
            return None;
        }
        let krate = subject.krate;
        let alerts = self.alerts.iter().map(|alert| alert.element(subject));
        let objectives = self.objectives.iter().map(|objective| objective.element(subject));
        let panel = self
            .panel
            .as_ref()
            .map_or_else(|| quote!(#krate::__private_v4::Panel::DERIVED), |panel| panel.expression(subject));
        // A static and no constant, which could not refer to another metric.
        let list = Ident::new("__ANNOTATIONS", Span::mixed_site());
        Some(quote_spanned! {Span::mixed_site()=>
            .annotated({
                static #list: #krate::__private_v4::Annotations = #krate::__private_v4::Annotations {
                    alerts: &[#(#alerts),*],
                    objectives: &[#(#objectives),*],
                    panel: #panel,
                };
                &#list
            })
        })
    }
}
