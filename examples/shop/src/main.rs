//! Opens the shop, says where it is, and closes it on ctrl-c; or writes or checks what its operator is given.

use shop::{
    app::App,
    config::{Command, Config, HELP, parse},
    faults::follow_input,
    monitoring,
    scrape::{self, Target},
    traffic::{self, Visit},
    trial::Trial,
};
use std::{error::Error, path::PathBuf, process::ExitCode};
use tallymark::registry;
use tallymark_mixin::{Doctor, Report};
use tokio::task::spawn_blocking;

type Failed = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Ok(Command::Run(config)) => run(&config).await.map(|()| ExitCode::SUCCESS),
        Ok(Command::Monitoring(directory)) => write(directory).await.map(|()| ExitCode::SUCCESS),
        Ok(Command::Doctor) => examine().await.map(|report| show(&report)),
        Ok(Command::Scrape(target)) => examine_other(&target).await.map(|report| show(&report)),
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("shop: {error}");
        ExitCode::FAILURE
    })
}

/// Prints a report, and fails if there is something that is wrong now.
fn show(report: &Report) -> ExitCode {
    println!("{report}");
    if report.errors().next().is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Writes what the operator is given.
async fn write(directory: PathBuf) -> Result<(), Failed> {
    let shop = Trial::start().await?;
    // Collectors are asked, of which one waits for the database: not on the runtime.
    let written = spawn_blocking(|| monitoring::mixin().write(directory)).await?;
    shop.stop().await?;
    written.map_err(|error| with_causes(&error).into())
}

/// Looks at the metrics of a shop that customers have been in.
async fn examine() -> Result<Report, Failed> {
    let shop = Trial::start().await?;
    shop.play(1).await?;
    let earlier = spawn_blocking(registry::snapshot).await?;
    // Others, so that a label is found whose values become more and more.
    shop.play(2).await?;
    let report = spawn_blocking(|| monitoring::doctor(earlier)).await?;
    shop.stop().await?;
    Ok(report)
}

/// Looks at the metrics of any program.
async fn examine_other(target: &Target) -> Result<Report, Failed> {
    let text = scrape::fetch(target).await.map_err(|error| format!("{target}: {}", with_causes(&error)))?;
    let doctor = Doctor::of_exposition(&text).map_err(|error| format!("{target}: {error}"))?;
    Ok(doctor.report())
}

/// An error and what it was caused by, in one text.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

async fn run(config: &Config) -> Result<(), Failed> {
    let app = App::start(config).await?;
    println!("{}", welcome(&app));
    if config.fault_input {
        follow_input(app.faults().clone());
    }
    let play = async {
        if let Some(plan) = &config.traffic {
            // Where things go wrong, the customers' own counting does not say what the series should.
            let visit = if config.has_faults() { Visit::Forgiving } else { Visit::Strict };
            match traffic::play_as(visit, app.address(), plan).await {
                Ok(played) if config.has_faults() => {
                    println!(
                        "the customers have gone after {} requests",
                        played.total("http_requests_total")
                    );
                }
                Ok(played) => {
                    let requests = played.total("http_requests_total");
                    println!(
                        "the customers have gone after {requests} requests; these series should say the same:"
                    );
                    println!("traffic: {}", serde_json::to_string(&played)?);
                }
                Err(error) => eprintln!("shop: the customers gave up: {error}"),
            }
        }
        // The shop stays open when the customers have gone, so that it can be looked at.
        std::future::pending::<Result<(), Failed>>().await
    };
    tokio::select! {
        played = play => played?,
        signal = tokio::signal::ctrl_c() => signal?,
    }
    println!("closing");
    app.stop().await?;
    Ok(())
}

fn welcome(app: &App) -> String {
    let shop = app.address();
    let metrics = app.metrics_address();
    format!(
        r#"live:    http://{metrics}/live
shop:    http://{shop}
metrics: http://{metrics}/metrics

Try:
  curl -s http://{shop}/products
  TOKEN=$(curl -s http://{shop}/login -H 'content-type: application/json' \
    -d '{{"user":"ada","secret":"engine","auth_method":"password"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -s http://{shop}/cart/items -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -d '{{"product_id":1,"quantity":2}}'
  ORDER=$(curl -s http://{shop}/orders -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -d '{{"payment_provider":"stripe","order_type":"standard"}}' | sed 's/.*"id":\([0-9]*\).*/\1/')
  curl -s -X POST http://{shop}/orders/$ORDER/pay -H "authorization: Bearer $TOKEN"
  curl -s http://{metrics}/metrics | grep ^shop_

Ctrl-c closes the shop."#
    )
}
