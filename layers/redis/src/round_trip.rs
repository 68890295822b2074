//! A round trip: commands, and their replies.

use crate::{
    command::{Command, CommandKind},
    packed::Packed,
};
use redis::{Cmd, Pipeline, Value};
use std::{iter, mem, thread};
use tallymark_cache::{Cache, CacheOperation, GetResult, WriteKind, WriteResult};
use tallymark_core::{HistogramHandle, Timer};

/// Commands that are sent together. They are read again when the replies come, rather than kept.
pub(crate) trait Batch {
    fn commands(&self) -> impl Iterator<Item = Command>;
}

impl Batch for &Cmd {
    fn commands(&self) -> impl Iterator<Item = Command> {
        iter::once(Command::of(self))
    }
}

impl Batch for &Pipeline {
    /// Those of a transaction, with the commands that begin and end it.
    fn commands(&self) -> impl Iterator<Item = Command> {
        let part = |kind| self.is_transaction().then_some(Command { kind, keys: 1 }).into_iter();
        part(CommandKind::Multi).chain(self.cmd_iter().map(Command::of)).chain(part(CommandKind::Exec))
    }
}

impl Batch for &[u8] {
    fn commands(&self) -> impl Iterator<Item = Command> {
        Packed::new(self)
    }
}

/// How a command ended.
#[derive(Clone, Copy)]
enum Outcome<'a> {
    Reply(&'a Value),
    Error,
    Cancelled,
}

/// A round trip in progress. Its commands are counted once: when it ends, or when it is dropped.
pub(crate) struct RoundTrip<'a, B: Batch> {
    cache: &'a Cache,
    /// Commands of a transaction that were sent one by one, and whose replies come with that to `EXEC`.
    queued: &'a mut Vec<Command>,
    batch: B,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a, B: Batch> RoundTrip<'a, B> {
    /// Starts a round trip of one command.
    pub(crate) fn one(cache: &'a Cache, queued: &'a mut Vec<Command>, batch: B) -> Self {
        let operation =
            batch.commands().next().map_or(CacheOperation::Other, |command| command.kind.operation());
        Self { cache, queued, batch, ended: false, _timer: cache.timer(operation) }
    }

    /// Starts a round trip of several commands.
    pub(crate) fn many(cache: &'a Cache, queued: &'a mut Vec<Command>, batch: B) -> Self {
        Self { cache, queued, batch, ended: false, _timer: cache.timer(CacheOperation::Pipeline) }
    }

    /// Ends with the replies to the commands from number `offset` on, or with none if the round trip failed.
    pub(crate) fn end(mut self, offset: usize, replies: Option<&[Value]>) {
        self.ended = true;
        let Some(replies) = replies else { return self.count_all(Outcome::Error) };
        let mut in_transaction = false;
        for (at, command) in self.batch.commands().enumerate() {
            match at.checked_sub(offset).and_then(|at| replies.get(at)) {
                Some(reply) => count_one(self.cache, self.queued, command, reply),
                // The replies to the parts of a transaction come with that to its end, and are not handed over twice.
                None if in_transaction => self.queued.push(command),
                None if command.kind == CommandKind::Multi => in_transaction = true,
                None => count(self.cache, command, Outcome::Cancelled),
            }
        }
    }

    fn count_all(&mut self, outcome: Outcome<'_>) {
        for command in self.batch.commands() {
            if matches!(command.kind, CommandKind::Exec | CommandKind::Discard) {
                flush(self.cache, self.queued, outcome);
            }
            count(self.cache, command, outcome);
        }
    }
}

impl<B: Batch> Drop for RoundTrip<'_, B> {
    fn drop(&mut self) {
        if !self.ended {
            self.count_all(if thread::panicking() { Outcome::Error } else { Outcome::Cancelled });
        }
    }
}

