use tallymark::LabelSet;

#[derive(LabelSet)]
struct Request<'a> {
    #[label(allow(cardinalty))]
    path: &'a str,
}

fn main() {}
