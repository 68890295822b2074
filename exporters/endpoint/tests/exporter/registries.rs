//! Registries beside the program's, each served by itself.

use tallymark::{
    Counter,
    exporter::{self, Builder, Exporter, ServeError},
    metric, place,
    registry::{CollectError, Collector, Config, ConfigError, Declaration, Families, Registry},
};

use crate::client::{Client, Response};

/// What only the program's registry has.
#[metric(namespace = "registries")]
static PROGRAM_TOTAL: Counter = Counter::new();

fn tenant(orders: u64) -> Registry {
    let registry = Registry::new();
    let declaration = Declaration::new("registries_orders_total", "Orders.", place!()).registry(registry);
    let counter = declaration.labels(["payment"]).declare(Counter::<()>::new).expect("a good name");
    counter.with(&["card"]).inc_by(orders);
    registry
}

fn builder(registry: Registry) -> Builder {
    exporter::builder().address("127.0.0.1:0").registry(registry)
}

fn ask(exporter: &Exporter, method: &str, target: &str, headers: &[&str]) -> Response {
    Client::connect(exporter.local_addr()).ask(method, target, headers)
}

fn exposition(orders: u64) -> String {
    format!(
        "# HELP registries_orders_total Orders.\n# TYPE registries_orders_total counter\n\
         registries_orders_total{{payment=\"card\"}} {orders}\n"
    )
}

/// Two tenants and the program, on three addresses at the same time.
#[test]
fn none_shows_what_is_anothers() {
    PROGRAM_TOTAL.inc();
    let [first, second] = [3, 5].map(|orders| builder(tenant(orders)).serve().expect("a port"));
    let program = crate::serve();
    for (exporter, orders) in [(&first, 3), (&second, 5), (&first, 3)] {
        let response = ask(exporter, "GET", "/metrics", &[]);
        assert_eq!((response.status, response.body), (200, exposition(orders)));
    }
    let all = ask(&program, "GET", "/metrics", &[]).body;
    assert!(all.contains("\nregistries_program_total "), "{all}");
    assert!(!all.contains("registries_orders_total"), "{all}");
    // One that is stopped takes nothing with it.
    first.stop();
    assert_eq!(ask(&second, "GET", "/metrics", &[]).body, exposition(5));
}

struct Pool;

impl Collector for Pool {
    fn name(&self) -> &'static str {
        "registries_pool"
    }

    fn collect(&self, families: &mut Families) -> Result<(), CollectError> {
        families.gauge("registries_connections", "Connections.").number(&[], 7_u64);
        Ok(())
    }
}

#[test]
fn formats_selections_and_collectors() {
    let registry = tenant(2);
    let _pool = registry.register_collector(Pool);
    let exporter = builder(registry).serve().expect("a port");
    let open = ask(&exporter, "GET", "/metrics", &["Accept: application/openmetrics-text"]);
    assert!(open.header("content-type").is_some_and(|it| it.starts_with("application/openmetrics-text;")));
    assert!(open.body.starts_with("# HELP registries_connections Connections.\n"), "{}", open.body);
    assert!(open.body.contains("# TYPE registries_orders counter\n"), "{}", open.body);
    assert!(open.body.ends_with("registries_orders_total{payment=\"card\"} 2\n# EOF\n"), "{}", open.body);
    let accept =
        "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";
    let protobuf = ask(&exporter, "GET", "/metrics", &[accept]);
    let bytes = if protobuf.bytes.is_empty() { protobuf.body.into_bytes() } else { protobuf.bytes };
    let has = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    assert!(
        has(b"registries_orders_total")
            && has(b"registries_connections")
            && !has(b"registries_program_total")
    );
    let some = ask(&exporter, "GET", "/metrics?name[]=registries_connections", &[]);
    assert!(some.body.ends_with("\nregistries_connections 7\n"), "{}", some.body);
    assert!(!some.body.contains("registries_orders_total"), "{}", some.body);
    let head = ask(&exporter, "HEAD", "/metrics?name[]=registries_connections", &[]);
    assert_eq!((head.status, head.length(), head.body.as_str()), (200, Some(some.body.len()), ""));
}

#[test]
fn guards_hold() {
    let guarded = builder(tenant(1)).bearer_token("s3cr3t").path("/tenant").serve().expect("a port");
    assert_eq!(ask(&guarded, "GET", "/tenant", &[]).status, 401);
    let right = ask(&guarded, "GET", "/tenant", &["Authorization: Bearer s3cr3t"]);
    assert_eq!((right.status, right.body), (200, exposition(1)));
    assert_eq!(ask(&guarded, "GET", "/metrics", &["Authorization: Bearer s3cr3t"]).status, 404);
    let strange = builder(tenant(1)).allow(["192.0.2.1"]).serve().expect("a port");
    assert_eq!(ask(&strange, "GET", "/metrics", &[]).status, 403);
}

/// It is put before the names of this registry alone, and may be given again by another endpoint of the same registry.
#[test]
fn a_namespace_is_that_of_the_registry() {
    let registry = tenant(4);
    let [first, again] = [(); 2].map(|()| builder(registry).namespace("north").serve().expect("a port"));
    for exporter in [first, again] {
        let body = ask(&exporter, "GET", "/metrics", &[]).body;
        assert!(body.ends_with("\nnorth_registries_orders_total{payment=\"card\"} 4\n"), "{body}");
    }
    assert_eq!(tallymark::registry::namespace(), None);
    let configured = tenant(4);
    configured.configure(Config::new().namespace("south")).expect("not used yet");
    match builder(configured).namespace("north").serve() {
        Err(ServeError::Namespace { source: ConfigError::Installed }) => {}
        other => panic!("{other:?}"),
    }
}

#[cfg(feature = "live")]
#[test]
fn the_live_page_shows_that_registry() {
    PROGRAM_TOTAL.inc();
    let exporter = builder(tenant(6)).serve().expect("a port");
    let contents = ask(&exporter, "GET", "/live/contents", &[]).body;
    assert!(contents.contains("\"registries_orders_total\""), "{contents}");
    assert!(contents.contains("registries.rs:"), "its place is known: {contents}");
    for target in ["/live/contents", "/live/report", "/live/export"] {
        let body = ask(&exporter, "GET", target, &[]).body;
        assert!(
            !body.contains("registries_program_total") && !body.contains("tallymark_"),
            "{target}: {body}"
        );
    }
}
