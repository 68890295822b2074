//! The numbers of fields, by message.
#![allow(clippy::redundant_pub_crate)]

macro_rules! numbers {
    ($($(#[$doc:meta])* $message:ident { $($name:ident = $number:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        pub(super) mod $message {
            $(pub(in crate::encode::protobuf) const $name: u32 = $number;)*
        }
    )*};
}

numbers! {
    family { NAME = 1, HELP = 2, TYPE = 3, METRIC = 4, UNIT = 5, PADDING = 15 }
    metric { LABEL = 1, GAUGE = 2, COUNTER = 3, SUMMARY = 4, UNTYPED = 5, HISTOGRAM = 7 }
    /// Of labels: name and value. Of quantiles: quantile and value. Of moments: seconds and nanoseconds.
    pair { FIRST = 1, SECOND = 2 }
    /// Of counters, gauges and untyped metrics.
    number { VALUE = 1 }
    counter { EXEMPLAR = 2, CREATED = 3 }
    summary { COUNT = 1, SUM = 2, QUANTILE = 3, CREATED = 4 }
    histogram {
        COUNT = 1, SUM = 2, BUCKET = 3,
        SCHEMA = 5, ZERO_THRESHOLD = 6, ZERO_COUNT = 7,
        NEGATIVE_SPAN = 9, NEGATIVE_DELTA = 10, POSITIVE_SPAN = 12, POSITIVE_DELTA = 13,
        CREATED = 15, EXEMPLAR = 16,
    }
    bucket { CUMULATED = 1, BOUND = 2, EXEMPLAR = 3 }
    span { OFFSET = 1, LENGTH = 2 }
    /// Whose labels are as those of metrics.
    exemplar { VALUE = 2, TIME = 3 }
}
