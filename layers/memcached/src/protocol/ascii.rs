//! The text protocol.

use crate::{
    client::InstrumentedClient,
    protocol::{
        batch::{GetBatch, WriteBatch},
        response::{get_result, measure_write},
    },
};
use async_memcached::{AsMemcachedValue, AsciiProtocol, Error, Value};
use fxhash::FxHashMap;
use std::{fmt, hash::Hash};
use tallymark_cache::WriteKind;

impl AsciiProtocol for InstrumentedClient {
    async fn get<K: AsRef<[u8]>>(&mut self, key: K) -> Result<Option<Value>, Error> {
        let guard = self.cache.start_get();
        let response = self.inner.get(key).await;
        guard.end(get_result(&response));
        response
    }

    async fn get_multi<I, K>(&mut self, keys: I) -> Result<Vec<Value>, Error>
    where
        I: IntoIterator<Item = K>,
        K: AsRef<[u8]>,
    {
        let gets = GetBatch::new(&self.cache);
        let response = self.inner.get_multi(keys.into_iter().inspect(|_| gets.add_key())).await;
        gets.end(&response);
        response
    }

    #[allow(deprecated, reason = "what is deprecated is measured too")]
    async fn get_many<I, K>(&mut self, keys: I) -> Result<Vec<Value>, Error>
    where
        I: IntoIterator<Item = K>,
        K: AsRef<[u8]>,
    {
        let gets = GetBatch::new(&self.cache);
        let response = self.inner.get_many(keys.into_iter().inspect(|_| gets.add_key())).await;
        gets.end(&response);
        response
    }

    async fn set<K, V>(&mut self, key: K, value: V, ttl: Option<i64>, flags: Option<u32>) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        measure_write(self.cache.start_set(), self.inner.set(key, value, ttl, flags)).await
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
        let sets = WriteBatch::new(&self.cache, WriteKind::Set, kv.len());
        let response = self.inner.set_multi(kv, ttl, flags).await;
        sets.end_each(&response);
        response
    }

    async fn add<K, V>(&mut self, key: K, value: V, ttl: Option<i64>, flags: Option<u32>) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        measure_write(self.cache.start_set(), self.inner.add(key, value, ttl, flags)).await
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
        let sets = WriteBatch::new(&self.cache, WriteKind::Set, kv.len());
        let response = self.inner.add_multi(kv, ttl, flags).await;
        sets.end_each(&response);
        response
    }

    async fn delete_multi_no_reply<K>(&mut self, keys: &[K]) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        let deletes = WriteBatch::new(&self.cache, WriteKind::Delete, keys.len());
        let response = self.inner.delete_multi_no_reply(keys).await;
        deletes.end(&response);
        response
    }

    async fn delete_no_reply<K>(&mut self, key: K) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_delete(), self.inner.delete_no_reply(key)).await
    }

    async fn delete<K>(&mut self, key: K) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_delete(), self.inner.delete(key)).await
    }

    async fn increment<K>(&mut self, key: K, amount: u64) -> Result<u64, Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_other(), self.inner.increment(key, amount)).await
    }

    async fn increment_no_reply<K>(&mut self, key: K, amount: u64) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_other(), self.inner.increment_no_reply(key, amount)).await
    }

    async fn decrement<K>(&mut self, key: K, amount: u64) -> Result<u64, Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_other(), self.inner.decrement(key, amount)).await
    }

    async fn decrement_no_reply<K>(&mut self, key: K, amount: u64) -> Result<(), Error>
    where
        K: AsRef<[u8]>,
    {
        measure_write(self.cache.start_other(), self.inner.decrement_no_reply(key, amount)).await
    }
}
