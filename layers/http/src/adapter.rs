//! What packages for frameworks need, and applications do not.

pub use crate::{
    families::Arrival,
    foreign::{ForeignMetrics, ForeignRequest},
    label::charset_of,
    observation::{Handling, Reply, Sending, Waiting},
    route::UNMATCHED,
    tower::{RequestBodies, RouteTemplates},
    work::Work,
};
