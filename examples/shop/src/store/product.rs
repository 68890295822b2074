//! One of the goods.

use serde::{Deserialize, Serialize};

/// Something to buy.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) price_cents: i64,
}
