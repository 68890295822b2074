//! `compose.yml`: the service, Prometheus, Alertmanager and Grafana on one machine.

use crate::{
    GeneratedFile,
    format::{node, to_yaml},
    plan::Plan,
};

pub(super) fn file(plan: &Plan) -> GeneratedFile {
    let name = plan.name.as_str();
    let metrics = plan.endpoint.port.to_string();
    let http = plan.http_port;
    let config = node!({
        "name": (format!("{name}-monitoring")),
        "services": {
            (name): {
                "build": { "context": "..", "dockerfile": "monitoring/Dockerfile" },
                "ports": [(format!("{http}:{http}"))],
                // Reachable from this network only.
                "expose": [(metrics)],
                "restart": "unless-stopped",
            },
            "prometheus": {
                "image": "prom/prometheus:v3.5.0",
                "command": [
                    "--config.file=/etc/prometheus/prometheus.yml",
                    "--storage.tsdb.path=/prometheus",
                    "--storage.tsdb.retention.time=15d",
                ],
                "ports": ["127.0.0.1:9090:9090"],
                "volumes": ["./prometheus:/etc/prometheus:ro", "prometheus_data:/prometheus"],
                "restart": "unless-stopped",
            },
            "alertmanager": {
                "image": "prom/alertmanager:v0.28.1",
                "ports": ["127.0.0.1:9093:9093"],
                "volumes": ["./alertmanager:/etc/alertmanager:ro", "alertmanager_data:/alertmanager"],
                "restart": "unless-stopped",
            },
            "grafana": {
                "image": "grafana/grafana:12.0.0",
                "ports": ["127.0.0.1:3000:3000"],
                "environment": {
                    "GF_SECURITY_ADMIN_PASSWORD": "${GF_SECURITY_ADMIN_PASSWORD:?choose a password}",
                    "GF_USERS_ALLOW_SIGN_UP": "false",
                },
                "volumes": [
                    "./grafana/provisioning:/etc/grafana/provisioning:ro",
                    "./grafana/dashboards:/var/lib/grafana/dashboards:ro",
                    "grafana_data:/var/lib/grafana",
                ],
                "depends_on": ["prometheus"],
                "restart": "unless-stopped",
            },
        },
        "volumes": { "prometheus_data": {}, "alertmanager_data": {}, "grafana_data": {} },
    });
    let mut body = String::from(
        "# The directory of this file is expected to be `monitoring`, beside the Cargo.toml of the workspace.\n\
         # The service has to listen on all addresses of its container, not on 127.0.0.1 alone.\n",
    );
    let secrets = plan.endpoint.secrets();
    if !secrets.is_empty() {
        body.push_str("# Yours to write:");
        for secret in secrets {
            body.push_str(" prometheus/secrets/");
            body.push_str(secret);
        }
        body.push('\n');
    }
    body.push_str("# Yours to write, each with the address of a webhook: alertmanager/secrets/critical_url warning_url\n");
    GeneratedFile::hash("compose.yml", &(body + &to_yaml(&config)))
}
