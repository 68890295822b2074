//! The command line.

use crate::{faults::Fault, scrape::Target, traffic::Plan};
use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

/// What `--help` prints.
pub const HELP: &str = "\
A small order service measured with tallymark.

Usage: shop [options]
       shop monitoring DIRECTORY
       shop doctor [--scrape URL]

  --listen ADDRESS          where customers are served       [127.0.0.1:8000]
  --metrics ADDRESS         where /metrics is served         [127.0.0.1:9464]
  --database FILE or URL    an SQLite file, made if missing, or postgres://… [shop.sqlite]
  --redis URL               where products are cached: redis://…, or in memory if not given
  --traffic                 play customers against the shop's own port
  --traffic-seconds N       stop playing after N seconds     [60]
  --traffic-requests N      how many, spread over that time  [5000]
  --traffic-seed N          which customers come             [1]
  --fault NAME              let something go wrong, to see alerts and panels at work; may be
                            given several times:
                              payments      the providers decline every payment
                              database      the database refuses some statements
                              cache         the catalog forgets what it is asked for
                              slow          reports keep all connections to the database busy
                              migrations    a migration was not applied
                              cardinality   a label has a value of its own for each visit
                              queue         1,500 tasks arrive, and the worker takes none
  --fault-input             turn faults on and off by lines of the standard input: payments on,
                            payments off
  --help                    this text

Monitoring:

  monitoring DIRECTORY      write dashboards, alerts and deployment files into it, from what the
                            shop declares; examples/shop/monitoring is written by it
  doctor                    play customers in a shop with a database of its own, and say what is
                            wrong with its metrics, where they are declared, and what to write;
                            fails if there is an error
  doctor --scrape URL       look at what any program exposes there: http://127.0.0.1:9464/metrics

docs/monitoring.md says what is in the directory, and how a test keeps it up to date.
";

/// How the shop is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where customers are served.
    pub listen: SocketAddr,
    /// Where `/metrics` is served.
    pub metrics: SocketAddr,
    /// What the shop remembers with.
    pub database: Database,
    /// The Redis that products are cached in; without one, they are cached in this process.
    pub redis: Option<String>,
    /// The customers to play, if any.
    pub traffic: Option<Plan>,
    /// What goes wrong from the start.
    pub faults: Vec<Fault>,
    /// Whether standard input turns faults on and off.
    pub fault_input: bool,
}

impl Config {
    /// Whether something goes wrong on purpose, now or later.
    pub fn has_faults(&self) -> bool {
        self.fault_input || !self.faults.is_empty()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            metrics: SocketAddr::from(([127, 0, 0, 1], 9464)),
            database: Database::File(PathBuf::from("shop.sqlite")),
            redis: None,
            traffic: None,
            faults: Vec::new(),
            fault_input: false,
        }
    }
}

/// What the shop remembers with.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL server, by its URL.
    Postgres(String),
}

impl Database {
    /// From what stands on the command line.
    fn read(text: String) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Self::Postgres(text)
        } else {
            Self::File(PathBuf::from(text))
        }
    }

    /// Where it is, in the words of the driver.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite://{}?mode=rwc", path.display()),
            Self::Postgres(url) => url.clone(),
        }
    }
}

/// Says where the database is, without the password that a URL may hold.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let place = url.rsplit_once('@').map_or(url.as_str(), |(_, place)| place);
                write!(f, "postgres://{}", place.trim_start_matches("postgres://"))
            }
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Open the shop.
    Run(Config),
    /// Write what its operator needs into this directory.
    Monitoring(PathBuf),
    /// Look at the metrics of a shop that is opened for that.
    Doctor,
    /// Look at the metrics of another program.
    Scrape(Target),
    /// Print [`HELP`].
    Help,
}

/// A command line that makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub struct UsageError(String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (--help shows what is possible)", self.0)
    }
}

impl std::error::Error for UsageError {}

/// Reads the arguments, less the program's name. A value follows its option, or an equals sign.
///
/// # Errors
///
/// For an option that does not exist, lacks its value, or has one that cannot be read.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, UsageError> {
    let mut arguments = arguments.into_iter().peekable();
    let command = arguments.next_if(|argument| !argument.starts_with('-'));
    match command.as_deref() {
        None => parse_run(arguments),
        Some("monitoring") => parse_monitoring(arguments),
        Some("doctor") => parse_doctor(arguments),
        Some(other) => Err(UsageError(format!("there is no command {other}"))),
    }
}

fn parse_run(mut arguments: impl Iterator<Item = String>) -> Result<Command, UsageError> {
    let mut config = Config::default();
    let mut plan = Plan::default();
    let mut traffic = false;
    while let Some(argument) = arguments.next() {
        let (option, attached) = split(argument);
        let mut value = || value_of(&option, attached.clone().or_else(|| arguments.next()));
        match option.as_str() {
            option if is_help(option) => return Ok(Command::Help),
            "--listen" => config.listen = read(&option, &value()?, "an address such as 127.0.0.1:8000")?,
            "--metrics" => config.metrics = read(&option, &value()?, "an address such as 127.0.0.1:9464")?,
            "--database" => config.database = Database::read(value()?),
            "--redis" => config.redis = Some(value()?),
            "--traffic" if attached.is_none() => traffic = true,
            "--traffic-seconds" => {
                plan.time = Duration::from_secs(read(&option, &value()?, "a number of seconds")?);
            }
            "--traffic-requests" => plan.requests = read(&option, &value()?, "a number of requests")?,
            "--fault" => {
                let fault = value()?.parse();
                config.faults.push(fault.map_err(|error| UsageError(format!("--fault: {error}")))?);
            }
            "--fault-input" if attached.is_none() => config.fault_input = true,
            "--traffic-seed" => plan.seed = read(&option, &value()?, "a number")?,
            _ => return Err(no_option(&option)),
        }
    }
    config.traffic = traffic.then_some(plan);
    Ok(Command::Run(config))
}

