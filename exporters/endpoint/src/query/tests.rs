use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The names that a query asks for; `None` if it asks for all.
fn asked(query: Option<&str>) -> Option<Vec<String>> {
    selection(query).names().map(<[String]>::to_vec)
}

/// The same, as another implementation reads forms.
///
/// Source: URL Standard, "application/x-www-form-urlencoded parsing".
fn reference(query: &str) -> Option<Vec<String>> {
    let parameters = form_urlencoded::parse(query.as_bytes());
    let names: BTreeSet<String> = parameters
        .filter(|(key, name)| key == NAME && !name.is_empty())
        .map(|(_, name)| name.into_owned())
        .collect();
    (!names.is_empty()).then(|| names.into_iter().collect())
}

#[test]
fn names() {
    for (query, expected) in [
        (None, None),
        (Some(""), None),
        (Some("name=up"), None),
        (Some("name[]"), None),
        (Some("name[]="), None),
        (Some("name[]=up"), Some(&["up"][..])),
        (Some("name[]=up&name[]=up&name%5b]=u%70"), Some(&["up"])),
        (Some("name%5B%5D=up&x=y&name%5b%5d=down"), Some(&["down", "up"])),
        (Some("name[]=a%2Eb+c%"), Some(&["a.b c%"])),
        (Some("name[]=%zz%4"), Some(&["%zz%4"])),
        (Some("name[]=%e8%8a%b1"), Some(&["\u{82b1}"])),
        (Some("name[]=%ff"), Some(&["\u{fffd}"])),
        (Some("name[]=a=b&&&=&"), Some(&["a=b"])),
        (Some("Name[]=up&name[]x=up&+name[]=up"), None),
        (Some("name[]=a;name[]=b"), Some(&["a;name[]=b"])),
    ] {
        let expected = expected.map(|names| names.iter().map(ToString::to_string).collect());
        assert_eq!(asked(query), expected, "{query:?}");
        assert_eq!(asked(query), reference(query.unwrap_or_default()), "{query:?}");
    }
}

#[test]
fn thousands() {
    let parameters: Vec<String> = (0..10_000).map(|at| format!("name%5B%5D=metric_{}", at % 5_000)).collect();
    let query = parameters.join("&");
    assert_eq!(asked(Some(&query)).map(|names| names.len()), Some(5_000));
    assert_eq!(asked(Some(&query)), reference(&query));
    assert_eq!(asked(Some(&"name[]=&".repeat(10_000))), None);
}

/// Queries made of the pieces that they are made of, and any others.
fn queries() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "name[]=",
        "name%5B%5D=",
        "name%5b]=",
        "%6eame[]=",
        "name",
        "[]",
        "&",
        "=",
        "+",
        "%",
        "%2",
        "%zz",
        "%00",
        "%ff",
        "%C3%A4",
        "%c3",
        "%f0%9f%98%80",
        "%+1",
        "%2B",
        "%26",
        "%3d",
        "%25",
        ";",
        "up",
        "\u{e4}",
        "#",
        "name[]=up&",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat()),
        prop::collection::vec("(%[0-9a-fA-F]{2}){0,6}|[a-z%+]{0,6}", 0..9)
            .prop_map(|values| format!("name[]={}", values.join("&name[]="))),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn what_it_asks_for_is_what_others_read(query in queries()) {
        prop_assert_eq!(asked(Some(&query)), reference(&query));
    }

    /// Whatever names a form is filled with, these are asked for, once each.
    #[test]
    fn what_is_written_is_read(
        names in prop::collection::vec(prop_oneof!["[a-z_:]{1,9}", any::<String>()], 0..9),
        times in 1..4,
        others in prop::collection::vec((any::<String>(), any::<String>()), 0..4),
    ) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for _ in 0..times {
            form.extend_pairs(names.iter().map(|name| (NAME, name)));
            form.extend_pairs(others.iter().filter(|(key, _)| key != NAME));
        }
        let expected: BTreeSet<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
        let expected = (!expected.is_empty()).then(|| expected.into_iter().collect());
        prop_assert_eq!(asked(Some(&form.finish())), expected);
    }
}
