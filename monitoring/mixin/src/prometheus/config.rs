//! `prometheus.yml`.

use crate::{
    endpoint::Credentials,
    format::{Node, node},
    plan::Plan,
};

pub(super) fn config(plan: &Plan) -> Node {
    node!({
        "global": { "scrape_interval": "15s", "evaluation_interval": "15s" },
        "alerting": { "alertmanagers": [{ "static_configs": [{ "targets": ["alertmanager:9093"] }] }] },
        "rule_files": ["rules/*.yml"],
        "scrape_configs": [
            (service(plan)),
            { "job_name": "prometheus", "static_configs": [{ "targets": ["localhost:9090"] }] },
        ],
    })
}

fn service(plan: &Plan) -> Node {
    let endpoint = &plan.endpoint;
    let target = format!("{}:{}", plan.name, endpoint.port);
    let mut job = node!({ "job_name": (plan.name.as_str()), "metrics_path": (endpoint.path.as_str()) });
    if endpoint.tls {
        job = job.with("scheme", "https").with("tls_config", tls(plan));
    }
    match &endpoint.credentials {
        Credentials::None => {}
        Credentials::Token => {
            job = job.with(
                "authorization",
                node!({ "type": "Bearer", "credentials_file": "secrets/metrics_token" }),
            );
        }
        Credentials::Basic { user } => {
            job = job.with(
                "basic_auth",
                node!({ "username": (user.as_str()), "password_file": "secrets/metrics_password" }),
            );
        }
    }
    job.with("static_configs", node!([{ "targets": [(target)] }]))
}

fn tls(plan: &Plan) -> Node {
    let config = node!({ "ca_file": "secrets/ca.pem" });
    if plan.endpoint.client_certificate {
        return config.with("cert_file", "secrets/client.pem").with("key_file", "secrets/client.key");
    }
    config
}
