//! The state that all handlers share.

use crate::{faults::Faults, orders::Orders, sessions::Sessions, store::Store};

/// What the handlers share.
pub(crate) struct Shop {
    pub(crate) store: Store,
    pub(crate) orders: Orders,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Faults,
}
