//! Methods, of types and of traits.

use std::{future::Future, rc::Rc};

use futures::executor::block_on;
use tallymark::timed;

use super::is_send;

struct Store {
    items: Vec<String>,
}

#[timed]
impl Store {
    #[timed(skip)]
    const fn empty() -> Self {
        Self { items: Vec::new() }
    }

    fn first_mut(&mut self) -> Option<&mut String> {
        self.items.first_mut()
    }

    fn whole(&mut self) -> &mut Vec<String> {
        &mut self.items
    }

    fn push(&mut self, item: &str) -> &mut Self {
        self.items.push(item.to_owned());
        self
    }

    fn into_items(self) -> Vec<String> {
        self.items
    }

    async fn fetch(&self, index: usize) -> Option<&str> {
        tokio::task::yield_now().await;
        self.items.get(index).map(String::as_str)
    }

    #[timed(name = "renamed", in_flight)]
    fn shared(self: Rc<Self>) -> usize {
        self.items.len()
    }
}

trait Repository {
    fn count(&self) -> usize;
    fn load(&self, id: u32) -> impl Future<Output = Result<String, String>> + Send;
    #[allow(async_fn_in_trait)]
    async fn save(&mut self, text: &str) -> usize;

    #[timed]
    fn provided(&self) -> usize {
        self.count() + 1
    }
}

#[timed]
impl Repository for Store {
    fn count(&self) -> usize {
        self.items.len()
    }

    async fn load(&self, id: u32) -> Result<String, String> {
        let index = usize::try_from(id).map_err(|error| error.to_string())?;
        tokio::task::yield_now().await;
        self.items.get(index).cloned().ok_or_else(|| "none".to_owned())
    }

    async fn save(&mut self, text: &str) -> usize {
        self.items.push(text.to_owned());
        self.items.len()
    }
}

#[async_trait::async_trait]
trait Queue {
    async fn pop(&mut self) -> Result<String, String>;
    #[timed]
    async fn size(&self) -> usize {
        tokio::task::yield_now().await;
        7
    }
}

#[async_trait::async_trait]
#[timed]
impl Queue for Store {
    async fn pop(&mut self) -> Result<String, String> {
        tokio::task::yield_now().await;
        let item = self.items.pop().ok_or("empty")?;
        Ok(item)
    }
}

struct Other;

#[timed]
#[async_trait::async_trait]
impl Queue for Other {
    async fn pop(&mut self) -> Result<String, String> {
        Err("other".to_owned())
    }

    #[timed(skip)]
    async fn size(&self) -> usize {
        8
    }
}

struct Third;

#[async_trait::async_trait]
impl Queue for Third {
    #[timed]
    async fn pop(&mut self) -> Result<String, String> {
        Err("third".to_owned())
    }
}

#[test]
fn methods_do_what_they_did() {
    let mut store = Store::empty();
    store.push("a").push("b");
    assert_eq!(store.first_mut().map(|item| item.as_str()), Some("a"));
    store.whole().push("c".to_owned());
    assert_eq!(store.count(), 3);
    assert_eq!(store.provided(), 4);
    assert_eq!(block_on(store.fetch(1)), Some("b"));
    assert_eq!(block_on(is_send(store.load(0))).as_deref(), Ok("a"));
    assert_eq!(block_on(store.save("d")), 4);
    assert_eq!(block_on(is_send(store.pop())).as_deref(), Ok("d"));
    assert_eq!(block_on(store.size()), 7);
    assert_eq!(block_on(Other.size()), 8);
    assert!(block_on(is_send(Other.pop())).is_err());
    assert!(block_on(is_send(Third.pop())).is_err());
    let items = store.into_items();
    assert_eq!(Rc::new(Store { items }).shared(), 3);
}
