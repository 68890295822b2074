//! The text protocol.

use super::{
    MeasuredClient, get_result,
    many::{ManyGets, ManyWrites},
    written,
};
use tallymark_cache::meters::Write;
use ::async_memcached::{AsMemcachedValue, AsciiProtocol, Error, Value};
use fxhash::FxHashMap;
use std::{fmt, hash::Hash};

impl AsciiProtocol for MeasuredClient {
    async fn get<K: AsRef<[u8]>>(&mut self, key: K) -> Result<Option<Value>, Error> {
        let guard = self.cache.start_get();
        let answer = self.inner.get(key).await;
        guard.end(get_result(&answer));
        answer
    }

    async fn get_multi<I, K>(&mut self, keys: I) -> Result<Vec<Value>, Error>
    where
        I: IntoIterator<Item = K>,
        K: AsRef<[u8]>,
    {
        let gets = ManyGets::new(&self.cache);
        let answer = self.inner.get_multi(keys.into_iter().inspect(|_| gets.ask())).await;
        gets.end(&answer);
        answer
    }

    #[allow(deprecated, reason = "what is deprecated is measured too")]
    async fn get_many<I, K>(&mut self, keys: I) -> Result<Vec<Value>, Error>
    where
        I: IntoIterator<Item = K>,
        K: AsRef<[u8]>,
    {
        let gets = ManyGets::new(&self.cache);
        let answer = self.inner.get_many(keys.into_iter().inspect(|_| gets.ask())).await;
        gets.end(&answer);
        answer
    }

    async fn set<K, V>(&mut self, key: K, value: V, ttl: Option<i64>, flags: Option<u32>) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        written(self.cache.start_set(), self.inner.set(key, value, ttl, flags)).await
    }

    async fn set_multi<'a, K, V>(
        &mut self,
        kv: &'a [(K, V)],
        ttl: Option<i64>,
        flags: Option<u32>,
    ) -> Result<FxHashMap<&'a K, Result<(), Error>>, Error>
    where
        K: AsRef<[u8]> + Eq + Hash + fmt::Debug,
        V: AsMemcachedValue,
    {
        let sets = ManyWrites::new(&self.cache, Write::Set, kv.len());
        let answer = self.inner.set_multi(kv, ttl, flags).await;
        sets.end_each(&answer);
        answer
    }

    async fn add<K, V>(&mut self, key: K, value: V, ttl: Option<i64>, flags: Option<u32>) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        written(self.cache.start_set(), self.inner.add(key, value, ttl, flags)).await
    }

    async fn add_multi<'a, K, V>(
        &mut self,
        kv: &'a [(K, V)],
        ttl: Option<i64>,
        flags: Option<u32>,
    ) -> Result<FxHashMap<&'a K, Result<(), Error>>, Error>
    where
        K: AsRef<[u8]> + Eq + Hash + fmt::Debug,
        V: AsMemcachedValue,
    {
        let sets = ManyWrites::new(&self.cache, Write::Set, kv.len());
        let answer = self.inner.add_multi(kv, ttl, flags).await;
        sets.end_each(&answer);
        answer
    }

    async fn delete_multi_no_reply<K>(&mut self, keys: &[K]) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        let deletes = ManyWrites::new(&self.cache, Write::Delete, keys.len());
        let answer = self.inner.delete_multi_no_reply(keys).await;
        deletes.end(&answer);
        answer
    }

    async fn delete_no_reply<K>(&mut self, key: K) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_delete(), self.inner.delete_no_reply(key)).await
    }

    async fn delete<K>(&mut self, key: K) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_delete(), self.inner.delete(key)).await
    }

    async fn increment<K>(&mut self, key: K, amount: u64) -> Result<u64, Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_other(), self.inner.increment(key, amount)).await
    }

    async fn increment_no_reply<K>(&mut self, key: K, amount: u64) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_other(), self.inner.increment_no_reply(key, amount)).await
    }

    async fn decrement<K>(&mut self, key: K, amount: u64) -> Result<u64, Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_other(), self.inner.decrement(key, amount)).await
    }

    async fn decrement_no_reply<K>(&mut self, key: K, amount: u64) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        written(self.cache.start_other(), self.inner.decrement_no_reply(key, amount)).await
    }
}
