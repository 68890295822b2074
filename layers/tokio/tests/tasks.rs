//! What task monitors measure.

#![expect(clippy::float_cmp, reason = "what is compared for equality is whole numbers")]

use std::{
    future::poll_fn,
    task::{Poll, Waker},
};
use tallymark::{registry, snapshot::HistogramValue};
use tallymark_tokio::TaskMonitor;
use tokio::sync::{mpsc, oneshot};

fn histogram(name: &str, task: &str) -> HistogramValue {
    registry::snapshot().histogram(name, &[("task", task)]).expect(name).clone()
}

fn value(name: &str, task: &str) -> f64 {
    registry::snapshot().value(name, &[("task", task)]).expect(name)
}

#[tokio::test]
async fn every_poll_is_one() {
    let monitor = TaskMonitor::new("every_poll").expect("good names");
    let mut left = 3;
    let pending = poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready("done");
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    });
    let task = tokio::spawn(monitor.instrument(pending));
    assert_eq!(task.await.expect("no panic"), "done");
    let polls = histogram("tokio_task_poll_duration_seconds", "every_poll");
    assert_eq!(polls.count(), 4);
    assert!(polls.sum > 0.0);
    assert_eq!(histogram("tokio_task_first_poll_delay_seconds", "every_poll").count(), 1);
    assert_eq!(histogram("tokio_task_scheduled_duration_seconds", "every_poll").count(), 3);
    assert_eq!(value("tokio_instrumented_tasks_total", "every_poll"), 1.0);
    assert_eq!(value("tokio_live_instrumented_tasks", "every_poll"), 0.0);
}

#[tokio::test]
async fn time_between_polls_is_idle_until_it_is_woken() {
    let monitor = TaskMonitor::new("idle").expect("good names");
    let (begun, mut begins) = mpsc::channel::<()>(1);
    let (end, ended) = oneshot::channel::<()>();
    let task = tokio::spawn(monitor.instrument(async move {
        begun.send(()).await.expect("it waits for this");
        ended.await.expect("it is sent");
    }));
    begins.recv().await.expect("it begins");
    assert_eq!(value("tokio_live_instrumented_tasks", "idle"), 1.0);
    let slept = std::time::Duration::from_millis(5);
    tokio::time::sleep(slept).await;
    end.send(()).expect("the task waits");
    task.await.expect("no panic");
    assert!(value("tokio_task_idle_seconds_total", "idle") >= slept.as_secs_f64());
    assert_eq!(histogram("tokio_task_scheduled_duration_seconds", "idle").count(), 1);
    assert_eq!(histogram("tokio_task_poll_duration_seconds", "idle").count(), 2);
}

#[tokio::test]
async fn whatever_becomes_of_a_task_it_is_not_live_any_more() {
    let monitor = TaskMonitor::new("ends").expect("good names");
    // Never polled.
    drop(monitor.instrument(async {}));
    let aborted = tokio::spawn(monitor.instrument(std::future::pending::<()>()));
    tokio::task::yield_now().await;
    aborted.abort();
    assert!(aborted.await.expect_err("aborted").is_cancelled());
    let panicked = tokio::spawn(monitor.instrument(async { panic!("on purpose") }));
    assert!(panicked.await.expect_err("panicked").is_panic());
    assert_eq!(value("tokio_instrumented_tasks_total", "ends"), 3.0);
    assert_eq!(value("tokio_live_instrumented_tasks", "ends"), 0.0);
    // That of the panic as well.
    assert_eq!(histogram("tokio_task_poll_duration_seconds", "ends").count(), 2);
}

#[tokio::test]
async fn a_task_that_moves_to_another_waker_is_woken_by_it() {
    // Polled once by hand, with a waker that does nothing, and then by the runtime.
    let monitor = TaskMonitor::new("moves").expect("good names");
    let (end, ended) = oneshot::channel::<u8>();
    let mut future = Box::pin(monitor.instrument(ended));
    let mut nothing = std::task::Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut nothing).is_pending());
    let task = tokio::spawn(future);
    tokio::task::yield_now().await;
    end.send(7).expect("the task waits");
    assert_eq!(task.await.expect("no panic"), Ok(7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_wake_is_lost() {
    let monitor = TaskMonitor::new("many").expect("good names");
    let (sender, mut receiver) = mpsc::channel::<u32>(1);
    let sum = tokio::spawn(monitor.instrument(async move {
        let mut sum = 0;
        while let Some(number) = receiver.recv().await {
            sum += number;
        }
        sum
    }));
    let sending = tokio::spawn(monitor.instrument(async move {
        for number in 0..10_000 {
            sender.send(number).await.expect("it is received");
        }
    }));
    sending.await.expect("no panic");
    assert_eq!(sum.await.expect("no panic"), 49_995_000);
    let polls = histogram("tokio_task_poll_duration_seconds", "many").count();
    let scheduled = histogram("tokio_task_scheduled_duration_seconds", "many").count();
    assert!(scheduled <= polls - 2, "{scheduled} of {polls}");
}

#[test]
fn monitors_of_one_name_are_one() {
    let (one, two) = (TaskMonitor::new("shared").expect("good"), TaskMonitor::new("shared").expect("good"));
    drop((one.instrument(async {}), two.instrument(async {})));
    assert_eq!(value("tokio_instrumented_tasks_total", "shared"), 2.0);
}

#[test]
fn names_do_not_clash() {
    TaskMonitor::new("names").expect("good names");
    registry::check().expect("each name once");
}
