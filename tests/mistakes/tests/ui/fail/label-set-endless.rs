use tallymark::{LabelSet, LabelValue};

#[derive(LabelSet)]
struct Request<'a> {
    user_id: u64,
    session_id: &'a str,
    request_id: &'a str,
    email: &'a str,
    ip: &'a str,
    path: &'a str,
    #[label(rename = "url")]
    address: &'a str,
}

#[derive(LabelValue, LabelSet, Clone, Copy)]
enum Path {
    Orders,
    Payments,
}

#[derive(LabelValue, LabelSet, Clone, Copy)]
#[label(name = "url")]
enum Address {
    Home,
    Work,
}

fn main() {}
