//! What happens after the customer has been answered.

use crate::{
    error::ShopError,
    faults::{Fault, Faults},
    labels::Queue,
    metrics::{orders::ORDERS_SHIPPED_TOTAL, service::TASK_QUEUE_DEPTH},
    store::{Status, Store},
};
use std::collections::VecDeque;
use tallymark::timed;
use tokio::{
    select,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

/// Something to do, with the order it is about.
#[derive(Clone, Copy)]
pub(crate) enum Task {
    Ship(i64),
    WriteReceipt(i64),
}

impl Task {
    fn queue(self) -> Queue {
        match self {
            Self::Ship(_) => Queue::Shipping,
            Self::WriteReceipt(_) => Queue::Receipts,
        }
    }
}

/// Where tasks are put. When the last of them is gone, the worker finishes what is left and ends.
pub(crate) struct Tasks(UnboundedSender<Task>);

impl Tasks {
    /// Starts the worker.
    pub(crate) fn start(store: Store, faults: Faults) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), tokio::spawn(work(store, faults, receiver)))
    }

    /// Puts a task into its queue.
    pub(crate) fn push(&self, task: Task) {
        TASK_QUEUE_DEPTH.with(task.queue()).inc();
        if self.0.send(task).is_err() {
            TASK_QUEUE_DEPTH.with(task.queue()).dec();
        }
    }
}

/// How many tasks arrive at once when [`Fault::Queue`] is turned on: more than the alert `TasksPileUp` allows.
const BACKLOG: usize = 1500;

/// There is no such order, so that its receipt is one that nobody gets.
const NO_ORDER: i64 = 0;

async fn work(store: Store, faults: Faults, mut tasks: UnboundedReceiver<Task>) {
    let mut backlog = VecDeque::new();
    loop {
        let next = if let Some(task) = backlog.pop_front() {
            Some(task)
        } else {
            select! {
                // A shop that closes finishes what is queued, whatever goes wrong: first what ends this loop.
                biased;
                task = tasks.recv() => task,
                () = faults.wait_until(Fault::Queue, true) => {
                    backlog = pile_up(&faults, &mut tasks).await;
                    continue;
                }
            }
        };
        let Some(task) = next else { return };
        if let Err(error) = run(&store, task).await {
            eprintln!("shop: a task failed: {error}");
        }
        // After the work, so that an empty queue means that nothing is being done either.
        TASK_QUEUE_DEPTH.with(task.queue()).dec();
    }
}

/// Lets tasks wait until the fault is turned off or the shop closes, and returns them.
async fn pile_up(faults: &Faults, tasks: &mut UnboundedReceiver<Task>) -> VecDeque<Task> {
    let mut waiting = VecDeque::from(vec![Task::WriteReceipt(NO_ORDER); BACKLOG]);
    for task in &waiting {
        TASK_QUEUE_DEPTH.with(task.queue()).inc();
    }
    loop {
        let task = select! {
            task = tasks.recv() => task,
            () = faults.wait_until(Fault::Queue, false) => None,
        };
        match task {
            Some(task) => waiting.push_back(task),
            None => return waiting,
        }
    }
}

/// A background job deserves rate, errors and duration as much as a request does. Orders are sent and receipts written after
/// the customer has gone, so that nobody complains at once when they are not: what is promised of them has alerts.
#[timed(in_flight, error, slo(success = 99.5, name = "tasks"))]
async fn run(store: &Store, task: Task) -> Result<(), ShopError> {
    match task {
        Task::Ship(order) => {
            store.advance(order, Status::Paid, Status::Shipped).await?;
            ORDERS_SHIPPED_TOTAL.inc();
            Ok(())
        }
        Task::WriteReceipt(order) => store.write_receipt(order).await,
    }
}
