//! Formats, as they are asked for by what scrapes.

use crate::{
    client::{Client, Response},
    serve,
};
use tallymark::{
    encode::Escaping,
    exporter::negotiate,
    registry::{Format, Request},
};

const CORPUS: &str = include_str!("scrapers.tsv");

/// One line of the corpus.
struct Scraper {
    /// Who sends this: scraper, versions and configuration.
    who: String,
    /// The headers of a request, whole.
    headers: Vec<String>,
    accept: &'static str,
    format: Format,
    escaping: Escaping,
    coding: &'static str,
}

impl Scraper {
    fn read(line: &'static str) -> Self {
        let fields: Vec<&str> = line.split('\t').collect();
        let [scraper, versions, configuration, seen, accept, encoding, agent, timeout, answer] = fields[..]
        else {
            panic!("nine fields: {line}");
        };
        assert!(["captured", "read", "documented"].contains(&seen), "{line}");
        let [format, escaping, coding] = answer.split("; ").collect::<Vec<_>>()[..] else {
            panic!("format, escaping and coding: {line}");
        };
        let names = ["Accept", "Accept-Encoding", "User-Agent", "X-Prometheus-Scrape-Timeout-Seconds"];
        let sent =
            names.into_iter().zip([accept, encoding, agent, timeout]).filter(|(_, value)| *value != "-");
        Self {
            who: format!("{scraper} {versions}, {configuration}"),
            headers: sent.map(|(name, value)| format!("{name}: {value}")).collect(),
            accept,
            format: match format {
                "text 0.0.4" => Format::Text004,
                "text 1.0.0" => Format::Text100,
                "openmetrics" => Format::OpenMetrics100,
                "protobuf" => Format::Protobuf,
                _ => panic!("no format: {line}"),
            },
            escaping: escaping.parse().unwrap_or_else(|_| panic!("no escaping: {line}")),
            coding,
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        CORPUS.lines().filter(|line| !line.starts_with('#')).map(Self::read)
    }

    /// The type of what is to come.
    fn content_type(&self) -> String {
        let kind = match self.format {
            Format::Text004 => "text/plain; version=0.0.4; charset=utf-8",
            Format::Text100 => "text/plain; version=1.0.0; charset=utf-8",
            Format::OpenMetrics100 => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            _ => {
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
            }
        };
        // What is the rule anyway is not said.
        let escaping = match self.escaping {
            Escaping::Underscores => "",
            Escaping::Dots => "; escaping=dots",
            Escaping::Values => "; escaping=values",
            Escaping::AllowUtf8 => "; escaping=allow-utf-8",
        };
        format!("{kind}{escaping}")
    }
}

/// What was exposed, restored if it was compressed.
fn exposed(response: &Response) -> Vec<u8> {
    #[cfg(any(feature = "gzip", feature = "zstd"))]
    if response.header("content-encoding").is_some() {
        return crate::codings::restore(response);
    }
    if response.bytes.is_empty() { response.body.clone().into_bytes() } else { response.bytes.clone() }
}

#[test]
fn the_corpus_covers_who_scrapes() {
    for (who, least) in [("Prometheus ", 20), ("VictoriaMetrics ", 2), ("Grafana ", 4), ("curl ", 3)] {
        let found = Scraper::all().filter(|scraper| scraper.who.starts_with(who)).count();
        assert!(found >= least, "{who}: {found}");
    }
}

#[test]
fn each_is_understood() {
    for scraper in Scraper::all() {
        let wanted = Request::new(scraper.format).escaping(scraper.escaping);
        assert_eq!(negotiate([scraper.accept]), wanted, "{}", scraper.who);
    }
}

#[test]
fn each_gets_its_own() {
    let exporter = serve();
    let mut client = Client::connect(exporter.local_addr());
    for scraper in Scraper::all() {
        let headers: Vec<&str> = scraper.headers.iter().map(String::as_str).collect();
        let response = client.ask("GET", "/metrics", &headers);
        let who = &scraper.who;
        assert_eq!(response.status, 200, "{who}");
        assert_eq!(response.header("content-type"), Some(scraper.content_type().as_str()), "{who}");
        assert_eq!(response.header("vary"), Some("Accept, Accept-Encoding"), "{who}");
        if cfg!(all(feature = "gzip", feature = "zstd")) {
            let coding = response.header("content-encoding").unwrap_or("identity");
            assert_eq!(coding, scraper.coding, "{who}");
        }
        let bytes = exposed(&response);
        let name = b"tallymark_scrape_duration_seconds";
        assert!(bytes.windows(name.len()).any(|window| window == name), "{who}");
        assert_eq!(bytes.ends_with(b"# EOF\n"), scraper.format == Format::OpenMetrics100, "{who}");
        if response.header("content-encoding").is_none() {
            assert_eq!(response.length(), Some(bytes.len()), "{who}");
        }
    }
}

#[test]
fn whoever_says_nothing_gets_plain_text() {
    let exporter = serve();
    let response = Client::connect(exporter.local_addr()).ask("GET", "/metrics", &[]);
    assert_eq!(response.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    assert_eq!(response.header("content-encoding"), None);
}
