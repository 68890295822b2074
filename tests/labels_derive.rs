//! What the derives for labels, states and models implement.

use tallymark::{Counter, LabelSet, LabelValue, Model, ModelMetrics, State, StateSet, metric};

#[derive(LabelValue, Clone, Copy)]
enum Provider {
    Stripe,
    PayPal,
    #[label(rename = "SEPA direct")]
    Sepa,
}

#[derive(LabelValue)]
#[label(rename_all = "kebab-case")]
#[allow(dead_code)]
enum Failure<'a, T> {
    NotFound,
    Io(std::io::ErrorKind),
    InvalidInput {
        field: &'a str,
        value: T,
    },
    #[label(rename = "html<br>\"")]
    HTTPError,
}

#[derive(LabelValue)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
enum Method {
    Get,
    OptionsAll,
}

#[derive(LabelSet)]
struct Payment<'a, 'b, T> {
    provider: Provider,
    #[label(rename = "why")]
    reason: &'a str,
    detail: Option<&'b str>,
    r#type: T,
}

#[derive(LabelSet)]
struct Closed {
    provider: Provider,
    retried: bool,
    method: Option<Method>,
}

#[derive(LabelValue, LabelSet, Clone, Copy)]
enum AuthMethod {
    Password,
    Token,
}

#[derive(LabelValue, LabelSet)]
#[label(name = "reason", rename_all = "kebab-case")]
#[allow(dead_code)]
enum Refusal<'a, T> {
    UnknownUser,
    Locked { by: &'a str, since: T },
}

// Open, as only an implementation by hand can be.
#[derive(LabelSet)]
#[label(name = "Tenant", allow(name))]
enum Tenant {
    Named(String),
}

impl LabelValue for Tenant {
    const CARDINALITY: Option<usize> = None;

    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        let Self::Named(name) = self;
        f(name)
    }
}

/// Logins, by the way they were made.
#[metric(init)]
static USER_LOGINS_TOTAL: Counter<AuthMethod> = Counter::new();

/// Logins that were refused.
#[metric]
static USER_LOGIN_FAILURES_TOTAL: Counter<Refusal<'static, u8>> = Counter::new();

#[derive(StateSet, Clone, Copy)]
#[label(rename_all = "lowercase")]
enum Phase {
    Starting,
    ShuttingDown,
}

fn text(value: &impl LabelValue) -> String {
    value.text(str::to_owned)
}

fn texts<L: LabelSet>(set: &L) -> Vec<String> {
    let mut texts = Vec::new();
    set.visit(&mut |text| texts.push(text.to_owned()));
    texts
}

fn texts_at<L: LabelSet>(index: usize) -> Vec<String> {
    let mut texts = Vec::new();
    L::visit_at(index, &mut |text| texts.push(text.to_owned()));
    texts
}

#[test]
fn a_variant_is_a_value() {
    assert_eq!(Provider::CARDINALITY, Some(3));
    assert_eq!(text(&Provider::Stripe), "stripe");
    assert_eq!(text(&Provider::PayPal), "pay_pal");
    assert_eq!(text(&Provider::Sepa), "SEPA direct");
    assert_eq!(Provider::text_at(1), "pay_pal");
    assert_eq!(Provider::text_at(3), "");
    assert_eq!(text(&Method::OptionsAll), "OPTIONS_ALL");
    assert_eq!(text(&Method::Get), "GET");
}

#[test]
fn data_in_a_variant_does_not_matter() {
    type Any = Failure<'static, u8>;
    assert_eq!(Any::CARDINALITY, Some(4));
    assert_eq!(text(&Any::NotFound), "not-found");
    assert_eq!(text(&Any::Io(std::io::ErrorKind::NotFound)), "io");
    assert_eq!(text(&Any::InvalidInput { field: "a", value: 1 }), "invalid-input");
    assert_eq!(text(&Any::HTTPError), "html<br>\"");
    assert_eq!(Any::HTTPError.index(), 3);
}

