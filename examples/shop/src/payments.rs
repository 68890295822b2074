//! The payment providers. They are played: an amount decides, so that the same order always ends the same way.

use crate::{
    faults::{Fault, Faults},
    labels::{DeclinedPayment, FailureReason, PaymentProvider},
    metrics::payments::{
        PAYMENT_AMOUNT_DOLLARS, PAYMENT_CHARGE_DURATION_SECONDS, PAYMENTS_FAILED_TOTAL, REVENUE_DOLLARS_TOTAL,
    },
};
use std::time::Duration;
use tallymark::timed;

/// Asks the provider for the money, and counts what it answers.
pub(crate) async fn charge(
    provider: PaymentProvider,
    cents: i64,
    faults: &Faults,
) -> Result<(), FailureReason> {
    match ask(provider, cents, faults).await {
        Ok(()) => {
            let dollars = dollars(cents);
            PAYMENT_AMOUNT_DOLLARS.observe(dollars);
            REVENUE_DOLLARS_TOTAL.inc_by(dollars);
            Ok(())
        }
        Err(failure_reason) => {
            PAYMENTS_FAILED_TOTAL.with(DeclinedPayment { payment_provider: provider, failure_reason }).inc();
            Err(failure_reason)
        }
    }
}

/// The call over the wire: a few milliseconds, then a yes or a no.
#[timed(PAYMENT_CHARGE_DURATION_SECONDS.with(provider))]
async fn ask(provider: PaymentProvider, cents: i64, faults: &Faults) -> Result<(), FailureReason> {
    let distance = match provider {
        PaymentProvider::Stripe => 1,
        PaymentProvider::PayPal => 2,
        PaymentProvider::BankTransfer => 4,
    };
    tokio::time::sleep(Duration::from_millis(distance)).await;
    if faults.is_on(Fault::Payments) { Err(FailureReason::CardDeclined) } else { decide(provider, cents) }
}

/// The provider's rules, by which one payment in twenty is declined: a shop that is well, and no reason for an alert.
#[timed]
fn decide(provider: PaymentProvider, cents: i64) -> Result<(), FailureReason> {
    let limit = match provider {
        PaymentProvider::Stripe => 700_000,
        PaymentProvider::PayPal => 400_000,
        PaymentProvider::BankTransfer => 1_000_000,
    };
    if cents > limit {
        Err(FailureReason::LimitExceeded)
    } else if cents % 10 == 3 {
        Err(FailureReason::CardDeclined)
    } else if cents % 49 == 20 {
        Err(FailureReason::InsufficientFunds)
    } else {
        Ok(())
    }
}

/// Prices fit in 52 bits for any shop on this planet.
fn dollars(cents: i64) -> f64 {
    cents as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amount_decides() {
        assert_eq!(decide(PaymentProvider::Stripe, 1005), Ok(()));
        assert_eq!(decide(PaymentProvider::Stripe, 1003), Err(FailureReason::CardDeclined));
        assert_eq!(decide(PaymentProvider::Stripe, 20), Err(FailureReason::InsufficientFunds));
        assert_eq!(decide(PaymentProvider::PayPal, 400_001), Err(FailureReason::LimitExceeded));
    }
}
