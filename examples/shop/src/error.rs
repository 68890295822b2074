//! What can go wrong while a customer is served, and what they are told.

use crate::labels::{FailureReason, LoginFailure};
use axum::{
    Extension, Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::{fmt, sync::Arc};
use tallymark::LabelValue;
use tallymark_axum::ErrorLabel;

/// Why the shop cannot be opened.
pub(crate) type Broken = Box<dyn std::error::Error + Send + Sync>;

/// Why a request was not granted. As a label value it is the variant's name, whatever the variant holds.
#[derive(Clone, Debug, LabelValue)]
pub(crate) enum ShopError {
    /// There is no such thing.
    NotFound,
    /// The thing is not in a state in which that can be done.
    Conflict(&'static str),
    /// Nobody is logged in.
    NoSession,
    /// The login was refused.
    Refused(LoginFailure),
    /// The payment was declined.
    Declined(FailureReason),
    /// The request makes no sense.
    Invalid(&'static str),
    /// The database failed.
    Store(Arc<sqlx::Error>),
}

impl fmt::Display for ShopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("there is no such thing"),
            Self::Conflict(why) | Self::Invalid(why) => f.write_str(why),
            Self::NoSession => f.write_str("log in first"),
            Self::Refused(_) => f.write_str("the login was refused"),
            Self::Declined(_) => f.write_str("the payment was declined"),
            Self::Store(error) => write!(f, "the database failed: {error}"),
        }
    }
}

impl std::error::Error for ShopError {}

impl From<sqlx::Error> for ShopError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::Store(Arc::new(other)),
        }
    }
}

impl IntoResponse for ShopError {
    fn into_response(self) -> Response {
        let (status, reason) = match &self {
            Self::NotFound => (StatusCode::NOT_FOUND, json!("not_found")),
            Self::Conflict(_) => (StatusCode::CONFLICT, json!("conflict")),
            Self::NoSession => (StatusCode::UNAUTHORIZED, json!("no_session")),
            Self::Refused(reason) => (StatusCode::UNAUTHORIZED, json!(reason)),
            Self::Declined(reason) => (StatusCode::PAYMENT_REQUIRED, json!(reason)),
            Self::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, json!("invalid")),
            Self::Store(error) => {
                // The customer cannot do anything about it; whoever runs the shop can.
                eprintln!("shop: the database failed: {error}");
                (StatusCode::INTERNAL_SERVER_ERROR, json!("internal"))
            }
        };
        let message = match &self {
            Self::Store(_) => "something broke on our side".to_owned(),
            other => other.to_string(),
        };
        (status, Extension(ErrorLabel::of(&self)), Json(json!({ "reason": reason, "message": message })))
            .into_response()
    }
}
