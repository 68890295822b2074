//! The shop's HTTP interface.

use crate::{
    customer::Customer,
    error::ShopError,
    extract::Token,
    faults::{Fault, count_visitor},
    labels::{AuthMethod, LoginFailure, OrderType, PaymentProvider, UserType},
    metrics::users::{USER_LOGIN_FAILURES_TOTAL, USER_LOGINS_TOTAL},
    state::Shop,
    store::{Order, Product},
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tallymark::timed;
use tallymark_axum::{HttpMetrics, Install};

type Here = State<Arc<Shop>>;
type Answer<T> = Result<Json<T>, ShopError>;

pub(crate) fn router(shop: Arc<Shop>, metrics: HttpMetrics) -> Router {
    let routes = Router::new()
        .route("/health", get(health))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/products", get(products))
        .route("/products/{id}", get(product))
        .route("/cart/items", post(add_to_cart).delete(empty_cart))
        .route("/orders", post(place_order))
        .route("/orders/{id}", get(show_order))
        .route("/orders/{id}/pay", post(pay_order))
        .route("/orders/{id}/ship", post(ship_order))
        .route("/orders/{id}/cancel", post(cancel_order))
        .fallback(nowhere)
        .with_state(shop);
    // The shop has no middleware; what would be one goes where the router is handed on unchanged.
    Install::new(metrics).without_route().around(routes, |routes| routes)
}

async fn health() -> &'static str {
    "open\n"
}

async fn nowhere() -> ShopError {
    ShopError::NotFound
}

#[derive(Deserialize)]
struct Credentials {
    user: String,
    secret: String,
    auth_method: AuthMethod,
}

#[derive(Serialize)]
struct Welcome {
    token: String,
    user_type: UserType,
}

#[timed(error)]
async fn log_in(State(shop): Here, Json(given): Json<Credentials>) -> Answer<Welcome> {
    let refuse = |failure_reason| {
        USER_LOGIN_FAILURES_TOTAL.with(failure_reason).inc();
        Err(ShopError::Refused(failure_reason))
    };
    let Some(user) = shop.store.user(&given.user).await? else { return refuse(LoginFailure::UserNotFound) };
    if user.locked {
        return refuse(LoginFailure::AccountLocked);
    }
    if user.secret != given.secret {
        return refuse(LoginFailure::WrongPassword);
    }
    USER_LOGINS_TOTAL.with(given.auth_method).inc();
    let token = shop.sessions.open(Customer { id: user.id, user_type: user.user_type });
    if shop.faults.is_on(Fault::Cardinality) {
        count_visitor(&token);
    }
    Ok(Json(Welcome { token, user_type: user.user_type }))
}

#[timed]
async fn log_out(State(shop): Here, Token(token): Token) -> Result<StatusCode, ShopError> {
    if shop.sessions.close(&token) { Ok(StatusCode::NO_CONTENT) } else { Err(ShopError::NoSession) }
}

async fn products(State(shop): Here) -> Answer<Vec<Product>> {
    Ok(Json(shop.store.products().await?))
}

async fn product(State(shop): Here, Path(id): Path<i64>) -> Answer<Product> {
    Ok(Json(shop.store.product(id).await?))
}

#[derive(Deserialize)]
struct CartLine {
    product_id: i64,
    quantity: u32,
}

async fn add_to_cart(
    State(shop): Here,
    customer: Customer,
    Json(line): Json<CartLine>,
) -> Result<StatusCode, ShopError> {
    if !(1..=100).contains(&line.quantity) {
        return Err(ShopError::Invalid("the quantity is between 1 and 100"));
    }
    shop.store.put_in_cart(customer.id, line.product_id, line.quantity).await?;
    Ok(StatusCode::CREATED)
}

#[derive(Serialize)]
struct Emptied {
    lines: u64,
}

async fn empty_cart(State(shop): Here, customer: Customer) -> Answer<Emptied> {
    Ok(Json(Emptied { lines: shop.store.empty_cart(customer.id).await? }))
}

#[derive(Deserialize)]
struct Checkout {
    payment_provider: PaymentProvider,
    order_type: OrderType,
}

async fn place_order(
    State(shop): Here,
    customer: Customer,
    Json(checkout): Json<Checkout>,
) -> Result<(StatusCode, Json<Order>), ShopError> {
    let order = shop.orders.place(customer, checkout.payment_provider, checkout.order_type).await?;
    Ok((StatusCode::CREATED, Json(order)))
}

async fn show_order(State(shop): Here, customer: Customer, Path(id): Path<i64>) -> Answer<Order> {
    Ok(Json(shop.orders.find(customer, id).await?))
}

async fn pay_order(State(shop): Here, customer: Customer, Path(id): Path<i64>) -> Answer<Order> {
    Ok(Json(shop.orders.pay(customer, id).await?))
}

async fn ship_order(
    State(shop): Here,
    customer: Customer,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<Order>), ShopError> {
    Ok((StatusCode::ACCEPTED, Json(shop.orders.ship(customer, id).await?)))
}

async fn cancel_order(State(shop): Here, customer: Customer, Path(id): Path<i64>) -> Answer<Order> {
    Ok(Json(shop.orders.cancel(customer, id).await?))
}
