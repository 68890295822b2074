//! `alertmanager.yml`.

use crate::{
    format::{Node, node},
    plan::Plan,
};

/// Returns the configuration: critical alerts are sent at once, others are grouped. Two secret files, which the operator writes,
/// have the addresses of the webhooks.
pub(super) fn config(plan: &Plan) -> Node {
    let route = |severity: &str, wait: &str, repeat: &str| {
        node!({
            "matchers": [(format!("severity=\"{severity}\""))],
            "receiver": (severity),
            "group_wait": (wait),
            "repeat_interval": (repeat),
        })
    };
    let receiver = |severity: &str| {
        node!({
            "name": (severity),
            "webhook_configs": [{ "url_file": (format!("/etc/alertmanager/secrets/{severity}_url")) }],
        })
    };
    node!({
        "route": {
            "receiver": "warning",
            "group_by": ["alertname", "job"],
            "group_interval": "5m",
            "routes": [(route("critical", "10s", "1h")), (route("warning", "1m", "12h"))],
        },
        "inhibit_rules": [
            // While an instance is down, its warnings add nothing.
            {
                "source_matchers": [(format!("alertname=~\"TargetDown|TargetAbsent\", job=\"{}\"", plan.name))],
                "target_matchers": ["severity=\"warning\""],
                "equal": ["job"],
            },
            {
                "source_matchers": ["severity=\"critical\""],
                "target_matchers": ["severity=\"warning\""],
                "equal": ["alertname", "job"],
            },
        ],
        "receivers": [(receiver("critical")), (receiver("warning"))],
    })
}
