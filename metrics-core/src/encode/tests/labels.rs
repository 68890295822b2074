//! Labels: their order, and what is escaped in them.

use super::*;

#[test]
fn help_and_label_values_are_escaped() {
    assert_both(
        |to| {
            to.family(&head("odd", "back\\slash, \"quotes\"\nand lines", Kind::Gauge));
            let names = &["a", "b"];
            to.number(Labels::new(names, &["\\", "\"\n"]), Number::U64(1));
            to.number(Labels::new(names, &["plain", "größer 😀 {},= "]), Number::U64(2));
            to.states(Labels::new(names, &["\n", ""]), &["\""], 0);
            to.histogram(
                Labels::new(names, &["\n", ""]),
                HistogramPoint { bounds: &[], counts: &[1], sum: 1.0 },
            );
        },
        "# HELP odd back\\\\slash, \"quotes\"\\nand lines\n\
         # TYPE odd gauge\n\
         odd{a=\"\\\\\",b=\"\\\"\\n\"} 1\n\
         odd{a=\"plain\",b=\"größer 😀 {},= \"} 2\n\
         odd{a=\"\\n\",b=\"\",odd=\"\\\"\"} 1\n\
         odd_bucket{a=\"\\n\",b=\"\",le=\"+Inf\"} 1\n\
         odd_sum{a=\"\\n\",b=\"\"} 1\n\
         odd_count{a=\"\\n\",b=\"\"} 1\n",
        "# HELP odd back\\\\slash, \\\"quotes\\\"\\nand lines\n\
         # TYPE odd gauge\n\
         odd{a=\"\\\\\",b=\"\\\"\\n\"} 1\n\
         odd{a=\"plain\",b=\"größer 😀 {},= \"} 2\n\
         odd{a=\"\\n\",b=\"\",odd=\"\\\"\"} 1\n\
         odd_bucket{a=\"\\n\",b=\"\",le=\"+Inf\"} 1\n\
         odd_sum{a=\"\\n\",b=\"\"} 1\n\
         odd_count{a=\"\\n\",b=\"\"} 1\n\
         # EOF\n",
    );
}

#[test]
fn constant_labels_come_first() {
    let constant = [("env".to_owned(), "prod".to_owned()), ("zone".to_owned(), "\"a\"".to_owned())];
    assert_text(
        Format::Text004,
        |to| {
            to.family(&Head { constant: &constant, ..head("up", "", Kind::Gauge) });
            to.number(Labels::NONE, Number::U64(1));
            to.number(Labels::new(&["job"], &["x"]), Number::U64(2));
            to.histogram(Labels::NONE, HistogramPoint { bounds: &[], counts: &[1], sum: 1.0 });
        },
        "# TYPE up gauge\n\
         up{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n\
         up{env=\"prod\",zone=\"\\\"a\\\"\",job=\"x\"} 2\n\
         up_bucket{env=\"prod\",zone=\"\\\"a\\\"\",le=\"+Inf\"} 1\n\
         up_sum{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n\
         up_count{env=\"prod\",zone=\"\\\"a\\\"\"} 1\n",
    );
}

/// Label names at one place in memory are other names a moment later.
#[test]
fn label_names_that_change_between_series_are_seen() {
    assert_text(
        Format::Text004,
        |to| {
            to.family(&head("x", "", Kind::Gauge));
            let mut name = String::from("a");
            to.number(Labels::new(&[&name], &["1"]), Number::U64(1));
            name.replace_range(.., "b");
            to.number(Labels::new(&[&name], &["1"]), Number::U64(2));
            to.number(Labels::new_clean(&["c"], &["1"]), Number::U64(3));
            to.number(Labels::new_clean(&["d", "e"], &["1", "2"]), Number::U64(4));
            to.number(Labels::NONE, Number::U64(5));
        },
        "# TYPE x gauge\nx{a=\"1\"} 1\nx{b=\"1\"} 2\nx{c=\"1\"} 3\nx{d=\"1\",e=\"2\"} 4\nx 5\n",
    );
}
