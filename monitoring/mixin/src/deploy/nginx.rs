//! `nginx/metrics.conf`, which denies public access to the metrics.

use crate::{GeneratedFile, plan::Plan};

pub(super) fn file(plan: &Plan) -> GeneratedFile {
    let path = &plan.endpoint.path;
    let body = format!(
        "# Include it in the `server` block of the service: users have no business at its metrics, even where a route of the
# service serves them.
location = {path} {{
    # Address of the Prometheus server, if it comes in here; otherwise scrape port {port}, which users cannot reach.
    # allow 10.0.1.50;
    deny all;
    proxy_pass http://{name}:{http};
}}
",
        port = plan.endpoint.port,
        name = plan.name,
        http = plan.http_port,
    );
    GeneratedFile::hash("nginx/metrics.conf", &body)
}
