//! Variables whose name begins like that of a setting.

use tallymark_core::registry::Config;

/// Every variable that is read here. The registry reads more.
pub(super) const KNOWN: [&str; 18] = [
    "TALLYMARK_ADDRESS",
    "TALLYMARK_PATH",
    "TALLYMARK_NAMESPACE",
    "TALLYMARK_TOKEN",
    "TALLYMARK_TOKEN_FILE",
    "TALLYMARK_BASIC_AUTH_FILE",
    "TALLYMARK_ALLOW",
    "TALLYMARK_TLS_CERT",
    "TALLYMARK_TLS_KEY",
    "TALLYMARK_TLS_CLIENT_CA",
    "TALLYMARK_COMPRESSION",
    "TALLYMARK_LIVE",
    "TALLYMARK_MAX_SCRAPES",
    "TALLYMARK_MAX_CONNECTIONS",
    "TALLYMARK_READ_TIMEOUT",
    "TALLYMARK_WRITE_TIMEOUT",
    "TALLYMARK_REQUEST_TIMEOUT",
    "TALLYMARK_GRACE",
];

/// Returns the names that are not read, sorted. A mistyped `TALLYMARK_TOKEN_FILE` leaves the endpoint open.
pub(super) fn strays(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut strays: Vec<_> = names.filter(|name| is_stray(name)).collect();
    strays.sort_unstable();
    strays
}

fn is_stray(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("TALLYMARK_") else { return false };
    // Kubernetes sets these in every container, where a service is called `tallymark` or `tallymark-…`:
    // https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
    let of_kubernetes = rest.split('_').any(|word| word == "PORT") || rest.ends_with("SERVICE_HOST");
    !KNOWN.contains(&name) && !Config::VARIABLES.contains(&name) && !of_kubernetes
}
