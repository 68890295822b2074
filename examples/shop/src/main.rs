//! Opens the shop, says where it is, and closes it on ctrl-c.

use shop::{
    app::App,
    config::{Command, Config, HELP, parse},
    traffic,
};
use std::{error::Error, process::ExitCode};

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{HELP}");
            Ok(())
        }
        Ok(Command::Run(config)) => run(&config).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let app = App::start(config).await?;
    println!("{}", welcome(&app));
    let play = async {
        if let Some(plan) = &config.traffic {
            match traffic::play(app.address(), plan).await {
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
        std::future::pending::<Result<(), Box<dyn Error>>>().await
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
        r#"shop:    http://{shop}
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
