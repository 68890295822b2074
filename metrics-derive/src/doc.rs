//! Help texts from doc comments.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

use crate::text::Words;

/// What a `macro_rules` macro was given, without the invisible group around it.
fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}

/// Returns the first paragraph of the doc comment, its lines joined by spaces; `None` if there is no text. A line may be a
/// constant: `#[doc = concat!("Messages ", $what, ".")]`.
pub(crate) fn first_paragraph(attrs: &[Attribute]) -> Option<Words> {
    let mut lines = Lines::default();
    for attr in attrs {
        let Meta::NameValue(doc) = &attr.meta else { continue };
        if !doc.path.is_ident("doc") {
            continue;
        }
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = ungrouped(&doc.value) else {
            lines.constant(doc.value.to_token_stream());
            continue;
        };
        // A block comment is one attribute of several lines.
        for line in text.value().split('\n') {
            let line = line.trim().trim_start_matches("* ").trim();
            if !line.is_empty() && line != "*" {
                lines.text(line);
            } else if !lines.is_empty() {
                return lines.finish();
            }
        }
    }
    lines.finish()
}

/// The lines of a paragraph.
#[derive(Default)]
struct Lines {
    text: String,
    /// What is before the text, if a constant is among it.
    constants: Vec<TokenStream>,
}

impl Lines {
    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.constants.is_empty()
    }

    fn text(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(line);
    }

    fn constant(&mut self, constant: TokenStream) {
        self.end_text();
        self.constants.push(constant);
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() {
            self.constants.push(quote!(#text));
        }
    }

    fn finish(mut self) -> Option<Words> {
        if self.constants.is_empty() {
            return (!self.text.is_empty()).then_some(Words::Known(self.text));
        }
        self.end_text();
        Some(Words::Constant { separator: " ", parts: self.constants })
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::first_paragraph;
    use crate::{metric::Static, text::Words};

    fn paragraph(item: &Static) -> Option<String> {
        first_paragraph(&item.attrs).map(|words| match words {
            Words::Known(text) => text,
            Words::Constant { parts, .. } => {
                parts.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")
            }
        })
    }

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
        assert_eq!(paragraph(&item).as_deref(), Some("Orders created, paid or not."));
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
        assert_eq!(paragraph(&item).as_deref(), Some("Orders created, paid or not."));
    }

    #[test]
    fn takes_constants() {
        let item: Static = parse_quote! {
            /// Messages
            #[doc = SENT]
            /// and
            /// received.
            ///
            /// More.
            static X: Counter = Counter::new();
        };
        assert_eq!(paragraph(&item).as_deref(), Some("\"Messages\"|SENT|\"and received.\""));
    }

    #[test]
    fn blank_comments_are_no_help() {
        let item: Static = parse_quote! {
            ///
            static X: Counter = Counter::new();
        };
        assert_eq!(paragraph(&item), None);
    }
}
