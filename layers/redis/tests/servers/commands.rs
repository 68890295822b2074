//! A real Redis.

use crate::{
    counts::counts,
    servers::{key, setting},
};
use redis::{
    AsyncCommands, AsyncConnectionConfig, Client, Commands, Connection, RedisResult, Value,
    aio::MultiplexedConnection, cmd, pipe,
};
use std::{collections::HashMap, task::Poll};
use tallymark_core::registry::{self, Format};
use tallymark_redis::{Cache, InstrumentedConnection};

fn client() -> Client {
    Client::open(setting("TALLYMARK_TEST_REDIS")).expect("it is a URL")
}

/// A connection that waits for replies however long they take on a busy machine.
pub(crate) async fn connect(client: &Client) -> MultiplexedConnection {
    let patient = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
    client.get_multiplexed_async_connection_with_config(&patient).await.expect("the server accepts")
}

fn blocking(name: &str) -> InstrumentedConnection<Connection> {
    let connection = client().get_connection().expect("the server accepts");
    InstrumentedConnection::new(Cache::builder(name), connection).expect("the names are free")
}

#[test]
#[ignore = "needs Redis"]
fn commands_count_as_what_they_do() {
    let mut connection = blocking("real_commands");
    let [a, b, h, none] = ["a", "b", "h", "none"].map(|name| key(&format!("commands:{name}")));
    assert_eq!(connection.get(&a), Ok(None::<String>));
    assert_eq!(connection.set(&a, 1), Ok(()));
    assert_eq!(connection.set_nx(&a, 2), Ok(false));
    let refused: Option<String> =
        cmd("SET").arg(&a).arg(2).arg("NX").query(&mut connection).expect("an answer");
    assert_eq!(refused, None);
    let old: Option<u8> = cmd("SET").arg(&b).arg(3).arg("GET").query(&mut connection).expect("an answer");
    assert_eq!(old, None);
    assert_eq!(connection.mset(&[(&a, 1), (&b, 2)]), Ok(()));
    assert_eq!(connection.mget(&[&a, &b, &none]), Ok((Some(1), Some(2), None::<u8>)));
    assert_eq!(connection.hset_multiple(&h, &[("f", 1), ("g", 2)]), Ok(()));
    assert_eq!(connection.hmget(&h, &["f", "x"]), Ok((Some(1), None::<u8>)));
    assert_eq!(connection.hgetall(&none), Ok(HashMap::<String, u8>::new()));
    assert_eq!(connection.hgetall::<_, HashMap<String, u8>>(&h).map(|hash| hash.len()), Ok(2));
    assert_eq!(connection.get_ex(&a, redis::Expiry::EX(60)), Ok(Some(1)));
    assert!(connection.get::<_, String>(&h).is_err(), "it is a hash");
    assert_eq!(connection.hdel(&h, &["f", "x"]), Ok(1));
    assert_eq!(connection.unlink(&[&a, &h, &none]), Ok(2));
    assert_eq!(connection.get_del(&b), Ok(Some(2)));
    assert_eq!(counts("real_commands", "redis").gets(), [6, 4, 1, 0]);
    assert_eq!(counts("real_commands", "redis").sets(), [6, 2, 0, 0]);
    assert_eq!(counts("real_commands", "redis").deletes(), [3, 2, 0, 0]);
}

#[test]
#[ignore = "needs Redis"]
fn transactions_and_watches() {
    let mut connection = blocking("real_watch");
    let mut other = client().get_connection().expect("the server accepts");
    let watched = key("watched");
    let answer = pipe().atomic().set(&watched, 1).ignore().get(&watched).query(&mut connection);
    assert_eq!(answer, Ok((1,)));
    cmd("WATCH").arg(&watched).exec(&mut connection).expect("an answer");
    other.set::<_, _, ()>(&watched, 2).expect("an answer");
    let answer: RedisResult<Option<(u8,)>> = pipe().atomic().get(&watched).query(&mut connection);
    assert_eq!(answer, Ok(None), "the watched key changed");
    cmd("MULTI").exec(&mut connection).expect("an answer");
    cmd("GET").arg(&watched).exec(&mut connection).expect("an answer");
    cmd("DEL").arg(&watched).exec(&mut connection).expect("an answer");
    assert_eq!(cmd("EXEC").query(&mut connection), Ok((2, 1)));
    assert_eq!(counts("real_watch", "redis").gets(), [2, 0, 0, 1]);
    assert_eq!(counts("real_watch", "redis").deletes(), [1, 0, 0, 0]);
}

#[tokio::test]
#[ignore = "needs Redis"]
async fn asynchronous_connections_return_and_count_the_same() {
    let plain = connect(&client()).await;
    let mut measured =
        InstrumentedConnection::new(Cache::builder("real_async"), plain.clone()).expect("the names are free");
    let mut plain = plain;
    let key = key("async");
    let mut pipeline = pipe();
    pipeline.del(&key).get(&key).set(&key, "x").get(&key).lpush(&key, 1).exists(&key).del(&key);
    pipeline.ignore_errors();
    let answers =
        (pipeline.query_async::<Value>(&mut measured).await, pipeline.query_async::<Value>(&mut plain).await);
    assert_eq!(format!("{:?}", answers.0), format!("{:?}", answers.1));
    assert_eq!(counts("real_async", "redis").gets(), [1, 1, 0, 0]);
    assert_eq!(counts("real_async", "redis").deletes(), [1, 1, 0, 0]);
    assert_eq!(counts("real_async", "redis").others(), [1, 0, 1, 0]);

    // It waits for a list that stays empty, until nobody waits for it.
    let mut wait = cmd("BLPOP");
    wait.arg(format!("{key}:empty")).arg(0);
    let mut pending = Box::pin(wait.exec_async(&mut measured));
    assert!(matches!(futures::poll!(pending.as_mut()), Poll::Pending));
    drop(pending);
    assert_eq!(counts("real_async", "redis").others(), [1, 0, 1, 1]);
    let mut fresh = connect(&client()).await;
    assert_eq!(fresh.get(&key).await, Ok(None::<String>));
}

#[test]
#[ignore = "needs Redis"]
fn no_key_and_no_address_becomes_a_label() {
    let mut connection = blocking("real_labels");
    let secret = key("secret-key");
    assert_eq!(connection.get(&secret), Ok(None::<String>));
    let text = registry::encode_to_string(Format::Text004);
    assert!(text.contains("real_labels"));
    let url = setting("TALLYMARK_TEST_REDIS");
    let address = url.trim_start_matches("redis://").trim_end_matches('/');
    for hidden in ["secret-key", address] {
        assert!(!text.contains(hidden), "{hidden}\n{text}");
    }
}