/// Counts a command by its reply, and with the end of a transaction all commands of it.
fn count_one(cache: &Cache, queued: &mut Vec<Command>, command: Command, reply: &Value) {
    let reply = plain(reply);
    match command.kind {
        _ if is_queued(reply) => queued.push(command),
        CommandKind::Exec => match reply {
            Value::Array(replies) => {
                for (at, command) in mem::take(queued).into_iter().enumerate() {
                    let outcome = replies.get(at).map_or(Outcome::Cancelled, Outcome::Reply);
                    count(cache, command, outcome);
                }
            }
            // A watched key was changed, so no command was carried out.
            Value::Nil => flush(cache, queued, Outcome::Cancelled),
            _ => flush(cache, queued, Outcome::Error),
        },
        CommandKind::Multi | CommandKind::Discard => flush(cache, queued, Outcome::Cancelled),
        _ => count(cache, command, Outcome::Reply(reply)),
    }
}

/// Counts all commands of a transaction in the same way.
fn flush(cache: &Cache, queued: &mut Vec<Command>, outcome: Outcome<'_>) {
    for command in mem::take(queued) {
        count(cache, command, outcome);
    }
}

fn count(cache: &Cache, command: Command, outcome: Outcome<'_>) {
    let Command { kind, keys } = command;
    let outcome = match outcome {
        Outcome::Reply(reply) => match plain(reply) {
            Value::ServerError(_) => Outcome::Error,
            reply => Outcome::Reply(reply),
        },
        other => other,
    };
    match kind {
        CommandKind::Get | CommandKind::GetMany | CommandKind::GetAll => {
            let (hits, misses) = match outcome {
                Outcome::Reply(reply) => found(kind, keys, reply),
                Outcome::Error => return cache.count_gets(GetResult::Error, keys),
                Outcome::Cancelled => return cache.count_gets(GetResult::Cancelled, keys),
            };
            cache.count_gets(GetResult::Hit, hits);
            cache.count_gets(GetResult::Miss, misses);
        }
        CommandKind::Set | CommandKind::SetGet | CommandKind::SetIf => {
            count_write(cache, WriteKind::Set, command, outcome);
        }
        CommandKind::Delete => count_write(cache, WriteKind::Delete, command, outcome),
        CommandKind::Other => count_write(cache, WriteKind::Other, command, outcome),
        // They group commands, and do nothing to the cache.
        CommandKind::Multi | CommandKind::Exec | CommandKind::Discard => {}
    }
}

fn count_write(cache: &Cache, kind: WriteKind, command: Command, outcome: Outcome<'_>) {
    let keys = command.keys;
    let done = match outcome {
        Outcome::Reply(reply) => done(command.kind, keys, reply),
        Outcome::Error => return cache.count_writes(kind, WriteResult::Error, keys),
        Outcome::Cancelled => return cache.count_writes(kind, WriteResult::Cancelled, keys),
    };
    if done > 0 {
        cache.count_writes(kind, WriteResult::Ok, done);
    }
    if keys > done {
        cache.count_writes(kind, WriteResult::Unchanged, keys - done);
    }
}

/// Returns how many keys were found and how many were not.
fn found(kind: CommandKind, keys: u64, reply: &Value) -> (u64, u64) {
    match (kind, reply) {
        (_, Value::Nil) => (0, keys),
        (CommandKind::GetMany, Value::Array(values)) => {
            let hits = values.iter().filter(|value| !matches!(plain(value), Value::Nil)).count() as u64;
            (hits, keys.saturating_sub(hits))
        }
        (CommandKind::GetAll, Value::Array(fields)) if fields.is_empty() => (0, keys),
        (CommandKind::GetAll, Value::Map(fields)) if fields.is_empty() => (0, keys),
        _ => (keys, 0),
    }
}

/// Returns how many keys were stored or deleted.
fn done(kind: CommandKind, keys: u64, reply: &Value) -> u64 {
    match (kind, reply) {
        (CommandKind::Set, Value::Nil) | (CommandKind::SetIf, Value::Int(0) | Value::Boolean(false)) => 0,
        (CommandKind::Delete, Value::Int(deleted)) => u64::try_from(*deleted).unwrap_or(0).min(keys),
        _ => keys,
    }
}

/// Returns the value without the attributes that the server sends along.
fn plain(mut value: &Value) -> &Value {
    while let Value::Attribute { data, .. } = value {
        value = data;
    }
    value
}

/// Returns whether this is the reply to a command inside a transaction. A value of a key never is: those are bulk
/// strings.
fn is_queued(reply: &Value) -> bool {
    matches!(reply, Value::SimpleString(text) if text == "QUEUED")
}
