//! What happens after the customer has been answered.

use crate::{
    error::ShopError,
    labels::Queue,
    metrics::{orders::ORDERS_SHIPPED_TOTAL, service::TASK_QUEUE_DEPTH},
    store::{Status, Store},
};
use tallymark::timed;
use tokio::{
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
    pub(crate) fn start(store: Store) -> (Self, JoinHandle<()>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), tokio::spawn(work(store, receiver)))
    }

    /// Puts a task into its queue.
    pub(crate) fn push(&self, task: Task) {
        TASK_QUEUE_DEPTH.with(task.queue()).inc();
        if self.0.send(task).is_err() {
            TASK_QUEUE_DEPTH.with(task.queue()).dec();
        }
    }
}

async fn work(store: Store, mut tasks: UnboundedReceiver<Task>) {
    while let Some(task) = tasks.recv().await {
        if let Err(error) = run(&store, task).await {
            eprintln!("shop: a task failed: {error}");
        }
        // After the work, so that an empty queue means that nothing is being done either.
        TASK_QUEUE_DEPTH.with(task.queue()).dec();
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
