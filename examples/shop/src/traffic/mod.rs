//! Customers, played against the shop's own port. Bounded in time and number, and the same for the same seed.

mod budget;
mod client;
mod customer;
mod dice;
mod tally;
mod visit;

pub use budget::Plan;
pub use client::ClientError;
pub use tally::Played;
pub use visit::Visit;

use budget::Budget;
use client::Client;
use customer::Customer;
use dice::Dice;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout_at};

/// How many customers are in the shop at the same time. Each has accounts of their own, so that no two of them fill
/// the same cart.
const CUSTOMERS: u64 = 3;

/// Plays customers against the shop at `address`, and tells what they did and were told.
///
/// # Errors
///
/// If the address is not on this machine, or the shop stops answering.
pub async fn play(address: SocketAddr, plan: &Plan) -> Result<Played, ClientError> {
    play_as(Visit::Strict, address, plan).await
}

/// Plays customers as [`play`] does, who may forgive errors of the shop. What they tell is then about requests alone: what an
/// error has left behind, they do not know.
///
/// # Errors
///
/// As [`play`].
pub async fn play_as(visit: Visit, address: SocketAddr, plan: &Plan) -> Result<Played, ClientError> {
    let address = here(address)?;
    let budget = Budget::new(plan);
    let mut customers = JoinSet::new();
    for number in 0..CUSTOMERS {
        let budget = Arc::clone(&budget);
        let dice = Dice::new(plan.seed.wrapping_mul(CUSTOMERS).wrapping_add(number));
        customers.spawn(async move {
            let client = Client::connect(address).await?;
            Customer::new(client, budget, dice, number).shop(visit).await
        });
    }
    let mut played = Played::default();
    // A response that is under way when the time is up is still waited for, but not for ever.
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
}
