//! Writes the monitoring of a program whose annotations have alerts, objectives and panels: `annotated DIRECTORY`. Each function
//! of conditions, each comparison and each kind of metric is there.

use tallymark_core::{Counter, Histogram, Summary, UpDownCounter, buckets};
use tallymark_derive::{LabelSet, LabelValue, metrics, timed};
use tallymark_mixin::{Endpoint, Mixin};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args_os().nth(1).ok_or("write `annotated DIRECTORY`")?;
    send()?;
    Mixin::new("mails").endpoint(Endpoint::new(9464).bearer_token().tls()).write(directory)?;
    Ok(())
}

#[derive(LabelValue, Clone, Copy)]
#[label(crate = tallymark_core)]
enum Outcome {
    Delivered,
    Bounced,
    Refused,
}

#[derive(LabelSet, Clone, Copy)]
#[label(crate = tallymark_core)]
struct Mail<'a> {
    outcome: Outcome,
    domain: &'a str,
}

#[metrics(namespace = "mail", crate = tallymark_core)]
mod mails {
    use super::{Counter, Histogram, Mail, Summary, UpDownCounter, buckets};
    use tallymark_core::{FloatCounter, Gauge};
    use tallymark_derive::gauge_fn;

    /// Mails sent, by outcome and domain.
    #[metric(
        alert(
            name = "MailBounces",
            when = "ratio{outcome = 'bounced'}[10m] by domain > 5%",
            for = "10m",
            severity = "critical",
            summary = "Mails to {{ $labels.domain }} bounce",
            description = "{{ $value | humanizePercentage }} of the mails to {{ $labels.domain }} come back.",
        ),
        alert(name = "MailRefused", when = r#"rate{outcome=~"bounced|refused"}[5m] >= 0.5"#),
        alert(name = "NoMails", when = "increase[1h] <= 1", for = "30m"),
        alert(
            name = "BusyDomain",
            when = "increase{domain != 'example.org'}[1d] max by domain > 1e6",
            for = "1h"
        ),
        slo(success = 99.5, errors = "{outcome = 'refused'}"),
        panel(title = "Mails", row = "Outgoing", unit = "requests_per_second")
    )]
    pub(crate) static SENT_TOTAL: Counter<Mail> = Counter::new();

    /// Mails that failed for good.
    pub(crate) static FAILED_TOTAL: Counter = Counter::new();

    /// Mails handed in.
    #[metric(slo(success = 99.9, errors = FAILED_TOTAL, name = "mails"))]
    pub(crate) static HANDED_IN_TOTAL: Counter = Counter::new();

    /// Bytes sent.
    #[metric(
        alert(name = "MuchMail", when = "rate[5m] > 10MiB"),
        panel(row = "Outgoing", unit = "bytes_per_second")
    )]
    pub(crate) static SENT_BYTES_TOTAL: FloatCounter = FloatCounter::new();

    /// Time from handing in to delivery.
    #[metric(
        alert(
            name = "SlowMail",
            when = "p99[5m] > 2.5s",
            for = "5m",
            summary = "Mails of {{ $labels.job }} are slow"
        ),
        alert(
            name = "SlowMailByDomain",
            when = "quantile(0.5){outcome='delivered'}[5m] by (domain, outcome) > 500ms"
        ),
        alert(name = "MeanOfMail", when = "mean[5m] > 2s"),
        alert(name = "FewDeliveries", when = "rate{outcome='delivered'}[15m] < 0.1", for = "15m"),
        slo(latency = "500ms @ 99")
    )]
    pub(crate) static DELIVERY_DURATION_SECONDS: Histogram<Mail> =
        Histogram::new(buckets![0.1, 0.5, 1.0, 2.5, 5.0, 10.0]);

    /// Sizes of mails.
    #[metric(alert(name = "LargeMails", when = "mean[5m] by domain > 1MiB"))]
    pub(crate) static SIZE_BYTES: Summary<Mail> = Summary::new();

    /// Mails that wait.
    #[metric(
        alert(name = "MailsWait", when = "value sum by outcome > 1000", for = "5m", severity = "warning"),
        alert(name = "NoMailWaits", when = "value{outcome='delivered'} == 0", for = "5m"),
        alert(
            name = "NegativeQueue",
            when = "value < 0",
            summary = "{{ $labels.instance }} counts {{ $labels.domain }} wrong"
        ),
        panel(title = "Waiting", row = "Queue", unit = "count")
    )]
    pub(crate) static WAITING: UpDownCounter<Mail> = UpDownCounter::new();

    /// When the queue was last emptied.
    #[metric(panel(title = "Last emptied", row = "Queue", unit = "timestamp"))]
    pub(crate) static EMPTIED_SECONDS: Gauge = Gauge::new();

    /// Part of the quota that is used up.
    #[gauge_fn(
        crate = tallymark_core,
        alert(name = "QuotaUsed", when = "max[15m] > 90%"),
        alert(name = "QuotaUsedOnAverage", when = "mean[1h] >= 0.8"),
        panel(title = "Quota", row = "Queue", unit = "ratio")
    )]
    pub(crate) fn quota_ratio() -> f64 {
        0.25
    }
}

/// Delivers a mail.
#[timed(slo(success = 99.9, latency = "250ms @ 99"), crate = tallymark_core)]
fn deliver(domain: &str) -> Result<(), String> {
    let outcome = if domain.is_empty() { Outcome::Refused } else { Outcome::Delivered };
    mails::HANDED_IN_TOTAL.inc();
    mails::SENT_TOTAL.with(Mail { outcome, domain }).inc();
    mails::SENT_BYTES_TOTAL.inc_by(2e3);
    mails::DELIVERY_DURATION_SECONDS.with(Mail { outcome, domain }).observe(0.2);
    mails::SIZE_BYTES.with(Mail { outcome, domain }).observe(2e3);
    mails::WAITING.with(Mail { outcome, domain }).inc();
    mails::EMPTIED_SECONDS.set(1.8e9);
    if domain.is_empty() { Err("no domain".to_owned()) } else { Ok(()) }
}

/// Sends some mails.
fn send() -> Result<(), String> {
    for domain in ["example.org", "example.com"] {
        deliver(domain)?;
    }
    if deliver("").is_ok() {
        return Err("it has no domain".to_owned());
    }
    mails::FAILED_TOTAL.inc();
    mails::SENT_TOTAL.with(Mail { outcome: Outcome::Bounced, domain: "example.com" }).inc();
    Ok(())
}
