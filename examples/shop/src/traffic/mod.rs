//! Customers, played against the shop's own port. Bounded in time and number, and the same for the same seed.

mod client;
mod customer;
mod dice;
mod tally;

pub use client::ClientError;
pub use tally::Played;

use client::Client;
use customer::Customer;
use dice::Dice;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};

/// How much is played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The customers leave after this time.
    pub time: Duration,
    /// How much longer they stay if the shop was too slow to answer all requests by then.
    pub patience: Duration,
    /// The customers leave after this many requests between them, which are spread over the time.
    pub requests: u64,
    /// Decides who buys what.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { time: Duration::from_mins(1), patience: Duration::ZERO, requests: 5000, seed: 1 }
    }
}

/// What is left of a plan; shared by the customers.
pub(crate) struct Budget {
    plan: Plan,
    begin: Instant,
    taken: AtomicU64,
}

impl Budget {
    fn new(plan: &Plan) -> Arc<Self> {
        Arc::new(Self { plan: plan.clone(), begin: Instant::now(), taken: AtomicU64::new(0) })
    }

    /// When the shop closes to customers.
    fn end(&self) -> Instant {
        self.begin + self.plan.time + self.plan.patience
    }

    /// Takes one request out, if there is one left and it is not too late. Waits for its turn, so that the requests
    /// are spread over the whole time.
    pub(crate) async fn take(&self) -> bool {
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        if turn >= self.plan.requests {
            return false;
        }
        sleep_until(self.begin + self.plan.time.mul_f64(turn as f64 / self.plan.requests as f64)).await;
        Instant::now() < self.end()
    }
}

/// How many customers are in the shop at the same time. Each has accounts of their own, so that no two of them fill
/// the same cart.
const CUSTOMERS: u64 = 3;

/// Plays customers against the shop at `address`, and tells what they did and were told.
///
/// # Errors
///
/// If the address is not on this machine, or the shop stops answering.
pub async fn play(address: SocketAddr, plan: &Plan) -> Result<Played, ClientError> {
    let address = here(address)?;
    let budget = Budget::new(plan);
    let mut customers = JoinSet::new();
    for number in 0..CUSTOMERS {
        let budget = Arc::clone(&budget);
        let dice = Dice::new(plan.seed.wrapping_mul(CUSTOMERS).wrapping_add(number));
        customers.spawn(async move {
            let client = Client::connect(address).await?;
            Customer::new(client, budget, dice, number).shop().await
        });
    }
    let mut played = Played::default();
    // An answer that is under way when the time is up is still waited for, but not for ever.
    let patience = budget.end() + Duration::from_secs(30);
    while let Some(done) =
        timeout_at(patience, customers.join_next()).await.map_err(|_| ClientError::Silent)?
    {
        played.merge(done.map_err(|_| ClientError::Silent)??);
    }
    Ok(played)
}

/// The address as seen from this machine. Customers are never sent to another one.
fn here(address: SocketAddr) -> Result<SocketAddr, ClientError> {
    match address.ip() {
        ip if ip.is_loopback() => Ok(address),
        ip if ip.is_unspecified() => Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port())),
        _ => Err(ClientError::Elsewhere(address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_stay_on_this_machine() {
        let at = |text: &str| text.parse::<SocketAddr>().expect("an address");
        assert_eq!(here(at("0.0.0.0:80")).expect("loopback"), at("127.0.0.1:80"));
        assert_eq!(here(at("[::1]:80")).expect("loopback"), at("[::1]:80"));
        assert!(matches!(here(at("192.0.2.1:80")), Err(ClientError::Elsewhere(_))));
    }

    #[tokio::test]
    async fn a_budget_ends() {
        let budget = |requests, time| Budget::new(&Plan { time, requests, ..Plan::default() });
        let two = budget(2, Duration::from_millis(2));
        assert!(two.take().await || Instant::now() >= two.end());
        assert!(two.take().await || Instant::now() >= two.end());
        assert!(!two.take().await, "there were two");
        assert!(!budget(2, Duration::ZERO).take().await, "there was no time");
    }
}
