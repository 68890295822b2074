//! What the labels of requests are.

mod error;
mod grpc;
mod method;
mod set;
mod status;
mod with;

pub use self::{
    error::{ErrorLabel, TemplateName},
    grpc::GrpcStatus,
    method::Method,
};
pub(super) use self::{
    method::DjangoMethod,
    set::{
        ByCharset, ByGrpcStatus, ByMethod, ByRoute, ByRouteAndError, ByStatus, ByTemplate, ByTransport,
        ByType, ByView, DjangoByMethod, Full, ViewAndMethod, ViewStatusMethod, ViewTransportMethod,
    },
    status::Status,
    with::With,
};
