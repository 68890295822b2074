//! What the labels of requests are.

mod charset;
mod error;
mod grpc;
mod method;
mod set;
mod status;
mod transport;
mod with;

pub use self::{
    charset::charset_of,
    error::{ErrorLabel, TemplateName},
    grpc::GrpcStatus,
    method::MethodLabel,
    transport::Transport,
};
pub(crate) use self::{
    method::DjangoMethod,
    set::{
        ByCharset, ByGrpcStatus, ByHost, ByHostAndError, ByHostAndRoute, ByHostAndStatus, ByMethod, ByRoute,
        ByRouteAndError, ByStatus, ByTemplate, ByTransport, ByType, ByView, DjangoByMethod, Full,
        ViewAndMethod, ViewStatusMethod, ViewTransportMethod,
    },
    status::Status,
    with::With,
};
