//! The client, against a server in the test, is counted right and returns what it returns when it is not counted.

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;
mod server;

use async_memcached::{AsciiProtocol, Client, Error, MetaProtocol, Status};
use counts::counts;
use proptest::prelude::*;
use std::{collections::BTreeMap, task::Poll};
use tallymark_memcached::{Cache, InstrumentedClient};

async fn plain() -> Client {
    let address = server::start().await;
    Client::new(format!("tcp://{address}")).await.expect("the server accepts")
}

async fn measured(name: &str) -> InstrumentedClient {
    InstrumentedClient::new(Cache::builder(name), plain().await).expect("the names are free")
}

#[tokio::test]
async fn lookups_sets_and_deletes() {
    let mut client = measured("memcached").await;
    assert_eq!(client.get("a").await, Ok(None));
    assert_eq!(client.set("a", "1", None, None).await, Ok(()));
    assert_eq!(
        client.get("a").await.map(|value| value.and_then(|value| value.data)),
        Ok(Some(b"1".to_vec()))
    );
    assert_eq!(client.add("a", "2", None, None).await, Err(Error::Protocol(Status::NotStored)));
    assert_eq!(client.get_multi(["a", "b", "c"]).await.map(|values| values.len()), Ok(1));
    assert!(client.set("full", "1", None, None).await.is_err());
    assert_eq!(client.increment("a", 2).await, Ok(3));
    assert_eq!(client.delete("a").await, Ok(()));
    assert_eq!(client.delete("a").await, Err(Error::Protocol(Status::NotFound)));
    assert_eq!(client.delete_no_reply("a").await, Ok(()));
    assert_eq!(client.delete_multi_no_reply(&["a", "b"]).await, Ok(()));
    assert_eq!(
        client.get_multi(["a", "b"]).await,
        Err(Error::Protocol(Status::NotFound)),
        "none is an error"
    );
    assert!(client.version().await.is_ok());
    assert_eq!(client.flush_all().await, Ok(()));
    assert!(!client.is_closed());
    let counts = counts("memcached", "memcached");
    assert_eq!(counts.gets(), [2, 5, 0, 0]);
    assert_eq!(counts.sets(), [1, 1, 1, 0]);
    assert_eq!(counts.deletes(), [4, 1, 0, 0]);
    assert_eq!(counts.others(), [3, 0, 0, 0]);
    assert_eq!(["get", "set", "delete", "other"].map(|it| counts.timed(it)), [4, 3, 4, 3]);
}

#[tokio::test]
async fn several_keys_are_told_apart() {
    let mut client = measured("memcached_many").await;
    let pairs = [("a", "1"), ("full", "2"), ("b", "3")];
    let answers = client.set_multi(&pairs, None, None).await.expect("the server answers");
    assert_eq!(answers.values().filter(|answer| answer.is_ok()).count(), 2);
    let answers = client.add_multi(&[("a", "1"), ("c", "3")], None, None).await.expect("the server answers");
    assert_eq!(answers.values().filter(|answer| answer.is_ok()).count(), 1);
    let counts = counts("memcached_many", "memcached");
    assert_eq!(counts.sets(), [3, 1, 1, 0]);
    assert_eq!(counts.timed("set"), 2);
}

#[tokio::test]
async fn the_meta_protocol_counts_the_same() {
    let mut client = measured("memcached_meta").await;
    assert_eq!(client.meta_get("a", false, None, Some(&["v"])).await, Ok(None));
    assert_eq!(client.meta_set("a", "1", false, None, None).await, Ok(None));
    let found = client.meta_get("a", false, None, Some(&["v"])).await.expect("the server answers");
    assert_eq!(found.and_then(|value| value.data), Some(b"1".to_vec()));
    // Asked for nothing, it does not tell.
    assert_eq!(client.meta_get("a", false, None, None).await, Ok(None));
    assert_eq!(client.meta_set_multi(&[("b", "2"), ("c", "3")], None).await, Ok(Vec::new()));
    let values = client.meta_get_multi(&["a", "b", "x"], Some(&["v"])).await.expect("the server answers");
    assert_eq!(values.len(), 2);
    assert_eq!(client.meta_delete("a", false, None, None).await, Ok(None));
    assert_eq!(client.meta_delete("a", false, None, None).await, Err(Error::Protocol(Status::NotFound)));
    let counts = counts("memcached_meta", "memcached");
    assert_eq!(counts.gets(), [3, 2, 0, 0]);
    assert_eq!(counts.sets(), [3, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 1, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 0, 0]);
}

