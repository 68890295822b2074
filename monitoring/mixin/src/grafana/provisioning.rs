//! Provisioning of the data source and the folder.

use crate::{
    format::{Node, node},
    plan::Plan,
};

pub(super) fn data_source() -> Node {
    node!({
        "apiVersion": 1,
        "datasources": [{
            "name": "Prometheus",
            "type": "prometheus",
            "uid": "prometheus",
            "access": "proxy",
            "url": "http://prometheus:9090",
            "isDefault": true,
            // The scrape interval, from which Grafana computes `$__rate_interval`.
            "jsonData": { "timeInterval": "15s", "httpMethod": "POST" },
        }],
    })
}

pub(super) fn folder(plan: &Plan) -> Node {
    node!({
        "apiVersion": 1,
        "providers": [{
            "name": (plan.name.as_str()),
            "folder": (plan.name.as_str()),
            "type": "file",
            "allowUiUpdates": false,
            "options": { "path": "/var/lib/grafana/dashboards" },
        }],
    })
}
