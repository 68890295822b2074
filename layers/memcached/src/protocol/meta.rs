//! The meta protocol.

use crate::{
    client::InstrumentedClient,
    protocol::{
        batch::{GetBatch, WriteBatch},
        response::{get_result, measure_write},
    },
};
use async_memcached::{AsMemcachedValue, Error, MetaProtocol, MetaValue, Status};
use tallymark_cache::WriteKind;

impl MetaProtocol for InstrumentedClient {
    async fn meta_get<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        // If nothing of the item is asked for, the client returns the same whether the key exists or not.
        if opaque.is_none() && meta_flags.is_none_or(<[_]>::is_empty) {
            return measure_write(
                self.cache.start_other(),
                self.inner.meta_get(key, is_quiet, opaque, meta_flags),
            )
            .await;
        }
        let guard = self.cache.start_get();
        let response = self.inner.meta_get(key, is_quiet, opaque, meta_flags).await;
        guard.end(get_result(&response));
        response
    }

    async fn meta_set<K, V>(
        &mut self,
        key: K,
        value: V,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        measure_write(self.cache.start_set(), self.inner.meta_set(key, value, is_quiet, opaque, meta_flags))
            .await
    }

    async fn meta_delete<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        measure_write(self.cache.start_delete(), self.inner.meta_delete(key, is_quiet, opaque, meta_flags))
            .await
    }

    async fn meta_increment<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        delta: Option<u64>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        measure_write(
            self.cache.start_other(),
            self.inner.meta_increment(key, is_quiet, opaque, delta, meta_flags),
        )
        .await
    }

    async fn meta_decrement<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        delta: Option<u64>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        measure_write(
            self.cache.start_other(),
            self.inner.meta_decrement(key, is_quiet, opaque, delta, meta_flags),
        )
        .await
    }

    async fn meta_get_multi<K: AsRef<[u8]>>(
        &mut self,
        keys: &[K],
        meta_flags: Option<&[&str]>,
    ) -> Result<Vec<MetaValue>, Error> {
        let gets = GetBatch::new(&self.cache);
        for _ in keys {
            gets.add_key();
        }
        let response = self.inner.meta_get_multi(keys, meta_flags).await;
        gets.end(&response);
        response
    }

    async fn meta_set_multi<K, V>(
        &mut self,
        items: &[(K, V)],
        meta_flags: Option<&[&str]>,
    ) -> Result<Vec<MetaValue>, Error>
    where
        K: AsRef<[u8]>,
        V: AsMemcachedValue,
    {
        let sets = WriteBatch::new(&self.cache, WriteKind::Set, items.len());
        let response = self.inner.meta_set_multi(items, meta_flags).await;
        match &response {
            Ok(values) => sets.end_with_refused(values.iter().filter(|value| is_refused(value)).count()),
            Err(_) => sets.end(&response),
        }
        response
    }
}

/// Returns whether an item of several was not stored. The client returns those that were stored only if something of them
/// was asked for.
fn is_refused(value: &MetaValue) -> bool {
    matches!(value.status, Some(Status::NotStored | Status::Exists | Status::NotFound))
}
