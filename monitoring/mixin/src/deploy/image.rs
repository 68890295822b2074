//! `Dockerfile`.

use crate::{GeneratedFile, plan::Plan};

pub(super) fn file(plan: &Plan) -> GeneratedFile {
    let package = &plan.package;
    let (http, metrics) = (plan.http_port, plan.endpoint.port);
    let body = format!(
        "FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \\
    cargo build --release --locked --package {package} --bin {package} \\
    && cp target/release/{package} /{package}

# No shell and no package manager; glibc is there.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /{package} /{package}
# {http} for users, {metrics} for scrapers.
EXPOSE {http} {metrics}
ENTRYPOINT [\"/{package}\"]
"
    );
    GeneratedFile::hash("Dockerfile", &body)
}
