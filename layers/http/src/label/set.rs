//! The label sets of the families.

use tallymark_derive::LabelSet;

use super::{DjangoMethod, GrpcStatus, MethodLabel, Status, Transport};

macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident $(<$life:lifetime>)? { $($(#[$label:meta])* $field:ident: $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(LabelSet, Clone, Copy, Debug)]
        #[label(crate = tallymark_core)]
        pub(crate) struct $name $(<$life>)? {
            $($(#[$label])* pub(crate) $field: $ty,)*
        }
    )*};
}

// Of the families with Prometheus' names.
sets! {
    ByTransport { transport: Transport }
    ByMethod { method: MethodLabel }
    Full<'a> { method: MethodLabel, route: &'a str, status: Status }
    ByRoute<'a> { method: MethodLabel, route: &'a str }
    ByRouteAndError<'a> { route: &'a str, error: &'a str }
    ByGrpcStatus<'a> { route: &'a str, grpc_status: GrpcStatus }
}

// Of the requests of clients.
sets! {
    ByHost<'a> { host: &'a str }
    ByHostAndRoute<'a> { method: MethodLabel, host: &'a str, route: &'a str }
    ByHostAndStatus<'a> { method: MethodLabel, host: &'a str, route: &'a str, status: Status }
    ByHostAndError<'a> { host: &'a str, route: &'a str, error: &'a str }
}

// Of those with django-prometheus' names, which also fix the order of the labels.
sets! {
    DjangoByMethod { method: DjangoMethod }
    ViewAndMethod<'a> { view: &'a str, method: DjangoMethod }
    ViewTransportMethod<'a> { view: &'a str, transport: Transport, method: DjangoMethod }
    ByStatus { status: Status }
    ViewStatusMethod<'a> { status: Status, view: &'a str, method: DjangoMethod }
    ByTemplate<'a> { templatename: &'a str }
    ByCharset<'a> { charset: &'a str }
    ByType<'a> { #[label(rename = "type")] error: &'a str }
    ByView<'a> { view: &'a str }
}
