//! A round trip: commands, and what came of them.

use super::{
    command::{Command, Kind},
    packed::Packed,
};
use crate::{
    HistogramHandle, Timer,
    cache::{Cache, GetResult, Operation, WriteResult, meters::Write},
};
use ::redis::{Cmd, Pipeline, Value};
use std::{iter, mem, thread};

/// Commands that are sent together. They are read twice rather than kept.
pub(super) trait Batch {
    fn commands(&self) -> impl Iterator<Item = Command>;
}

impl Batch for &Cmd {
    fn commands(&self) -> impl Iterator<Item = Command> {
        iter::once(Command::of(self))
    }
}

impl Batch for &Pipeline {
    /// Of a transaction, with the commands that begin and end it.
    fn commands(&self) -> impl Iterator<Item = Command> {
        let part = |kind| self.is_transaction().then_some(Command { kind, keys: 1 }).into_iter();
        part(Kind::Multi).chain(self.cmd_iter().map(Command::of)).chain(part(Kind::Exec))
    }
}

impl Batch for &[u8] {
    fn commands(&self) -> impl Iterator<Item = Command> {
        Packed::new(self)
    }
}

/// What came of a command.
#[derive(Clone, Copy)]
enum Outcome<'a> {
    Answer(&'a Value),
    Error,
    Cancelled,
}

/// A round trip under way. Its commands are counted once: when it ends, or when it is dropped.
pub(super) struct Round<'a, B: Batch> {
    cache: &'a Cache,
    /// Commands of a transaction that were sent one by one, and whose answers come with that of `EXEC`.
    queued: &'a mut Vec<Command>,
    batch: B,
    ended: bool,
    _timer: Option<Timer<HistogramHandle>>,
}

impl<'a, B: Batch> Round<'a, B> {
    /// One command.
    pub(super) fn one(cache: &'a Cache, queued: &'a mut Vec<Command>, batch: B) -> Self {
        let operation = batch.commands().next().map_or(Operation::Other, |command| command.kind.operation());
        Self { cache, queued, batch, ended: false, _timer: cache.timer(operation) }
    }

    /// Several commands.
    pub(super) fn many(cache: &'a Cache, queued: &'a mut Vec<Command>, batch: B) -> Self {
        Self { cache, queued, batch, ended: false, _timer: cache.timer(Operation::Pipeline) }
    }

    /// The answers to the commands from number `offset` on; or none, if the round trip failed.
    pub(super) fn end(mut self, offset: usize, answers: Option<&[Value]>) {
        self.ended = true;
        let Some(answers) = answers else { return self.count_all(Outcome::Error) };
        let mut in_transaction = false;
        for (at, command) in self.batch.commands().enumerate() {
            match at.checked_sub(offset).and_then(|at| answers.get(at)) {
                Some(answer) => count_one(self.cache, self.queued, command, answer),
                // The answers to the parts of a transaction come with that to its end, and are not handed over twice.
                None if in_transaction => self.queued.push(command),
                None if command.kind == Kind::Multi => in_transaction = true,
                None => count(self.cache, command, Outcome::Cancelled),
            }
        }
    }

    fn count_all(&mut self, outcome: Outcome<'_>) {
        for command in self.batch.commands() {
            if matches!(command.kind, Kind::Exec | Kind::Discard) {
                flush(self.cache, self.queued, outcome);
            }
            count(self.cache, command, outcome);
        }
    }
}

impl<B: Batch> Drop for Round<'_, B> {
    fn drop(&mut self) {
        if !self.ended {
            self.count_all(if thread::panicking() { Outcome::Error } else { Outcome::Cancelled });
        }
    }
}

/// Counts a command that was answered, and with the end of a transaction its commands.
fn count_one(cache: &Cache, queued: &mut Vec<Command>, command: Command, answer: &Value) {
    let answer = plain(answer);
    match command.kind {
        _ if is_queued(answer) => queued.push(command),
        Kind::Exec => match answer {
            Value::Array(answers) => {
                for (at, command) in mem::take(queued).into_iter().enumerate() {
                    let outcome = answers.get(at).map_or(Outcome::Cancelled, Outcome::Answer);
                    count(cache, command, outcome);
                }
            }
            // A watched key was changed, so that nothing was done.
            Value::Nil => flush(cache, queued, Outcome::Cancelled),
            _ => flush(cache, queued, Outcome::Error),
        },
        Kind::Multi | Kind::Discard => flush(cache, queued, Outcome::Cancelled),
        _ => count(cache, command, Outcome::Answer(answer)),
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
        Outcome::Answer(answer) => match plain(answer) {
            Value::ServerError(_) => Outcome::Error,
            answer => Outcome::Answer(answer),
        },
        other => other,
    };
    match kind {
        Kind::Get | Kind::GetMany | Kind::GetAll => {
            let (hits, misses) = match outcome {
                Outcome::Answer(answer) => found(kind, keys, answer),
                Outcome::Error => return cache.count_gets(GetResult::Error, keys),
                Outcome::Cancelled => return cache.count_gets(GetResult::Cancelled, keys),
            };
            cache.count_gets(GetResult::Hit, hits);
            cache.count_gets(GetResult::Miss, misses);
        }
        Kind::Set | Kind::SetGet | Kind::SetIf => count_write(cache, Write::Set, command, outcome),
        Kind::Delete => count_write(cache, Write::Delete, command, outcome),
        Kind::Other => count_write(cache, Write::Other, command, outcome),
        // They hold commands together and do nothing to the cache.
        Kind::Multi | Kind::Exec | Kind::Discard => {}
    }
}

fn count_write(cache: &Cache, what: Write, command: Command, outcome: Outcome<'_>) {
    let Command { kind, keys } = command;
    let done = match outcome {
        Outcome::Answer(answer) => done(kind, keys, answer),
        Outcome::Error => return cache.count(what, WriteResult::Error, keys),
        Outcome::Cancelled => return cache.count(what, WriteResult::Cancelled, keys),
    };
    if done > 0 {
        cache.count(what, WriteResult::Ok, done);
    }
    if keys > done {
        cache.count(what, WriteResult::Unchanged, keys - done);
    }
}

/// How many keys were found and how many were not.
fn found(kind: Kind, keys: u64, answer: &Value) -> (u64, u64) {
    match (kind, answer) {
        (_, Value::Nil) => (0, keys),
        (Kind::GetMany, Value::Array(values)) => {
            let hits = values.iter().filter(|value| !matches!(plain(value), Value::Nil)).count() as u64;
            (hits, keys.saturating_sub(hits))
        }
        (Kind::GetAll, Value::Array(fields)) if fields.is_empty() => (0, keys),
        (Kind::GetAll, Value::Map(fields)) if fields.is_empty() => (0, keys),
        _ => (keys, 0),
    }
}

/// How many keys were stored or deleted.
fn done(kind: Kind, keys: u64, answer: &Value) -> u64 {
    match (kind, answer) {
        (Kind::Set, Value::Nil) | (Kind::SetIf, Value::Int(0) | Value::Boolean(false)) => 0,
        (Kind::Delete, Value::Int(deleted)) => u64::try_from(*deleted).unwrap_or(0).min(keys),
        _ => keys,
    }
}

/// The value without what the server says about it.
fn plain(mut value: &Value) -> &Value {
    while let Value::Attribute { data, .. } = value {
        value = data;
    }
    value
}

/// Whether this is the answer to a command inside a transaction. No value of a key is: those are bulk strings.
fn is_queued(answer: &Value) -> bool {
    matches!(answer, Value::SimpleString(text) if text == "QUEUED")
}
