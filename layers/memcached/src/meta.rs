//! The meta protocol.

use super::{
    MeasuredClient, get_result,
    many::{ManyGets, ManyWrites},
    written,
};
use tallymark_cache::meters::Write;
use ::async_memcached::{AsMemcachedValue, Error, MetaProtocol, MetaValue, Status};

impl MetaProtocol for MeasuredClient {
    async fn meta_get<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        // Asked for nothing, the client answers the same whether the key is there or not.
        if opaque.is_none() && meta_flags.is_none_or(<[_]>::is_empty) {
            return written(self.cache.start_other(), self.inner.meta_get(key, is_quiet, opaque, meta_flags))
                .await;
        }
        let guard = self.cache.start_get();
        let answer = self.inner.meta_get(key, is_quiet, opaque, meta_flags).await;
        guard.end(get_result(&answer));
        answer
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
        written(self.cache.start_set(), self.inner.meta_set(key, value, is_quiet, opaque, meta_flags)).await
    }

    async fn meta_delete<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        written(self.cache.start_delete(), self.inner.meta_delete(key, is_quiet, opaque, meta_flags)).await
    }

    async fn meta_increment<K: AsRef<[u8]>>(
        &mut self,
        key: K,
        is_quiet: bool,
        opaque: Option<&[u8]>,
        delta: Option<u64>,
        meta_flags: Option<&[&str]>,
    ) -> Result<Option<MetaValue>, Error> {
        written(self.cache.start_other(), self.inner.meta_increment(key, is_quiet, opaque, delta, meta_flags))
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
        written(self.cache.start_other(), self.inner.meta_decrement(key, is_quiet, opaque, delta, meta_flags))
            .await
    }

    async fn meta_get_multi<K: AsRef<[u8]>>(
        &mut self,
        keys: &[K],
        meta_flags: Option<&[&str]>,
    ) -> Result<Vec<MetaValue>, Error> {
        let gets = ManyGets::new(&self.cache);
        for _ in keys {
            gets.ask();
        }
        let answer = self.inner.meta_get_multi(keys, meta_flags).await;
        gets.end(&answer);
        answer
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
        let sets = ManyWrites::new(&self.cache, Write::Set, items.len());
        let answer = self.inner.meta_set_multi(items, meta_flags).await;
        match &answer {
            Ok(values) => sets.end_but(values.iter().filter(|value| is_refused(value)).count()),
            Err(_) => sets.end(&answer),
        }
        answer
    }
}

/// Whether an item of several was not stored. Those that were are here only if something of them was asked for.
fn is_refused(value: &MetaValue) -> bool {
    matches!(value.status, Some(Status::NotStored | Status::Exists | Status::NotFound))
}
