//! The depth of queues, from what backends say about them.

use std::{
    error::Error as _,
    task::{Context, Poll},
};

use apalis::prelude::*;
use apalis_core::backend::{Metrics, StatType, Statistic};
use tallymark::registry;
use tallymark_apalis::{QueueDepthError, refresh_queue_depth};

/// A backend without tasks, whose statistics are these.
#[derive(Clone)]
struct Said(Result<Vec<(&'static str, &'static str)>, Broken>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no connection")
    }
}

impl std::error::Error for Broken {}

impl Backend for Said {
    type Task = Task<u8>;
    type Error = Broken;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Broken>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        _: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Task<u8>, Broken>>> {
        Poll::Ready(None)
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Broken>> {
        Poll::Ready(Ok(()))
    }
}

impl Metrics for Said {
    async fn global(&self) -> Result<Vec<Statistic>, Broken> {
        unreachable!("one queue is asked for")
    }

    async fn fetch_by_queue(&self) -> Result<Vec<Statistic>, Broken> {
        let statistic = |(title, value): (&str, &str)| Statistic {
            title: title.to_owned(),
            stat_type: StatType::Number,
            value: value.to_owned(),
            priority: None,
        };
        self.0.clone().map(|said| said.into_iter().map(statistic).collect())
    }
}

fn depth(queue: &str) -> Option<f64> {
    registry::snapshot().value("job_queue_depth", &[("queue", queue)])
}

/// The statistics of a queue as the backends name and write them, whatever else they say.
#[tokio::test]
async fn what_is_due_and_waits_is_shown() {
    let relational = [("RUNNING_JOBS", "3"), ("PENDING_JOBS", "40"), ("QUEUE_BACKLOG", "12")];
    let redis = [("RUNNING_JOBS", "3"), ("PENDING_JOBS", "7"), ("SUCCESS_RATE", "99.50")];
    assert_eq!(refresh_queue_depth("relational", &Said(Ok(relational.to_vec()))).await, Ok(12.0));
    assert_eq!(refresh_queue_depth("redis", &Said(Ok(redis.to_vec()))).await, Ok(7.0));
    assert_eq!((depth("relational"), depth("redis")), (Some(12.0), Some(7.0)));

    assert_eq!(refresh_queue_depth("relational", &Said(Ok(vec![("QUEUE_BACKLOG", "0")]))).await, Ok(0.0));
    assert_eq!(depth("relational"), Some(0.0));
}

#[tokio::test]
async fn what_is_not_known_is_an_error_and_changes_nothing() {
    assert_eq!(refresh_queue_depth("kept", &Said(Ok(vec![("PENDING_JOBS", "5.0")]))).await, Ok(5.0));
    for said in
        [vec![], vec![("DONE_JOBS", "5")], vec![("PENDING_JOBS", "many")], vec![("PENDING_JOBS", "-1")]]
    {
        assert_eq!(refresh_queue_depth("kept", &Said(Ok(said))).await, Err(QueueDepthError::Unknown));
    }
    let failed = refresh_queue_depth("kept", &Said(Err(Broken))).await.expect_err("it is broken");
    assert_eq!(failed, QueueDepthError::Backend(Broken));
    assert!(!failed.to_string().contains("no connection"), "that is for its source to say");
    assert_eq!(failed.source().map(ToString::to_string).as_deref(), Some("no connection"));
    assert_eq!(depth("kept"), Some(5.0));

    assert!(refresh_queue_depth("unheard_of", &Said(Err(Broken))).await.is_err());
    assert_eq!(depth("unheard_of"), None, "there is no number to show");
}
