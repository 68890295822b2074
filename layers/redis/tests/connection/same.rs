//! A measured connection returns what a plain one does.

use crate::{asynchronous, blocking, server::Server};
use proptest::prelude::*;
use redis::{Cmd, Pipeline, Value, cmd};

fn command() -> impl Strategy<Value = Cmd> {
    let key = prop_oneof![Just("a"), Just("b"), Just("c")];
    let line = |name: &'static str, key: &str| {
        let mut command = cmd(name);
        command.arg(key);
        command
    };
    prop_oneof![
        key.clone().prop_map(move |key| line("GET", key)),
        (key.clone(), "[a-z]{0,3}").prop_map(move |(key, value)| line("SET", key).arg(value).take()),
        key.clone().prop_map(move |key| line("SET", key).arg("x").arg("NX").take()),
        (key.clone(), key.clone()).prop_map(move |(one, two)| line("MGET", one).arg(two).take()),
        (key.clone(), key.clone()).prop_map(move |(one, two)| line("DEL", one).arg(two).take()),
        (key.clone(), "[a-z]{0,3}")
            .prop_map(move |(key, value)| line("HSET", key).arg("f").arg(value).take()),
        key.clone().prop_map(move |key| line("HGETALL", key)),
        Just(cmd("PING")),
        key.prop_map(move |key| line("NONSENSE", key)),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    One(Cmd),
    Many(Pipeline),
}

fn step() -> impl Strategy<Value = Step> {
    let pipeline = (proptest::collection::vec(command(), 1..5), any::<bool>(), any::<bool>());
    let pipeline = pipeline.prop_map(|(commands, atomic, ignore_errors)| {
        let mut pipeline = Pipeline::new();
        for command in commands {
            pipeline.add_command(command);
        }
        if atomic {
            pipeline.atomic();
        }
        if ignore_errors {
            pipeline.ignore_errors();
        }
        Step::Many(pipeline)
    });
    prop_oneof![command().prop_map(Step::One), pipeline]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn blocking_connections(steps in proptest::collection::vec(step(), 0..12)) {
        let servers = [Server::start(), Server::start()];
        let mut measured = blocking("redis_same", &servers[0]);
        let mut plain = servers[1].client().get_connection().expect("the server accepts");
        for step in steps {
            let (measured, plain) = match &step {
                Step::One(command) => (command.query::<Value>(&mut measured), command.query::<Value>(&mut plain)),
                Step::Many(commands) => (commands.query::<Value>(&mut measured), commands.query::<Value>(&mut plain)),
            };
            prop_assert_eq!(format!("{measured:?}"), format!("{plain:?}"), "{:?}", step);
        }
        prop_assert_eq!(redis::ConnectionLike::is_open(&measured), redis::ConnectionLike::is_open(&plain));
        prop_assert_eq!(redis::ConnectionLike::get_db(&measured), redis::ConnectionLike::get_db(&plain));
        prop_assert!(redis::ConnectionLike::check_connection(&mut measured));
    }

    #[test]
    fn asynchronous_connections(steps in proptest::collection::vec(step(), 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let servers = [Server::start(), Server::start()];
            let mut measured = asynchronous("redis_same_async", &servers[0]).await;
            let mut plain = servers[1].connect().await;
            for step in steps {
                let (measured, plain) = match &step {
                    Step::One(command) => (
                        command.query_async::<Value>(&mut measured).await,
                        command.query_async::<Value>(&mut plain).await,
                    ),
                    Step::Many(commands) => (
                        commands.query_async::<Value>(&mut measured).await,
                        commands.query_async::<Value>(&mut plain).await,
                    ),
                };
                prop_assert_eq!(format!("{measured:?}"), format!("{plain:?}"), "{:?}", step);
            }
            Ok(())
        })?;
    }
}
