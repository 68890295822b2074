//! `alert(name = "…", when = "…", for = "…", severity = "…", summary = "…", description = "…")`

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;
use tallymark_rules::{Condition, Function, Kind, Severity, parse_duration, template_labels};

use super::annotated::Annotated;
use crate::{args::Args, errors::Errors, krate};

/// An alert with a condition that was parsed.
#[derive(Clone)]
pub(super) struct Alert {
    pub(super) name: LitStr,
    when: LitStr,
    /// Seconds.
    hold: u64,
    severity: Severity,
    summary: Option<LitStr>,
    description: Option<LitStr>,
}

const KNOWN: &[&str] = &["name", "when", "for", "severity", "summary", "description"];
/// Labels that every alert has: those of the server's targets.
const OF_SERVER: [&str; 2] = ["job", "instance"];

impl Alert {
    /// Reads the arguments and reports what is wrong with them by itself.
    pub(super) fn parse(word: &Ident, tokens: TokenStream, errors: &mut Errors) -> Option<Self> {
        let before = errors.count();
        let mut args = Args::parse("`alert(…)`", tokens, errors);
        let [name, when] = ["name", "when"].map(|word| args.string(word, errors));
        let hold = args.string("for", errors).map_or(Some(0), |text| hold(&text, errors));
        let severity =
            args.string("severity", errors).map_or(Some(Severity::Warning), |text| severity(&text, errors));
        let [summary, description] = ["summary", "description"].map(|word| filled(&mut args, word, errors));
        args.finish(KNOWN, errors);
        if (name.is_none() || when.is_none()) && errors.count() == before {
            errors.at(
                word.span(),
                "an alert has a name and a condition: `alert(name = \"PaymentFailureSpike\", when = \"rate[5m] > 0.5\")`",
            );
        }
        let (name, when) = (name?, when?);
        check_name(&name, errors);
        if let Err(fault) = Condition::parse(&when.value()) {
            errors.at(when.span(), fault);
            return None;
        }
        Some(Self { name, when, hold: hold?, severity: severity?, summary, description })
    }

    /// Calls `with` with the condition.
    fn condition<R>(&self, with: impl FnOnce(&Condition<'_>) -> R) -> Option<R> {
        Condition::parse(&self.when.value()).ok().map(|condition| with(&condition))
    }

    /// Reports what makes no sense for a metric of this kind and unit.
    pub(super) fn check(&self, kind: Kind, unit: Option<&str>, errors: &mut Errors) {
        self.condition(|condition| {
            if let Err(fault) = condition.check(kind, unit) {
                errors.at(self.when.span(), fault);
                return;
            }
            // Otherwise alerts have the labels of the metric, which the core crate knows.
            let Some(labels) = condition.result_labels(kind) else { return };
            for text in self.texts() {
                let value = text.value();
                let unknown =
                    template_labels(&value).find(|label| *label != "job" && !labels.contains(label));
                if let Some(label) = unknown {
                    errors.at(
                        text.span(),
                        format_args!(
                            "`{label}` is no label of this alert, so the text would lack its value: write \
                             `by {label}` into the condition"
                        ),
                    );
                }
            }
        });
    }

    fn texts(&self) -> impl Iterator<Item = &LitStr> {
        self.summary.iter().chain(&self.description)
    }

    /// The alert as data, after the checks that need the type.
    pub(super) fn element(&self, subject: &Annotated<'_>) -> TokenStream {
        let Annotated { krate, ty, .. } = subject;
        let here = krate::located_at(krate, self.when.span());
        let span = self.when.span().resolved_at(Span::mixed_site());
        let checks = self.condition(|condition| {
            let function = function(krate, condition.function);
            let labels = condition.labels();
            let mut checks =
                quote_spanned!(span=> #here::__private_v4::check_condition::<#ty>(#function, &[#(#labels),*]););
            if let (Function::Quantile(_), Some(bounds)) = (condition.function, subject.bounds()) {
                let limit = condition.threshold.value;
                checks.extend(quote_spanned!(span=> #here::__private_v4::check_reachable(#bounds, #limit);));
            }
            if condition.by.is_empty() && condition.result_labels(Kind::Gauge).is_none() {
                checks.extend(self.texts().map(|text| labels_of(text, subject)));
            }
            checks
        });
        let Self { name, when, hold, summary, description, .. } = self;
        let severity = if self.severity == Severity::Critical { quote!(Critical) } else { quote!(Warning) };
        let text = |text: &Option<LitStr>| text.as_ref().map_or_else(|| quote!(""), |text| quote!(#text));
        let (summary, description) = (text(summary), text(description));
        quote! {{
            #checks
            #krate::__private_v4::Alert {
                name: #name,
                when: #when,
                hold: #hold,
                severity: #krate::__private_v4::Severity::#severity,
                summary: #summary,
                description: #description,
            }
        }}
    }
}

/// Checks the labels in a text of an alert that has all labels of the metric.
fn labels_of(text: &LitStr, subject: &Annotated<'_>) -> TokenStream {
    let value = text.value();
    let labels: Vec<&str> = template_labels(&value).filter(|label| !OF_SERVER.contains(label)).collect();
    if labels.is_empty() {
        return TokenStream::new();
    }
    let (here, ty) = (krate::located_at(subject.krate, text.span()), subject.ty);
    quote_spanned!(text.span().resolved_at(Span::mixed_site())=> #here::__private_v4::check_labels::<#ty>(&[#(#labels),*]);)
}

fn function(krate: &syn::Path, function: Function) -> TokenStream {
    let name = match function {
        Function::Rate => quote!(Rate),
        Function::Increase => quote!(Increase),
        Function::Ratio => quote!(Ratio),
        Function::Value => quote!(Value),
        Function::Mean => quote!(Mean),
        Function::Max => quote!(Max),
        Function::Quantile(quantile) => quote!(Quantile(#quantile)),
        _ => unreachable!("the rules have no other function"),
    };
    quote!(#krate::__private_v4::Function::#name)
}

fn hold(text: &LitStr, errors: &mut Errors) -> Option<u64> {
    let value = text.value();
    let hold = parse_duration(&value).filter(|hold| hold.subsec_nanos() == 0);
    if hold.is_none() {
        errors.at(
            text.span(),
            format_args!(
                "`{value}` is no duration of whole seconds: write a number and `s`, `m`, `h`, `d` or `w`, such as `2m` \
                 or `1h30m`"
            ),
        );
    }
    hold.map(|hold| hold.as_secs())
}

fn severity(text: &LitStr, errors: &mut Errors) -> Option<Severity> {
    let value = text.value();
    let severity = Severity::parse(&value);
    if severity.is_none() {
        errors.at(
            text.span(),
            format_args!(
                "there is no severity `{value}`: write `critical` for what needs attention at once, and `warning` for \
                 what needs it within the day"
            ),
        );
    }
    severity
}

/// Takes a text that is not empty.
pub(super) fn filled(args: &mut Args, word: &str, errors: &mut Errors) -> Option<LitStr> {
    let text = args.string(word, errors)?;
    if text.value().trim().is_empty() {
        errors.at(text.span(), format_args!("`{word}` is empty; leave it out to have one written"));
    }
    Some(text)
}

fn check_name(name: &LitStr, errors: &mut Errors) {
    let text = name.value();
    let is_name =
        text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(|c| c.is_ascii_alphanumeric());
    if !is_name {
        errors.at(
            name.span(),
            format_args!(
                "`{text}` cannot be the name of an alert: it consists of letters and digits, a capital first, such as \
                 `PaymentFailureSpike`"
            ),
        );
    }
}
