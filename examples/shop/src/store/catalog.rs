//! The goods that are kept at hand, so that the database is not asked for each of them again and again.

use super::product::Product;
use crate::error::{Broken, ShopError};
use redis::{AsyncCommands, AsyncConnectionConfig, aio::MultiplexedConnection};
use std::time::Duration;
use tallymark_moka::{Cache, future::InstrumentedCache};
use tallymark_redis::InstrumentedConnection;

/// How long a Redis may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A price that was changed is known everywhere after this time.
const FRESH: Duration = Duration::from_mins(1);

/// Products, in this process or in a Redis that several shops share.
#[derive(Clone)]
pub(crate) enum Catalog {
    Memory(InstrumentedCache<i64, Product>),
    Redis(InstrumentedConnection<MultiplexedConnection>),
}

impl Catalog {
    /// An empty catalog in this process, or one in the Redis at this URL.
    pub(crate) async fn open(redis: Option<&str>) -> Result<Self, Broken> {
        let cache = Cache::builder("catalog");
        let Some(url) = redis else {
            let builder = moka::future::Cache::builder().max_capacity(10_000).time_to_live(FRESH);
            return Ok(Self::Memory(InstrumentedCache::build(cache, builder)?));
        };
        let client = redis::Client::open(url)?;
        let patient = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
        let connection = client.get_multiplexed_async_connection_with_config(&patient).await?;
        Ok(Self::Redis(InstrumentedConnection::new(cache, connection)?))
    }

    /// Forgets a product.
    pub(crate) async fn forget(&self, id: i64) {
        match self {
            Self::Memory(products) => products.invalidate(&id).await,
            Self::Redis(connection) => {
                // A cache that is down has nothing to forget.
                let _: Result<(), _> = connection.clone().del(key(id)).await;
            }
        }
    }

    /// Returns the product, which `load` fetches if it is not here.
    pub(crate) async fn product(
        &self,
        id: i64,
        load: impl Future<Output = Result<Product, ShopError>>,
    ) -> Result<Product, ShopError> {
        match self {
            Self::Memory(products) => {
                products.try_get_with(id, load).await.map_err(|error| ShopError::clone(&error))
            }
            Self::Redis(connection) => {
                let mut connection = connection.clone();
                let key = key(id);
                // A cache that is down makes the shop slower, and nothing else.
                let known: Option<String> = connection.get(&key).await.unwrap_or_default();
                if let Some(product) = known.and_then(|text| serde_json::from_str(&text).ok()) {
                    return Ok(product);
                }
                let product = load.await?;
                if let Ok(text) = serde_json::to_string(&product) {
                    let _: Result<(), _> = connection.set_ex(&key, text, FRESH.as_secs()).await;
                }
                Ok(product)
            }
        }
    }
}

/// Where a product is kept in a Redis.
fn key(id: i64) -> String {
    format!("shop:product:{id}")
}
