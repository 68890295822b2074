use tallymark::LabelValue;

#[derive(LabelValue)]
struct Tenant(String);

fn main() {
    let _ = Tenant(String::new());
}
