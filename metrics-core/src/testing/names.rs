//! What assertions call a metric.

use crate::{metric::Metric, registry::Registry};

/// What names a metric in an assertion: the name it is shown under, or the static itself.
pub trait NamesMetric {
    /// The name, if the registry knows the metric.
    fn metric_name(&self) -> Option<String>;
}

macro_rules! texts {
    ($($ty:ty),*) => {$(
        impl NamesMetric for $ty {
            #[inline]
            fn metric_name(&self) -> Option<String> {
                Some((*self).to_string())
            }
        }
    )*};
}

texts!(str, &str, String);

impl<M: Metric> NamesMetric for M {
    #[inline]
    fn metric_name(&self) -> Option<String> {
        let address = std::ptr::from_ref(self).cast::<()>();
        let mut found = None;
        Registry::global().for_each_metric(&mut |name, entry| {
            if std::ptr::eq(std::ptr::from_ref(entry.metric).cast::<()>(), address) {
                found = Some(name.to_owned());
            }
        });
        found
    }
}