#[tokio::test]
async fn a_connection_that_is_closed_in_the_middle_of_a_command() {
    let mut client = measured("memcached_die").await;
    assert!(client.get("die").await.is_err());
    assert!(client.get_multi(["a", "b"]).await.is_err());
    assert!(client.set("a", "1", None, None).await.is_err());
    assert!(client.set_multi(&[("a", "1"), ("b", "1")], None, None).await.is_err());
    assert!(client.delete("a").await.is_err());
    assert!(client.is_closed());
    let counts = counts("memcached_die", "memcached");
    // A closed client does not even look at the keys of `get_multi`, so they count as one.
    assert_eq!(counts.gets(), [0, 0, 2, 0]);
    assert_eq!(counts.sets(), [0, 0, 3, 0]);
    assert_eq!(counts.deletes(), [0, 0, 1, 0]);
}

#[tokio::test]
async fn a_command_that_nobody_waits_for_is_cancelled() {
    let mut client = measured("memcached_cancel").await;
    let mut get = Box::pin(client.get_multi(["hang", "a"]));
    assert!(matches!(futures::poll!(get.as_mut()), Poll::Pending));
    drop(get);
    assert!(client.is_closed(), "as it is without being measured");
    let mut client = measured("memcached_cancel").await;
    let mut get = Box::pin(client.get("hang"));
    assert!(matches!(futures::poll!(get.as_mut()), Poll::Pending));
    drop(get);
    let mut client = measured("memcached_cancel").await;
    let mut set = Box::pin(client.meta_set_multi(&[("hang", "1"), ("b", "2")], None));
    assert!(matches!(futures::poll!(set.as_mut()), Poll::Pending));
    drop(set);
    let counts = counts("memcached_cancel", "memcached");
    assert_eq!(counts.gets(), [0, 0, 0, 3]);
    assert_eq!(counts.sets(), [0, 0, 0, 2]);
    assert_eq!((counts.timed("get"), counts.timed("set")), (2, 1));
}

#[derive(Clone, Debug)]
enum Step {
    Get(String),
    GetMany(Vec<String>),
    Set(String, String),
    SetMany(Vec<(String, String)>),
    Add(String, String),
    Delete(String),
    Increment(String),
    MetaGet(String),
    Flush,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || "[abc]|full";
    let value = || "[0-9]{0,3}";
    prop_oneof![
        key().prop_map(Step::Get),
        proptest::collection::vec(key(), 1..4).prop_map(Step::GetMany),
        (key(), value()).prop_map(|(key, value)| Step::Set(key, value)),
        proptest::collection::vec((key(), value()), 1..4).prop_map(Step::SetMany),
        (key(), value()).prop_map(|(key, value)| Step::Add(key, value)),
        key().prop_map(Step::Delete),
        key().prop_map(Step::Increment),
        key().prop_map(Step::MetaGet),
        Just(Step::Flush),
    ]
}

macro_rules! apply {
    ($client:expr, $step:expr) => {
        match $step {
            Step::Get(key) => format!("{:?}", $client.get(key).await),
            Step::GetMany(keys) => format!("{:?}", $client.get_multi(keys).await),
            Step::Set(key, value) => format!("{:?}", $client.set(key, value, None, None).await),
            Step::SetMany(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                let answers = $client.set_multi(&pairs, None, None).await;
                format!(
                    "{:?}",
                    answers.map(|answers| answers
                        .into_iter()
                        .map(|(key, answer)| { (*key, format!("{answer:?}")) })
                        .collect::<BTreeMap<_, _>>())
                )
            }
            Step::Add(key, value) => format!("{:?}", $client.add(key, value, None, None).await),
            Step::Delete(key) => format!("{:?}", $client.delete(key).await),
            Step::Increment(key) => format!("{:?}", $client.increment(key, 1).await),
            Step::MetaGet(key) => format!("{:?}", $client.meta_get(key, false, None, Some(&["v"])).await),
            Step::Flush => format!("{:?}", $client.flush_all().await),
        }
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn measured_and_plain_return_the_same(steps in proptest::collection::vec(step(), 0..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (mut measured, mut plain) = (measured("memcached_same").await, plain().await);
            for step in &steps {
                prop_assert_eq!(apply!(measured, step), apply!(plain, step), "{:?}", step);
            }
            prop_assert_eq!(measured.is_closed(), plain.is_closed());
            Ok(())
        })?;
    }
}
