//! Help texts from doc comments.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// What a `macro_rules` macro was given, without the invisible group around it.
fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}

/// The first paragraph of the doc comment, its lines joined by spaces. `None` if there is no text.
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> Option<String> {
    let mut text = String::new();
    for attr in attrs {
        let Meta::NameValue(doc) = &attr.meta else { continue };
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = ungrouped(&doc.value) else { continue };
        if !doc.path.is_ident("doc") {
            continue;
        }
        // A block comment is one attribute of several lines.
        for line in line.value().split('\n') {
            let line = line.trim().trim_start_matches("* ").trim();
            match (line.is_empty() || line == "*", text.is_empty()) {
                (true, true) => {}
                (true, false) => return Some(text),
                (false, true) => text.push_str(line),
                (false, false) => {
                    text.push(' ');
                    text.push_str(line);
                }
            }
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::first_paragraph;
    use crate::metric::Static;

    #[test]
    fn takes_the_first_paragraph() {
        let item: Static = parse_quote! {
            ///
            /// Orders created,
            ///   paid or not.
            ///
            /// More about them.
            static X: Counter = Counter::new();
        };
        assert_eq!(first_paragraph(&item.attrs).as_deref(), Some("Orders created, paid or not."));
    }

    #[test]
    fn takes_block_comments() {
        let item: Static = parse_quote! {
            /**
             * Orders created,
             * paid or not.
             *
             * More.
             */
            static X: Counter = Counter::new();
        };
        assert_eq!(first_paragraph(&item.attrs).as_deref(), Some("Orders created, paid or not."));
    }

    #[test]
    fn blank_comments_are_no_help() {
        let item: Static = parse_quote! {
            ///
            static X: Counter = Counter::new();
        };
        assert_eq!(first_paragraph(&item.attrs), None);
    }
}