#[test]
fn a_struct_is_a_set_of_labels() {
    type Static = Payment<'static, 'static, bool>;
    assert_eq!(Static::NAMES, ["provider", "why", "detail", "type"]);
    assert_eq!(Static::CARDINALITY, None);
    let reason = String::from("declined");
    let set: <Static as LabelSet>::Borrowed<'_> =
        Payment { provider: Provider::PayPal, reason: &reason, detail: None, r#type: true };
    assert_eq!(texts(&set), ["pay_pal", "declined", "", "true"]);
    assert_eq!(set.index(), 0);
    assert_eq!(texts_at::<Static>(0), [""; 0]);
}

#[test]
fn a_closed_set_is_numbered_with_the_last_label_fastest() {
    assert_eq!(Closed::CARDINALITY, Some(3 * 2 * 3));
    let mut expected = 0;
    for provider in [Provider::Stripe, Provider::PayPal, Provider::Sepa] {
        for retried in [false, true] {
            for method in [None, Some(Method::Get), Some(Method::OptionsAll)] {
                let set = Closed { provider, retried, method };
                assert_eq!(set.index(), expected);
                assert_eq!(texts_at::<Closed>(expected), texts(&set));
                expected += 1;
            }
        }
    }
}

#[test]
fn an_enum_is_a_set_of_one_label() {
    assert_eq!(AuthMethod::NAMES, ["auth_method"]);
    assert_eq!(<AuthMethod as LabelSet>::CARDINALITY, Some(2));
    for (index, method, text) in [(0, AuthMethod::Password, "password"), (1, AuthMethod::Token, "token")] {
        assert_eq!(LabelSet::index(&method), index);
        assert_eq!(texts(&method), [text]);
        assert_eq!(texts_at::<AuthMethod>(index), [text]);
    }
    USER_LOGINS_TOTAL.with(AuthMethod::Token).inc();
    let snapshot = tallymark::registry::snapshot();
    assert_eq!(snapshot.counter("user_logins_total", &[("auth_method", "token")]), Some(1));
    assert_eq!(snapshot.counter("user_logins_total", &[("auth_method", "password")]), Some(0));
}

#[test]
fn an_enum_with_data_is_a_set_as_well() {
    let name = String::from("root");
    USER_LOGIN_FAILURES_TOTAL.with(Refusal::Locked { by: &name, since: 3 }).inc();
    USER_LOGIN_FAILURES_TOTAL.with(Refusal::Locked { by: "", since: 4 }).inc();
    let snapshot = tallymark::registry::snapshot();
    assert_eq!(snapshot.counter("user_login_failures_total", &[("reason", "locked")]), Some(2));
    assert_eq!(snapshot.counter("user_login_failures_total", &[("reason", "unknown-user")]), None);
}

#[test]
fn an_enum_with_an_open_value_is_an_open_set() {
    assert_eq!(Tenant::NAMES, ["Tenant"]);
    assert_eq!(<Tenant as LabelSet>::CARDINALITY, None);
    assert_eq!(texts(&Tenant::Named("acme".to_owned())), ["acme"]);
    assert_eq!(texts_at::<Tenant>(0), [""; 0]);
}

#[test]
fn states_have_texts() {
    assert_eq!(Phase::STATES, ["starting", "shuttingdown"]);
    assert_eq!(Phase::Starting.index(), 0);
    assert_eq!(Phase::ShuttingDown.index(), 1);
}

#[derive(ModelMetrics)]
#[allow(dead_code)]
struct OrderLine<T> {
    id: T,
}

#[derive(ModelMetrics)]
#[model(name = "customer", table = "crm.customers")]
struct Person;

#[test]
fn a_model_has_a_name_and_a_table() {
    assert_eq!((OrderLine::<u8>::NAME, OrderLine::<u8>::TABLE), ("order_line", "order_line"));
    assert_eq!((Person::NAME, Person::TABLE), ("customer", "crm.customers"));
    assert!(std::ptr::eq(OrderLine::<u8>::metrics(), OrderLine::<u16>::metrics()));
}