fn parse_monitoring(mut arguments: impl Iterator<Item = String>) -> Result<Command, UsageError> {
    let directory = match arguments.next() {
        None => return Err(UsageError("monitoring needs a directory".to_owned())),
        Some(option) if is_help(&option) => return Ok(Command::Help),
        Some(option) if option.starts_with('-') => return Err(no_option(&option)),
        Some(directory) => PathBuf::from(directory),
    };
    match arguments.next() {
        None => Ok(Command::Monitoring(directory)),
        Some(more) => {
            Err(UsageError(format!("monitoring takes one directory, and then there is \"{more}\"")))
        }
    }
}

fn parse_doctor(mut arguments: impl Iterator<Item = String>) -> Result<Command, UsageError> {
    let mut command = Command::Doctor;
    while let Some(argument) = arguments.next() {
        let (option, attached) = split(argument);
        match option.as_str() {
            option if is_help(option) => return Ok(Command::Help),
            "--scrape" => {
                let url = value_of(&option, attached.or_else(|| arguments.next()))?;
                command =
                    Command::Scrape(read(&option, &url, "a URL such as http://127.0.0.1:9464/metrics")?);
            }
            _ => return Err(no_option(&option)),
        }
    }
    Ok(command)
}

/// An option, and the value that follows an equals sign.
fn split(argument: String) -> (String, Option<String>) {
    match argument.split_once('=') {
        Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
        None => (argument, None),
    }
}

fn value_of(option: &str, value: Option<String>) -> Result<String, UsageError> {
    value.ok_or_else(|| UsageError(format!("{option} needs a value")))
}

fn is_help(option: &str) -> bool {
    matches!(option, "--help" | "-h")
}

fn no_option(option: &str) -> UsageError {
    UsageError(format!("there is no option {option}"))
}

fn read<T: std::str::FromStr>(option: &str, value: &str, what: &str) -> Result<T, UsageError> {
    value.parse().map_err(|_| UsageError(format!("{option} takes {what}, not \"{value}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(arguments: &[&str]) -> Result<Command, UsageError> {
        parse(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn nothing_means_the_defaults() {
        assert_eq!(run(&[]), Ok(Command::Run(Config::default())));
    }

    #[test]
    fn values_follow_a_space_or_an_equals_sign() {
        let spaced = run(&["--listen", "127.0.0.1:1", "--traffic", "--traffic-requests", "7"]);
        assert_eq!(spaced, run(&["--listen=127.0.0.1:1", "--traffic", "--traffic-requests=7"]));
        let Ok(Command::Run(config)) = spaced else { panic!("{spaced:?}") };
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.traffic.map(|plan| plan.requests), Some(7));
    }

    #[test]
    fn faults_add_up_and_are_all_in_the_help() {
        let Ok(Command::Run(config)) = run(&["--fault", "slow", "--fault=cache", "--fault-input"]) else {
            panic!("a mistake")
        };
        assert_eq!(config.faults, [Fault::Slow, Fault::Cache]);
        assert!(config.fault_input && config.has_faults() && !Config::default().has_faults());
        for fault in Fault::ALL {
            assert!(
                HELP.contains(&format!("\n                              {} ", fault.name())),
                "{fault:?}"
            );
        }
    }

    #[test]
    fn commands_come_first() {
        assert_eq!(run(&["monitoring", "out"]), Ok(Command::Monitoring(PathBuf::from("out"))));
        assert_eq!(run(&["doctor"]), Ok(Command::Doctor));
        let target = "http://127.0.0.1:9464/metrics".parse().expect("a target");
        assert_eq!(run(&["doctor", "--scrape", "http://127.0.0.1:9464"]), Ok(Command::Scrape(target)));
        for help in [&["--help"][..], &["monitoring", "-h"], &["doctor", "--help"]] {
            assert_eq!(run(help), Ok(Command::Help));
        }
    }

    #[test]
    fn mistakes_are_named() {
        let error = |arguments: &[&str]| run(arguments).expect_err("a mistake").to_string();
        assert!(error(&["--lisen", "x"]).starts_with("there is no option --lisen"));
        assert!(error(&["--database"]).starts_with("--database needs a value"));
        assert!(error(&["--metrics", "9464"]).starts_with("--metrics takes an address such as"));
        assert!(
            error(&["--fault", "fire"])
                .starts_with("--fault: there is no fault \"fire\"; there are payments,")
        );
        assert!(error(&["--fault"]).starts_with("--fault needs a value"));
        assert!(error(&["serve"]).starts_with("there is no command serve"));
        assert!(error(&["monitoring"]).starts_with("monitoring needs a directory"));
        assert!(error(&["monitoring", "a", "b"]).contains("and then there is \"b\""));
        assert!(error(&["monitoring", "--out"]).starts_with("there is no option --out"));
        assert!(error(&["doctor", "--scrap=x"]).starts_with("there is no option --scrap"));
        assert!(error(&["doctor", "--scrape"]).starts_with("--scrape needs a value"));
        assert!(
            error(&["doctor", "--scrape=https://a/"]).starts_with("--scrape takes a URL such as http://")
        );
        assert!(error(&["--traffic-seconds=-1"]).starts_with("--traffic-seconds takes a number of seconds"));
    }
}
