//! A text without its values.

use super::lexer::{Lexer, Token};
use crate::Vendor;
use std::fmt::{self, Write};

/// Shows a text with a question mark in place of each value, and without comments.
///
/// What may be a value is one: servers read quotes, backslashes and comments by settings of their own. Where two readings
/// part, no more of the text is shown, since what is a name in the one is part of a value in the other.
pub(crate) struct Redacted<'a> {
    sql: &'a str,
    vendor: Vendor,
}

impl<'a> Redacted<'a> {
    pub(crate) fn new(sql: &'a str, vendor: Vendor) -> Self {
        Self { sql, vendor }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lexer = Lexer::new(self.sql, self.vendor);
        let mut space = false;
        let mut context = Context::default();
        loop {
            let before = lexer.ahead();
            let Some(token) = lexer.next() else { return Ok(()) };
            let written = lexer.written();
            if self.is_ambiguous(token, written, lexer.gap(&before)) {
                return f.write_str(if space { " …" } else { "…" });
            }
            let (glue_before, glue_after) = match token {
                Token::Sign(sign) => (matches!(sign, b',' | b')' | b'.' | b';'), matches!(sign, b'(' | b'.')),
                _ => (false, false),
            };
            if space && !glue_before {
                f.write_char(' ')?;
            }
            match token {
                Token::Quoted(_) if !self.is_name(written, &context, &lexer) => f.write_char('?')?,
                Token::Word(_) if context.is_setting => f.write_char('?')?,
                Token::Word(text) | Token::Quoted(text) => f.write_str(text)?,
                Token::Literal => f.write_char('?')?,
                Token::Sign(sign) => f.write_char(char::from(sign))?,
            }
            space = !glue_after;
            context.take(token);
        }
    }
}

impl Redacted<'_> {
    /// Whether another reading of a token, or of what is before it, is possible in which it ends elsewhere.
    fn is_ambiguous(&self, token: Token<'_>, written: &str, gap: &str) -> bool {
        let is_quoted = matches!(token, Token::Literal | Token::Quoted(_));
        // A backslash before a quote is a sign like any other for the standard, and takes the quote's meaning for MySQL,
        // either of which a setting turns around. In `E''` it always does.
        let escapes = is_quoted
            && (written.contains("\\'") || written.contains("\\\""))
            && !(self.vendor == Vendor::Postgresql && written.starts_with(['e', 'E']));
        match self.vendor {
            Vendor::Sqlite => false,
            Vendor::Postgresql => escapes,
            // Comments that are executed.
            Vendor::Mysql => escapes || gap.contains("/*!") || gap.contains("/*M!"),
            Vendor::Other => {
                let comments = gap.contains('#') || gap.matches("/*").count() > 1 || gap.contains("--");
                let quotes = matches!(token, Token::Quoted(text) if !text.starts_with('"'))
                    // `q'[…]'` of Oracle, and other letters that give a quote a meaning.
                    || matches!(token, Token::Literal) && written.contains(['\'', '$']) && gap.is_empty()
                    || matches!(token, Token::Literal) && written.starts_with('$');
                escapes || comments || quotes || token == Token::Sign(b'#')
            }
        }
    }

    /// Whether what is in quotes can only be a name.
    fn is_name(&self, written: &str, context: &Context, after: &Lexer<'_>) -> bool {
        if !written.starts_with('"') {
            return true;
        }
        match self.vendor {
            Vendor::Postgresql => true,
            // A name that is none of a column is taken for a text.
            Vendor::Sqlite => context.names_table || after.peek() == Some(Token::Sign(b'.')),
            // A text, unless the server is told otherwise.
            Vendor::Mysql | Vendor::Other => false,
        }
    }
}

/// What is before a token.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "they hold in any combination")]
struct Context {
    /// A name comes next: after `FROM` and the like, and after a point.
    names_table: bool,
    is_distinct: bool,
    is_started: bool,
    is_pragma: bool,
    /// What comes is the value of a `PRAGMA`, which needs no quotes.
    is_setting: bool,
}

impl Context {
    fn take(&mut self, token: Token<'_>) {
        self.names_table = match token {
            Token::Sign(b'.') => true,
            // `IS DISTINCT FROM "text"`.
            _ if token.is("FROM") => !self.is_distinct,
            _ => token.is_any(&["JOIN", "INTO", "UPDATE", "TABLE"]),
        };
        self.is_distinct = token.is("DISTINCT");
        if !self.is_started || token == Token::Sign(b';') {
            (self.is_pragma, self.is_setting) = (token.is("PRAGMA"), false);
        }
        self.is_started = token != Token::Sign(b';');
        self.is_setting |= self.is_pragma && matches!(token, Token::Sign(b'=' | b'('));
    }
}
