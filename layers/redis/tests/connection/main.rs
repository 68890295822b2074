//! The connection, against a server in the test, is counted right and returns what it returns when it is not counted.

#![cfg(feature = "tokio-comp")]

#[path = "../../../cache/tests/support/counts.rs"]
mod counts;
mod faults;
mod same;
mod server;

use counts::counts;
use redis::{AsyncCommands, Commands, Connection, RedisResult, Value, aio::MultiplexedConnection, cmd, pipe};
use server::Server;
use tallymark_redis::{Cache, InstrumentedConnection};

fn blocking(name: &str, server: &Server) -> InstrumentedConnection<Connection> {
    let connection = server.client().get_connection().expect("the server accepts");
    InstrumentedConnection::new(Cache::builder(name), connection).expect("the names are free")
}

async fn asynchronous(name: &str, server: &Server) -> InstrumentedConnection<MultiplexedConnection> {
    InstrumentedConnection::new(Cache::builder(name), server.connect().await).expect("the names are free")
}

#[test]
fn commands_count_as_what_they_do() {
    let server = Server::start();
    let mut connection = blocking("redis_commands", &server);
    assert_eq!(connection.get("a"), Ok(None::<String>));
    assert_eq!(connection.set("a", "1"), Ok(()));
    assert_eq!(connection.get("a"), Ok(Some("1".to_owned())));
    assert_eq!(connection.mget(&["a", "b", "c"]), Ok((Some(1), None::<u8>, None::<u8>)));
    let refused: Option<String> =
        cmd("SET").arg("a").arg(2).arg("NX").query(&mut connection).expect("an answer");
    assert_eq!(refused, None);
    assert_eq!(connection.hset("h", "f", 1), Ok(1));
    assert_eq!(connection.hgetall("none"), Ok(Vec::<String>::new()));
    assert_eq!(connection.hgetall("h"), Ok(vec!["f".to_owned(), "1".to_owned()]));
    assert_eq!(connection.del(&["a", "h", "none"]), Ok(2));
    assert_eq!(cmd("PING").query(&mut connection), Ok("PONG".to_owned()));
    assert!(cmd("NONSENSE").exec(&mut connection).is_err());
    let counts = counts("redis_commands", "redis");
    assert_eq!(counts.gets(), [3, 4, 0, 0]);
    assert_eq!(counts.sets(), [2, 1, 0, 0]);
    assert_eq!(counts.deletes(), [2, 1, 0, 0]);
    assert_eq!(counts.others(), [1, 0, 1, 0]);
    assert_eq!(["get", "set", "delete", "other"].map(|it| counts.timed(it)), [5, 3, 1, 2]);
}

#[test]
fn what_was_encoded_before_counts_too() {
    let server = Server::start();
    let mut connection = blocking("redis_packed", &server);
    let packed = cmd("GET").arg("a").get_packed_command();
    assert_eq!(redis::ConnectionLike::req_packed_command(&mut connection, &packed), Ok(Value::Nil));
    assert_eq!(counts("redis_packed", "redis").gets(), [0, 1, 0, 0]);
}

#[test]
fn pipelines_count_each_command_by_its_own_answer() {
    let server = Server::start();
    let mut connection = blocking("redis_pipeline", &server);
    let mut pipeline = pipe();
    pipeline
        .set("a", 1)
        .set("b", 2)
        .get("a")
        .mget(&["a", "b", "c"])
        .cmd("NONSENSE")
        .hgetall("a")
        .del("b")
        .del("b");
    let answers: RedisResult<Vec<Value>> = pipeline.query(&mut connection);
    assert!(answers.is_err(), "one of them is not a command, and one is about the wrong kind of key");
    let counts = counts("redis_pipeline", "redis");
    assert_eq!(counts.gets(), [3, 1, 1, 0]);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 1, 0, 0]);
    assert_eq!(counts.others(), [0, 0, 1, 0]);
    assert_eq!((counts.timed("pipeline"), counts.timed("get")), (1, 0));
}

#[test]
fn transactions_are_unpacked() {
    let server = Server::start();
    let mut connection = blocking("redis_atomic", &server);
    let answer = pipe().atomic().set("a", 1).ignore().get("a").get("b").query(&mut connection);
    assert_eq!(answer, Ok((Some(1), None::<u8>)));
    let aborted: RedisResult<Option<(u8, u8)>> =
        pipe().atomic().get("a").set("b", 1).cmd("ABORT").query(&mut connection);
    assert_eq!(aborted, Ok(None), "a watched key changed");
    let counts = counts("redis_atomic", "redis");
    assert_eq!(counts.gets(), [1, 1, 0, 1]);
    assert_eq!(counts.sets(), [1, 0, 0, 1]);
    assert_eq!(counts.others(), [0, 0, 0, 1]);
    assert_eq!(counts.timed("pipeline"), 2);
}

#[test]
fn transactions_that_are_sent_command_by_command_are_unpacked_too() {
    let server = Server::start();
    let mut connection = blocking("redis_manual", &server);
    cmd("MULTI").exec(&mut connection).expect("an answer");
    assert_eq!(cmd("GET").arg("a").query(&mut connection), Ok("QUEUED".to_owned()));
    assert_eq!(cmd("SET").arg("a").arg(1).query(&mut connection), Ok("QUEUED".to_owned()));
    assert_eq!(counts("redis_manual", "redis").gets(), [0; 4], "nothing is known yet");
    let answers: (Option<u8>, String) = cmd("EXEC").query(&mut connection).expect("an answer");
    assert_eq!(answers, (None, "OK".to_owned()));
    assert_eq!(counts("redis_manual", "redis").gets(), [0, 1, 0, 0]);
    cmd("MULTI").exec(&mut connection).expect("an answer");
    cmd("GET").arg("a").exec(&mut connection).expect("an answer");
    cmd("DISCARD").exec(&mut connection).expect("an answer");
    let counts = counts("redis_manual", "redis");
    assert_eq!(counts.gets(), [0, 1, 0, 1]);
    assert_eq!(counts.sets(), [1, 0, 0, 0]);
    assert_eq!(counts.others(), [0; 4]);
}

#[tokio::test]
async fn asynchronous_connections_count_the_same() {
    let server = Server::start();
    let mut connection = asynchronous("redis_async", &server).await;
    assert_eq!(connection.get("a").await, Ok(None::<String>));
    assert_eq!(connection.set("a", 1).await, Ok(()));
    let mut clone = connection.clone();
    assert_eq!(clone.mget(&["a", "b"]).await, Ok((Some(1), None::<u8>)));
    let answer = pipe().get("a").del(&["a", "b"]).query_async(&mut connection).await;
    assert_eq!(answer, Ok((1, 1)));
    let answer =
        pipe().atomic().set("a", 1).get("a").cmd("NONSENSE").query_async::<Value>(&mut connection).await;
    assert!(answer.is_err());
    let aborted =
        pipe().atomic().get("a").cmd("ABORT").query_async::<Option<(u8, u8)>>(&mut connection).await;
    assert_eq!(aborted, Ok(None));
    let counts = counts("redis_async", "redis");
    assert_eq!(counts.gets(), [3, 2, 0, 1]);
    assert_eq!(counts.sets(), [2, 0, 0, 0]);
    assert_eq!(counts.deletes(), [1, 1, 0, 0]);
    assert_eq!(counts.others(), [0, 0, 1, 1]);
    assert_eq!((counts.timed("get"), counts.timed("set"), counts.timed("pipeline")), (2, 1, 3));
}
