//! A real memcached.

use crate::{
    counts::counts,
    servers::{key, setting},
};
use async_memcached::{AsciiProtocol, Client, Error, MetaProtocol, Status};
use tallymark_memcached::{Cache, InstrumentedClient};

async fn measured(name: &str) -> InstrumentedClient {
    let setting = setting("TALLYMARK_TEST_MEMCACHED");
    let address = setting.trim_start_matches("tcp").trim_start_matches("://").trim();
    let client = Client::new(format!("tcp://{address}")).await.expect("the server accepts");
    InstrumentedClient::new(Cache::builder(name), client).expect("the names are free")
}

#[tokio::test]
#[ignore = "needs memcached"]
async fn the_text_protocol() {
    let mut client = measured("real_text").await;
    let [a, b, c] = ["a", "b", "c"].map(|name| key(&format!("text:{name}")));
    assert_eq!(client.get(&a).await, Ok(None));
    assert_eq!(client.set(&a, "1", None, None).await, Ok(()));
    assert_eq!(client.add(&a, "2", None, None).await, Err(Error::Protocol(Status::NotStored)));
    let found = client.get(&a).await.expect("an answer").and_then(|value| value.data);
    assert_eq!(found, Some(b"1".to_vec()));
    let pairs = [(&b, "2"), (&c, "3")];
    let answers = client.set_multi(&pairs, None, None).await.expect("an answer");
    assert!(answers.values().all(Result::is_ok));
    assert_eq!(client.get_multi([&a, &b, &key("none")]).await.map(|values| values.len()), Ok(2));
    assert_eq!(client.get_multi([key("none"), key("neither")]).await, Err(Error::Protocol(Status::NotFound)));
    assert_eq!(client.increment(&a, 4).await, Ok(5));
    assert_eq!(client.delete(&a).await, Ok(()));
    assert_eq!(client.delete(&a).await, Err(Error::Protocol(Status::NotFound)));
    assert_eq!(client.delete_multi_no_reply(&[&b, &c]).await, Ok(()));
    assert!(client.version().await.is_ok());
    assert_eq!(counts("real_text", "memcached").gets(), [3, 4, 0, 0]);
    assert_eq!(counts("real_text", "memcached").sets(), [3, 1, 0, 0]);
    assert_eq!(counts("real_text", "memcached").deletes(), [3, 1, 0, 0]);
    assert_eq!(counts("real_text", "memcached").others(), [2, 0, 0, 0]);
}

#[tokio::test]
#[ignore = "needs memcached"]
async fn the_meta_protocol() {
    let mut client = measured("real_meta").await;
    let [a, b] = ["a", "b"].map(|name| key(&format!("meta:{name}")));
    assert_eq!(client.meta_get(&a, false, None, Some(&["v"])).await, Ok(None));
    assert_eq!(client.meta_set(&a, "1", false, None, None).await, Ok(None));
    let found = client.meta_get(&a, false, None, Some(&["v"])).await.expect("an answer");
    assert_eq!(found.and_then(|value| value.data), Some(b"1".to_vec()));
    assert!(client.meta_get(&a, true, None, Some(&["v"])).await.is_ok_and(|value| value.is_some()));
    assert_eq!(client.meta_set_multi(&[(&b, "2")], None).await, Ok(Vec::new()));
    let values = client.meta_get_multi(&[&a, &b, &key("none")], Some(&["v"])).await;
    assert_eq!(values.map(|values| values.len()), Ok(2));
    assert_eq!(client.meta_delete(&a, false, None, None).await, Ok(None));
    assert_eq!(client.meta_delete(&a, false, None, None).await, Err(Error::Protocol(Status::NotFound)));
    assert_eq!(counts("real_meta", "memcached").gets(), [4, 2, 0, 0]);
    assert_eq!(counts("real_meta", "memcached").sets(), [2, 0, 0, 0]);
    assert_eq!(counts("real_meta", "memcached").deletes(), [1, 1, 0, 0]);
}
