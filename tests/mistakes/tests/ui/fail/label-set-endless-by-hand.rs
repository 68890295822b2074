use tallymark::{Counter, LabelSet, metric};

struct User(u64);

impl LabelSet for User {
    type Borrowed<'a> = User;
    const NAMES: &'static [&'static str] = &["user_id"];
    const CARDINALITY: Option<usize> = None;

    fn index(&self) -> usize {
        0
    }

    fn visit(&self, f: &mut impl FnMut(&str)) {
        f(&self.0.to_string());
    }

    fn visit_at(_: usize, _: &mut dyn FnMut(&'static str)) {}
}

/// Logins.
#[metric]
static LOGINS_TOTAL: Counter<User> = Counter::new();

fn main() {}
