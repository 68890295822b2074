//! A server that is killed.

use crate::{
    counts::counts,
    servers::{OwnServer, key},
};
use async_memcached::AsciiProtocol;
use tallymark_memcached::{Cache, InstrumentedClient};

#[tokio::test]
#[ignore = "needs memcached"]
async fn a_memcached_that_is_killed() {
    let server = OwnServer::start("memcached");
    let address = server.url.trim_start_matches("tcp").trim_start_matches("://").trim();
    let client = async_memcached::Client::new(format!("tcp://{address}")).await.expect("the server accepts");
    let mut client =
        InstrumentedClient::new(Cache::builder("real_killed"), client).expect("the names are free");
    assert_eq!(client.get(key("killed")).await, Ok(None));
    server.kill();
    assert!(client.get(key("killed")).await.is_err());
    assert!(client.set(key("killed"), "1", None, None).await.is_err());
    assert!(client.is_closed());
    assert_eq!(counts("real_killed", "memcached").gets(), [0, 1, 1, 0]);
    assert_eq!(counts("real_killed", "memcached").sets(), [0, 0, 1, 0]);
}
