//! An endpoint that operators configure.

use std::{
    env,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Command, Stdio},
};

use tallymark::{Counter, exporter::Builder, metric};

use crate::{Directory, client::Client};

/// Something whose author gave it no namespace.
#[metric]
static OPERATORS_ASKED_TOTAL: Counter = Counter::new();

/// The program. The tests below run it, each with its own environment.
#[test]
#[ignore = "runs as a child of the next tests"]
fn child() {
    match Builder::from_env() {
        Ok(builder) => {
            let exporter = builder.serve().expect("it can be served");
            println!("address {}", exporter.local_addr());
            let mut until_the_parent_is_done = String::new();
            std::io::stdin().read_to_string(&mut until_the_parent_is_done).expect("a pipe");
        }
        Err(error) => println!("error {error}"),
    }
}

fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env::current_exe().expect("this test"));
    command.args(["environment::child", "--exact", "--ignored", "--nocapture"]);
    command.envs(variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

#[test]
fn operators_need_no_code() {
    let directory = Directory::new();
    let token = directory.put("token", "s3cr3t\n");
    let mut child = command(&[
        ("TALLYMARK_ADDRESS", "127.0.0.1:0"),
        ("TALLYMARK_PATH", "/internal"),
        ("TALLYMARK_NAMESPACE", "shop"),
        ("TALLYMARK_TOKEN_FILE", token.to_str().expect("UTF-8")),
        ("TALLYMARK_ALLOW", "127.0.0.0/8"),
        ("TALLYMARK_MAX_SCRAPES", "2"),
    ])
    .spawn()
    .expect("this test runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let address: SocketAddr = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("address ")?.1.parse().expect("an address")))
        .expect("the child serves");
    let mut client = Client::connect(address);
    assert_eq!(client.ask("GET", "/internal", &[]).status, 401);
    let response = client.ask("GET", "/internal", &["Authorization: Bearer s3cr3t"]);
    assert_eq!(response.status, 200);
    assert!(response.body.contains("\n# TYPE shop_operators_asked_total "), "{}", response.body);
    drop(child.stdin.take());
    // The child still has something to say.
    lines.for_each(drop);
    assert!(child.wait().expect("the child ends").success());
}

#[test]
fn errors_name_the_variable() {
    for (variable, value) in
        [("TALLYMARK_ADDRESS", "nonsense"), ("TALLYMARK_TOKEN_FILE", "/nowhere"), ("TALLYMARK_ALLOW", "")]
    {
        let output = command(&[(variable, value)]).stdin(Stdio::null()).output().expect("this test runs");
        let output = String::from_utf8(output.stdout).expect("text");
        assert!(output.contains(&format!("error {variable} ")) && output.contains("it may hold"), "{output}");
    }
}
