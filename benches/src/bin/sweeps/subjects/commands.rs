//! Commands in a pipeline, of a connection that replies at once.

use redis::{ConnectionLike, RedisResult, Value};
use tallymark_redis::InstrumentedConnection;

use crate::{meter::Meter, subject::Subject};

pub const SUBJECTS: [Subject; 1] = [Subject::new("pipeline", "commands in a pipeline", pipeline)];

/// Replies that all is well.
struct Replying;

impl ConnectionLike for Replying {
    fn req_packed_command(&mut self, _: &[u8]) -> RedisResult<Value> {
        Ok(Value::Okay)
    }

    fn req_packed_commands(&mut self, _: &[u8], _: usize, count: usize) -> RedisResult<Vec<Value>> {
        Ok(vec![Value::Okay; count])
    }

    fn get_db(&self) -> i64 {
        0
    }

    fn check_connection(&mut self) -> bool {
        true
    }

    fn is_open(&self) -> bool {
        true
    }
}

fn pipeline(meter: &mut Meter, n: usize) {
    let builder = tallymark_redis::Cache::builder("grown");
    let mut connection = InstrumentedConnection::new(builder, Replying).expect("good settings");
    let mut pipeline = redis::pipe();
    for at in 0..n {
        pipeline.cmd(if at % 2 == 0 { "GET" } else { "SET" }).arg(at).arg("value");
    }
    let packed = pipeline.get_packed_pipeline();
    let replies =
        meter.part("pipeline", || connection.req_packed_commands(&packed, 0, n)).expect("it replies");
    assert_eq!(replies.len(), n);
    let singles: Vec<Vec<u8>> =
        (0..n).map(|at| redis::cmd("SET").arg(at).arg("value").get_packed_command()).collect();
    let begin = redis::cmd("MULTI").get_packed_command();
    let end = redis::cmd("EXEC").get_packed_command();
    meter.part("transaction, command by command", || {
        for command in std::iter::once(&begin).chain(&singles).chain(std::iter::once(&end)) {
            connection.req_packed_command(command).expect("it replies");
        }
    });
}
