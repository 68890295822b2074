//! One customer: comes in again and again under different names, looks, buys, changes their mind.

use super::{
    budget::Budget,
    client::{Answer, Client, ClientError},
    dice::Dice,
    tally::Played,
    visit::Visit,
};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// Each customer's own accounts.
const ACCOUNTS: [[(&str, &str); 4]; 3] = [
    [("ada", "engine"), ("bob", "builder"), ("cleo", "needle"), ("dag", "crown")],
    [("eve", "apple"), ("fred", "stone"), ("gus", "goose"), ("hana", "flower")],
    [("ivo", "ivory"), ("jun", "june"), ("kai", "sea"), ("lea", "lion")],
];

pub(crate) struct Customer {
    client: Client,
    budget: Arc<Budget>,
    dice: Dice,
    accounts: [(&'static str, &'static str); 4],
    token: Option<String>,
    played: Played,
}

/// What was put into the cart.
#[derive(Default)]
struct Cart {
    lines: u64,
    items: u64,
}

/// Either a response, or the customer has no more time.
type Step = Result<Option<Answer>, ClientError>;

impl Customer {
    pub(crate) fn new(client: Client, budget: Arc<Budget>, dice: Dice, number: u64) -> Self {
        let accounts = ACCOUNTS[usize::try_from(number).unwrap_or(0) % ACCOUNTS.len()];
        Self { client, budget, dice, accounts, token: None, played: Played::default() }
    }

