//! What handlers take from a request's headers: the token, and the user whom it belongs to.

use crate::{customer::Customer, error::ShopError, state::Shop};
use axum::{
    extract::FromRequestParts,
    http::{header::AUTHORIZATION, request::Parts},
};
use std::sync::Arc;

impl FromRequestParts<Arc<Shop>> for Customer {
    type Rejection = ShopError;

    async fn from_request_parts(parts: &mut Parts, shop: &Arc<Shop>) -> Result<Self, ShopError> {
        let token = Token::from_request_parts(parts, shop).await?;
        shop.sessions.find(&token.0).ok_or(ShopError::NoSession)
    }
}

/// The token that a request carries, whether or not a session belongs to it.
pub(crate) struct Token(pub(crate) String);

impl FromRequestParts<Arc<Shop>> for Token {
    type Rejection = ShopError;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Shop>) -> Result<Self, ShopError> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        token.map(|token| Self(token.to_owned())).ok_or(ShopError::NoSession)
    }
}
