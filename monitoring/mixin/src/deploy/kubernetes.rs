//! Objects of Kubernetes and of its Prometheus operator.

use crate::{
    GeneratedFile,
    endpoint::Credentials,
    format::{Node, node, to_yaml},
    grafana,
    plan::Plan,
    prometheus,
};

pub(super) fn files(plan: &Plan) -> Vec<GeneratedFile> {
    let yaml =
        |name: &str, node: &Node| GeneratedFile::hash(format!("kubernetes/{name}.yaml"), &to_yaml(node));
    let mut objects = vec![
        ("deployment".to_owned(), deployment(plan)),
        ("service".to_owned(), service(plan)),
        ("networkpolicy".to_owned(), network_policy(plan)),
        ("servicemonitor".to_owned(), monitor(plan, "ServiceMonitor", "endpoints")),
        ("prometheusrule".to_owned(), rules(plan)),
    ];
    for (name, file) in grafana::dashboards(plan) {
        let stem = name.trim_end_matches(".json").to_owned();
        objects.push((format!("dashboard-{stem}"), dashboard(plan, &stem, &name, &file.text)));
    }
    let mut files: Vec<GeneratedFile> = objects.iter().map(|(name, node)| yaml(name, node)).collect();
    let resources: Vec<Node> = objects.iter().map(|(name, _)| Node::from(format!("{name}.yaml"))).collect();
    let list = node!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": (resources),
    });
    files.push(yaml("kustomization", &list));
    // For a deployment without a `Service`. It is not in the kustomization, because both monitors would scrape everything twice.
    files.push(yaml("podmonitor", &monitor(plan, "PodMonitor", "podMetricsEndpoints")));
    files
}

fn labels(plan: &Plan) -> Node {
    node!({ "app.kubernetes.io/name": (plan.name.as_str()) })
}

fn metadata(plan: &Plan, name: &str) -> Node {
    node!({ "name": (name), "labels": (labels(plan)) })
}

fn deployment(plan: &Plan) -> Node {
    let ports = node!([
        { "name": "http", "containerPort": (i32::from(plan.http_port)) },
        { "name": "metrics", "containerPort": (i32::from(plan.endpoint.port)) },
    ]);
    let probe = |period: i32| node!({ "tcpSocket": { "port": "http" }, "periodSeconds": (period) });
    let container = node!({
        "name": (plan.name.as_str()),
        "image": (format!("{}:latest", plan.name)),
        "ports": (ports),
        "readinessProbe": (probe(5)),
        "livenessProbe": (probe(20)),
        "resources": {
            "requests": { "cpu": "100m", "memory": "64Mi" },
            "limits": { "memory": "256Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "runAsNonRoot": true,
            "capabilities": { "drop": ["ALL"] },
        },
    });
    node!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": (metadata(plan, &plan.name)),
        "spec": {
            "replicas": 3,
            "selector": { "matchLabels": (labels(plan)) },
            "template": {
                "metadata": { "labels": (labels(plan)) },
                "spec": { "containers": [(container)] },
            },
        },
    })
}

fn service(plan: &Plan) -> Node {
    let port =
        |name: &str, port: u16| node!({ "name": (name), "port": (i32::from(port)), "targetPort": (name) });
    node!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": (metadata(plan, &plan.name)),
        "spec": {
            "selector": (labels(plan)),
            "ports": [(port("http", plan.http_port)), (port("metrics", plan.endpoint.port))],
        },
    })
}

/// Returns a policy that opens the HTTP port to all, and the metrics port to the namespace `monitoring`.
fn network_policy(plan: &Plan) -> Node {
    node!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": (metadata(plan, &format!("{}-metrics", plan.name))),
        "spec": {
            "podSelector": { "matchLabels": (labels(plan)) },
            "policyTypes": ["Ingress"],
            "ingress": [
                { "ports": [{ "port": "http", "protocol": "TCP" }] },
                {
                    "from": [{
                        "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "monitoring" } },
                    }],
                    "ports": [{ "port": "metrics", "protocol": "TCP" }],
                },
            ],
        },
    })
}

fn monitor(plan: &Plan, kind: &str, endpoints: &str) -> Node {
    let endpoint = &plan.endpoint;
    let secret = |key: &str| node!({ "name": (format!("{}-metrics", plan.name)), "key": (key) });
    let mut scrape = node!({ "port": "metrics", "path": (endpoint.path.as_str()), "interval": "15s" });
    if endpoint.tls {
        let server = format!("{}.default.svc", plan.name);
        let mut tls = node!({ "serverName": (server), "ca": { "secret": (secret("ca.pem")) } });
        if endpoint.client_certificate {
            tls = tls
                .with("cert", node!({ "secret": (secret("client.pem")) }))
                .with("keySecret", secret("client.key"));
        }
        scrape = scrape.with("scheme", "https").with("tlsConfig", tls);
    }
    match &endpoint.credentials {
        Credentials::None => {}
        Credentials::Token => {
            let token = node!({ "type": "Bearer", "credentials": (secret("metrics_token")) });
            scrape = scrape.with("authorization", token);
        }
        Credentials::Basic { .. } => {
            let basic =
                node!({ "username": (secret("metrics_user")), "password": (secret("metrics_password")) });
            scrape = scrape.with("basicAuth", basic);
        }
    }
    let spec = node!({
        // The label whose value becomes `job`, which rules and dashboards select.
        "jobLabel": "app.kubernetes.io/name",
        "selector": { "matchLabels": (labels(plan)) },
        endpoints: [(scrape)],
    });
    node!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": (kind),
        "metadata": (metadata(plan, &plan.name)),
        "spec": (spec),
    })
}

fn rules(plan: &Plan) -> Node {
    node!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": (metadata(plan, &plan.name)),
        "spec": { "groups": (prometheus::groups(plan)) },
    })
}

/// Returns the `ConfigMap` of a dashboard, with the label `grafana_dashboard` that the sidecar of Grafana's chart looks for.
fn dashboard(plan: &Plan, stem: &str, file: &str, json: &str) -> Node {
    let labels = labels(plan).with("grafana_dashboard", "1");
    node!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": (format!("{stem}-dashboard")), "labels": (labels) },
        "data": { (file): (json) },
    })
}