    /// Visits the shop until the budget is used up.
    pub(crate) async fn shop(mut self, visit: Visit) -> Result<Played, ClientError> {
        loop {
            match self.visit().await {
                Ok(Some(())) => {}
                Ok(None) => return Ok(self.played),
                // The next visit begins at the door.
                Err(ClientError::Failed(_)) if visit == Visit::Forgiving => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// One visit, from the door to the door.
    async fn visit(&mut self) -> Result<Option<()>, ClientError> {
        let Some(user_type) = self.log_in().await? else { return Ok(None) };
        let Some(user_type) = user_type else { return Ok(Some(())) };
        if self.ask(Method::GET, "/products", "/products", None).await?.is_none() {
            return Ok(None);
        }
        if self.dice.once_in(12)
            && self.ask(Method::GET, "/products/{id}", "/products/999", None).await?.is_none()
        {
            return Ok(None);
        }
        if self.dice.once_in(12) && self.ask(Method::GET, "unmatched", "/nowhere", None).await?.is_none() {
            return Ok(None);
        }
        let Some(cart) = self.fill_cart().await? else { return Ok(None) };
        if cart.lines == 0 {
            return Ok(Some(()));
        }
        let Some(()) = self.order(&user_type, &cart).await? else { return Ok(None) };
        if self.dice.once_in(4) {
            // Some just walk away, and their session stays open.
            return Ok(Some(()));
        }
        let Some((status, _)) = self.ask(Method::POST, "/logout", "/logout", None).await? else {
            return Ok(None);
        };
        if status == StatusCode::NO_CONTENT {
            self.played.add("shop_active_sessions", &[], -1.0);
        }
        self.token = None;
        Ok(Some(()))
    }

    /// The user type of who is now logged in; nothing inside when the door stayed shut.
    async fn log_in(&mut self) -> Result<Option<Option<String>>, ClientError> {
        let (user, secret) = match self.dice.roll(20) {
            0 => ("nobody", "at all"),
            1 => ("mallory", "malice"),
            2 => (self.accounts[0].0, "wrong"),
            _ => self.dice.pick(self.accounts),
        };
        let method = self.dice.pick(["password", "password", "oauth", "sso"]);
        let body = json!({ "user": user, "secret": secret, "auth_method": method });
        self.token = None;
        let Some((status, answer)) = self.ask(Method::POST, "/login", "/login", Some(body)).await? else {
            return Ok(None);
        };
        let function = [("module", "shop::routes"), ("function", "log_in")];
        if status == StatusCode::OK {
            self.played.count("function_calls_total", &[function[0], function[1], ("outcome", "ok")]);
            self.played.count("shop_user_logins_total", &[("auth_method", method)]);
            self.played.count("shop_active_sessions", &[]);
            self.token = Some(word(&answer, "token")?);
            return Ok(Some(Some(word(&answer, "user_type")?)));
        }
        let reason = word(&answer, "reason")?;
        self.played.count("function_calls_total", &[function[0], function[1], ("outcome", "error")]);
        self.played.count("function_errors_total", &[function[0], function[1], ("error", "refused")]);
        self.played.count("shop_user_login_failures_total", &[("failure_reason", &reason)]);
        Ok(Some(None))
    }

    /// What is in the cart now.
    async fn fill_cart(&mut self) -> Result<Option<Cart>, ClientError> {
        let mut cart = Cart::default();
        for _ in 0..=self.dice.roll(3) {
            let quantity = 1 + self.dice.roll(4);
            // Nobody buys a piano a day.
            let product = if self.dice.once_in(8) { 5 + self.dice.roll(3) } else { 1 + self.dice.roll(4) };
            let body = json!({ "product_id": product, "quantity": quantity });
            let Some((status, answer)) =
                self.ask(Method::POST, "/cart/items", "/cart/items", Some(body)).await?
            else {
                return Ok(None);
            };
            expect(status, StatusCode::CREATED, &answer)?;
            self.played.count("model_inserts_total", &[("model", "cart_item")]);
            cart.lines += 1;
            cart.items += quantity;
        }
        if !self.dice.once_in(10) {
            return Ok(Some(cart));
        }
        let Some((status, answer)) = self.ask(Method::DELETE, "/cart/items", "/cart/items", None).await?
        else {
            return Ok(None);
        };
        expect(status, StatusCode::OK, &answer)?;
        let lines = answer["lines"].as_f64().unwrap_or(f64::NAN);
        self.played.add("model_deletes_total", &[("model", "cart_item")], lines);
        Ok(Some(Cart::default()))
    }

    async fn order(&mut self, user_type: &str, cart: &Cart) -> Result<Option<()>, ClientError> {
        let provider = self.dice.pick(["stripe", "stripe", "pay_pal", "bank_transfer"]);
        let order_type = self.dice.pick(["standard", "express", "gift"]);
        let body = json!({ "payment_provider": provider, "order_type": order_type });
        let Some((status, order)) = self.ask(Method::POST, "/orders", "/orders", Some(body)).await? else {
            return Ok(None);
        };
        expect(status, StatusCode::CREATED, &order)?;
        let labels = [("payment_provider", provider), ("user_type", user_type)];
        self.played.count("shop_orders_created_total", &labels);
        self.played.count("model_inserts_total", &[("model", "order")]);
        self.played.count("shop_orders_pending", &[]);
        self.played.count("shop_order_items_count", &[]);
        self.played.add("shop_order_items_sum", &[], cart.items as f64);
        self.played.add("model_deletes_total", &[("model", "cart_item")], cart.lines as f64);

        let id = order["id"].as_i64().unwrap_or_default();
        let path = format!("/orders/{id}");
        if self.ask(Method::GET, "/orders/{id}", &path, None).await?.is_none() {
            return Ok(None);
        }
        if self.dice.once_in(8) {
            return self.cancel(&path).await;
        }
        let pay = format!("{path}/pay");
        let Some((status, answer)) = self.ask(Method::POST, "/orders/{id}/pay", &pay, None).await? else {
            return Ok(None);
        };
        if status == StatusCode::PAYMENT_REQUIRED {
            let reason = word(&answer, "reason")?;
            let labels = [("payment_provider", provider), ("failure_reason", &reason)];
            self.played.count("shop_payments_failed_total", &labels);
            return if self.dice.once_in(2) { self.cancel(&path).await } else { Ok(Some(())) };
        }
        expect(status, StatusCode::OK, &answer)?;
        let dollars = order["total_cents"].as_f64().unwrap_or(f64::NAN) / 100.0;
        self.played.add("shop_orders_pending", &[], -1.0);
        self.played.count("shop_payment_amount_dollars_count", &[]);
        self.played.add("shop_payment_amount_dollars_sum", &[], dollars);
        self.played.add("shop_revenue_dollars_total", &[], dollars);
        self.played.count("shop_order_processing_duration_seconds_count", &[("order_type", order_type)]);
        self.played.count("model_inserts_total", &[("model", "receipt")]);
        self.played.count("model_updates_total", &[("model", "order")]);
        if self.dice.once_in(6) {
            return Ok(Some(()));
        }
        let ship = format!("{path}/ship");
        let Some((status, answer)) = self.ask(Method::POST, "/orders/{id}/ship", &ship, None).await? else {
            return Ok(None);
        };
        expect(status, StatusCode::ACCEPTED, &answer)?;
        self.played.count("shop_orders_shipped_total", &[]);
        self.played.count("model_updates_total", &[("model", "order")]);
        Ok(Some(()))
    }

    async fn cancel(&mut self, path: &str) -> Result<Option<()>, ClientError> {
        let path = format!("{path}/cancel");
        let Some((status, answer)) = self.ask(Method::POST, "/orders/{id}/cancel", &path, None).await? else {
            return Ok(None);
        };
        expect(status, StatusCode::OK, &answer)?;
        self.played.add("shop_orders_pending", &[], -1.0);
        self.played.count("shop_orders_cancelled_total", &[]);
        self.played.count("model_updates_total", &[("model", "order")]);
        Ok(Some(()))
    }

    /// Sends one request, if there is one left, and writes down how it was answered.
    async fn ask(&mut self, method: Method, route: &str, path: &str, body: Option<Value>) -> Step {
        if !self.budget.take().await {
            return Ok(None);
        }
        let answer = self.client.send(method.clone(), path, self.token.as_deref(), body).await?;
        let labels = [("method", method.as_str()), ("route", route), ("status", answer.0.as_str())];
        self.played.count("http_requests_total", &labels);
        self.played.count("http_request_duration_seconds_count", &labels[..2]);
        if answer.0.is_server_error() { Err(ClientError::Failed(answer.0)) } else { Ok(Some(answer)) }
    }
}

fn expect(status: StatusCode, wanted: StatusCode, answer: &Value) -> Result<(), ClientError> {
    if status == wanted { Ok(()) } else { Err(ClientError::Unexpected(format!("{status}: {answer}"))) }
}

fn word(answer: &Value, field: &str) -> Result<String, ClientError> {
    answer[field]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| ClientError::Unexpected(format!("no {field} in {answer}")))
}
