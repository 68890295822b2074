"""What a missing feature, or an upstream crate of another major version, is to a user: an error that says what to write.

Each program lacks one thing in its manifest. It has to fail, and the error has to name the thing. `consumers.py` runs this
beside the packages' pages, with the same target directory.
"""

import time

from process import Failure

# What is missing: the manifest lines, the program, and what the error has to say.
MISSING = {
    "the endpoint": (
        'tallymark = { version = "0.1", default-features = false }',
        "use tallymark::exporter;\nfn main() {\n    exporter::serve(\"127.0.0.1:0\").unwrap();\n}\n",
        ["`exporter` feature"],
    ),
    "the prometheus bridge": (
        'tallymark = { version = "0.1", default-features = false }',
        "use tallymark::prometheus_bridge;\nfn main() {\n    prometheus_bridge::collector();\n}\n",
        ["`prometheus` feature"],
    ),
    "TLS of the endpoint": (
        'tallymark = "0.1"',
        "fn main() {\n    let _ = tallymark::exporter::builder().tls(\"chain.pem\", \"key.pem\");\n}\n",
        ["TLS needs the feature `tls`", 'features = ["tls"]'],
    ),
    "the live page": (
        'tallymark = "0.1"',
        "use tallymark::exporter::Live;\nfn main() {\n    let _: Option<Live>;\n}\n",
        ["`live` feature"],
    ),
    "several processes": (
        'tallymark = "0.1"',
        "use tallymark::processes;\nfn main() {\n    let _ = processes::status;\n}\n",
        ["`processes` feature"],
    ),
    "TLS of OTLP": (
        'tallymark-otlp = "0.1"',
        "fn main() {\n    let _ = tallymark_otlp::builder().certificate(\"chain.pem\");\n}\n",
        ["TLS needs the feature `tls` of `tallymark-otlp`", 'features = ["tls"]'],
    ),
    "jemalloc": (
        'tallymark-tokio = "0.1"',
        "use tallymark_tokio::observe_jemalloc;\nfn main() {\n    let _ = observe_jemalloc;\n}\n",
        ["`jemalloc` feature"],
    ),
    "remote write": (
        'tallymark-push = "0.1"',
        "fn main() {\n    let _ = tallymark_push::remote_write(\"http://host/api/v1/write\");\n}\n",
        ["needs the feature `remote-write` of `tallymark-push`", 'features = ["remote-write"]'],
    ),
    "compressed pushes": (
        'tallymark-push = "0.1"',
        "fn main() {\n    let _ = tallymark_push::builder(\"gateway:9091\", \"job\").gzip(true);\n}\n",
        ["needs the feature `gzip` of `tallymark-push`", 'features = ["gzip"]'],
    ),
    "JSON of reqwest": (
        'reqwest = { version = "0.13", default-features = false }\ntallymark-reqwest = "0.1"',
        "fn main() {\n    let _ = |client: tallymark_reqwest::InstrumentedClient| client.post(\"http://host/\").json(&1);\n}\n",
        ["JSON as the body needs the feature `json` of `tallymark-reqwest`", 'features = ["json"]'],
    ),
    "the asynchronous caches of moka": (
        'tallymark-moka = "0.1"',
        "use tallymark_moka::future;\nfn main() {\n    let _ = future::wrap;\n}\n",
        ["`future` feature"],
    ),
    "diesel-async": (
        'tallymark-diesel = "0.1"',
        "use tallymark_diesel::observe_async;\nfn main() {\n    let _ = observe_async::<()>;\n}\n",
        ["`diesel-async` feature"],
    ),
    "sqlx' migrations": (
        'sqlx = { version = "0.9", features = ["runtime-tokio", "sqlite"] }\ntallymark-sqlx = "0.1"',
        "use tallymark_sqlx::SqlxSource;\nfn main() {\n    let _: Option<SqlxSource<sqlx::Sqlite>>;\n}\n",
        ["`migrate` feature"],
    ),
    "a database of sqlx": (
        'sqlx = { version = "0.9", features = ["runtime-tokio", "sqlite"] }\ntallymark-sqlx = "0.1"',
        "use tallymark_sqlx::{Database, Instrumented};\n\nfn main() {\n    let _ = |pool: sqlx::SqlitePool, database: Database| Instrumented::new(pool, database);\n}\n",
        ["`tallymark-sqlx` does not observe the database", 'features = ["sqlite"]'],
    ),
    "prometheus 0.14": (
        'prometheus = { version = "0.13", default-features = false }\ntallymark = "0.1"',
        "fn main() {\n    tallymark::prometheus_bridge::expose(&prometheus::Registry::new());\n}\n",
        ["versions of crate `prometheus`"],
    ),
}


def check(outside):
    """Yields each thing that was missing and how long it took to say so. Raises where the error does not name it."""
    for number, (what, (dependencies, program, said)) in enumerate(MISSING.items()):
        dependencies = f"[dependencies]\n{dependencies}\n"
        home = outside.package(f"missing-{number}", dependencies, program, "missing.py")
        began = time.monotonic()
        try:
            outside.cargo(home, f"missing.py, without {what}", "check")
        except Failure as failure:
            error = str(failure)
            unsaid = [text for text in said if text not in error]
            if unsaid:
                raise Failure(f"without {what}, the error does not say {unsaid}:\n{error}") from None
        else:
            raise Failure(f"without {what}, the program compiles")
        yield what, time.monotonic() - began
