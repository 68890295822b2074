use std::future::{Future, Ready, ready};

use tallymark::timed;

trait Fetch {
    type Reply: Future<Output = u64>;
    fn fetch(&self) -> Self::Reply;
}

struct Store;

#[timed]
impl Fetch for Store {
    type Reply = Ready<u64>;

    fn fetch(&self) -> Self::Reply {
        ready(1)
    }
}

fn main() {
    drop(Store.fetch());
}
