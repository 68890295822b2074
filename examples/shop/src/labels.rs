//! The words that the shop's metrics are split by. All of them are enums: nobody can invent a new label value at
//! run time, and finding a series is arithmetic.

use serde::{Deserialize, Serialize};
use tallymark::{LabelSet, LabelValue, StateSet};

/// How a user proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, LabelValue, LabelSet)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// A name and a password.
    Password,
    /// Another site vouches for the user.
    Oauth,
    /// The company's single sign-on.
    Sso,
}

/// Why a login was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, LabelValue, LabelSet)]
#[serde(rename_all = "snake_case")]
#[label(name = "failure_reason")]
pub enum LoginFailure {
    /// The secret does not belong to the user.
    WrongPassword,
    /// The account is closed for now.
    AccountLocked,
    /// There is no such user.
    UserNotFound,
}

/// What the user pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub enum UserType {
    /// Pays for nothing but the goods.
    Standard,
    /// Pays a yearly fee.
    Premium,
}

/// Who moves the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, LabelValue, LabelSet)]
#[serde(rename_all = "snake_case")]
pub enum PaymentProvider {
    /// Cards.
    Stripe,
    /// A wallet.
    PayPal,
    /// A transfer between banks.
    BankTransfer,
}

/// Why a provider declined a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The bank behind the card said no.
    CardDeclined,
    /// There is not enough money.
    InsufficientFunds,
    /// The provider does not move so much at once.
    LimitExceeded,
}

/// How an order is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, LabelValue, LabelSet)]
#[serde(rename_all = "snake_case")]
pub enum OrderType {
    /// In a few days.
    Standard,
    /// Tomorrow.
    Express,
    /// Wrapped.
    Gift,
}

/// Work that is done after the customer has been answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
pub enum Queue {
    /// Paid orders that wait to be sent.
    Shipping,
    /// Receipts that wait to be written.
    Receipts,
}

/// What the shop as a whole is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, StateSet)]
pub enum Phase {
    /// The database is being opened.
    Starting,
    /// Customers are served.
    Open,
    /// Customers who are inside are served, nobody else is let in.
    Closing,
}

/// Labels of created orders.
#[derive(LabelSet)]
pub struct NewOrder {
    /// Who is going to move the money.
    pub payment_provider: PaymentProvider,
    /// Who ordered.
    pub user_type: UserType,
}

/// Labels of declined payments.
#[derive(LabelSet)]
pub struct DeclinedPayment {
    /// Who declined.
    pub payment_provider: PaymentProvider,
    /// Why.
    pub failure_reason: FailureReason,
}
