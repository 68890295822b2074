//! From a text to a condition.

use alloc::{format, vec::Vec};
use core::time::Duration;

use super::{
    comparison::{Aggregation, Comparison},
    fault::ConditionFault,
    function::Function,
    matcher::{MatchOperator, Matcher},
    model::Condition,
    pattern::is_pattern,
    threshold::{Threshold, ThresholdUnit},
};
use crate::{is_label_name, parse_duration};

type Parsed<'a, T> = Result<T, ConditionFault<'a>>;

impl<'a> Condition<'a> {
    /// Parses a condition.
    ///
    /// # Errors
    ///
    /// Whatever is not a condition. The fault names the part of the text that is wrong.
    pub fn parse(text: &'a str) -> Result<Self, ConditionFault<'a>> {
        condition(text)
    }
}

fn condition(text: &str) -> Parsed<'_, Condition<'_>> {
    let mut rest = Rest(text.trim());
    let function = function(&mut rest)?;
    let matchers = matchers(&mut rest)?;
    if function == Function::Ratio && matchers.is_empty() {
        return Err(ConditionFault::RatioOfAll);
    }
    let window = window(&mut rest, function)?;
    let (aggregation, by) = grouping(&mut rest)?;
    let comparison = comparison(&mut rest)?;
    let threshold = threshold(&mut rest, function)?;
    Ok(Condition { function, matchers, window, aggregation, by, comparison, threshold })
}

/// Parses a selector of series: `{outcome='failed'}`.
///
/// # Errors
///
/// Whatever is not a selector. The fault names the part of the text that is wrong.
pub fn parse_selector(text: &str) -> Result<Vec<Matcher<'_>>, ConditionFault<'_>> {
    let mut rest = Rest(text.trim());
    if !rest.0.starts_with('{') {
        return Err(ConditionFault::Expected {
            what: "a selector, such as `{outcome='failed'}`,",
            found: rest.next(),
        });
    }
    let matchers = matchers(&mut rest)?;
    if rest.0.is_empty() {
        Ok(matchers)
    } else {
        Err(ConditionFault::Expected { what: "the end", found: rest.0 })
    }
}

/// What is still to be read, without blanks at the beginning.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes the next bytes.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.0.split_at(bytes);
        self.0 = rest.trim_start();
        taken
    }

    /// Takes everything up to the first character that is not one of these.
    fn take_while(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        self.take(self.0.find(|c| !is_part(c)).unwrap_or(self.0.len()))
    }

    /// Takes a name of letters, digits and underscores.
    fn word(&mut self) -> &'a str {
        self.take_while(is_word)
    }

    /// Takes a text if it is next.
    fn eat(&mut self, text: &str) -> bool {
        let is_next = self.0.starts_with(text);
        if is_next {
            self.take(text.len());
        }
        is_next
    }

    /// Takes a word if it is next, and not the beginning of a longer one.
    fn eat_word(&mut self, word: &str) -> bool {
        let is_next = self.0.strip_prefix(word).is_some_and(|behind| !behind.starts_with(is_word));
        if is_next {
            self.take(word.len());
        }
        is_next
    }

    /// Returns what is next, for messages: a word or a few characters.
    fn next(&self) -> &'a str {
        let end = self.0.find(|c: char| c.is_whitespace()).unwrap_or(self.0.len());
        &self.0[..end]
    }

    fn expect(&mut self, text: &str, what: &'static str) -> Parsed<'a, ()> {
        if self.eat(text) { Ok(()) } else { Err(ConditionFault::Expected { what, found: self.next() }) }
    }

    fn label(&mut self) -> Parsed<'a, &'a str> {
        let found = self.next();
        let label = self.word();
        if is_label_name(label) {
            return Ok(label);
        }
        Err(ConditionFault::Expected { what: "the name of a label", found })
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn function<'a>(rest: &mut Rest<'a>) -> Parsed<'a, Function> {
    let is_digit = |c: char| c.is_ascii_digit();
    if rest.0.strip_prefix('p').is_some_and(|behind| behind.starts_with(is_digit)) {
        let word = rest.take_while(|c| c == 'p' || c == '.' || is_digit(c));
        return quantile(&word[1..], -2).map(Function::Quantile);
    }
    let next = rest.next();
    Ok(match rest.word() {
        "rate" => Function::Rate,
        "increase" => Function::Increase,
        "ratio" => Function::Ratio,
        "value" => Function::Value,
        "mean" => Function::Mean,
        "max" => Function::Max,
        "quantile" => {
            rest.expect("(", "a quantile in parentheses, such as `quantile(0.99)`,")?;
            let text = rest.take_while(|c| c != ')' && c != '[').trim();
            rest.expect(")", "`)`")?;
            Function::Quantile(quantile(text, 0)?)
        }
        "" => return Err(ConditionFault::Function { word: next }),
        word => return Err(ConditionFault::Function { word }),
    })
}

fn quantile(text: &str, exponent: i32) -> Parsed<'_, f64> {
    let value = decimal(text, exponent);
    // An alert on the least or the greatest observation is one on a single event.
    value.filter(|value| *value > 0.0 && *value < 1.0).ok_or(ConditionFault::Quantile { text })
}

/// Returns a number times a power of ten, as exact as if it had been written so: `99.9` of a hundred is 0.999.
fn decimal(text: &str, exponent: i32) -> Option<f64> {
    let value = match text.split_once(['e', 'E']) {
        None => format!("{text}e{exponent}").parse::<f64>(),
        Some((digits, own)) => {
            format!("{digits}e{}", own.parse::<i32>().ok()?.checked_add(exponent)?).parse()
        }
    };
    value.ok().filter(|value| value.is_finite())
}

fn matchers<'a>(rest: &mut Rest<'a>) -> Parsed<'a, Vec<Matcher<'a>>> {
    let mut matchers = Vec::new();
    if !rest.eat("{") {
        return Ok(matchers);
    }
    while !rest.eat("}") {
        if !matchers.is_empty() {
            rest.expect(",", "`,` or `}`")?;
            if rest.eat("}") {
                break;
            }
        }
        let label = rest.label()?;
        // `=` is also the beginning of `=~`.
        let operators = [
            MatchOperator::Matches,
            MatchOperator::NotMatches,
            MatchOperator::NotEqual,
            MatchOperator::Equal,
        ];
        let found = operators.into_iter().find(|operator| rest.eat(operator.text()));
        let what = "`=`, `!=`, `=~` or `!~`";
        let operator = found.ok_or(ConditionFault::Expected { what, found: rest.next() })?;
        let value = quoted(rest)?;
        if operator.takes_pattern() && !is_pattern(value) {
            return Err(ConditionFault::Pattern { text: value });
        }
        matchers.push(Matcher { label, operator, value });
    }
    Ok(matchers)
}

fn quoted<'a>(rest: &mut Rest<'a>) -> Parsed<'a, &'a str> {
    let what = "a text in quotes, such as `'stripe'`,";
    let error = ConditionFault::Expected { what, found: rest.next() };
    let quote = rest.0.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(error)?;
    let inner = &rest.0[1..];
    let end = inner.find(quote).ok_or(error)?;
    let value = &inner[..end];
    rest.take(end + 2);
    Ok(value)
}

fn window<'a>(rest: &mut Rest<'a>, function: Function) -> Parsed<'a, Option<Duration>> {
    if !rest.eat("[") {
        return if function.has_window() {
            Err(ConditionFault::WindowMissing { function })
        } else {
            Ok(None)
        };
    }
    let text = rest.take_while(|c| c != ']').trim();
    rest.expect("]", "`]`")?;
    if !function.has_window() {
        return Err(ConditionFault::Window { function });
    }
    let whole = parse_duration(text).filter(|window| window.subsec_nanos() == 0 && !window.is_zero());
    whole.map(Some).ok_or(ConditionFault::Duration { text })
}

fn grouping<'a>(rest: &mut Rest<'a>) -> Parsed<'a, (Option<Aggregation>, Vec<&'a str>)> {
    let words = [("sum", Aggregation::Sum), ("max", Aggregation::Max), ("min", Aggregation::Min)];
    let aggregation = words.into_iter().find(|(word, _)| rest.eat_word(word)).map(|(_, found)| found);
    let mut by = Vec::new();
    if !rest.eat_word("by") {
        return match aggregation {
            None => Ok((None, by)),
            Some(_) => Err(ConditionFault::Expected { what: "`by`", found: rest.next() }),
        };
    }
    let in_parentheses = rest.eat("(");
    loop {
        let label = rest.label()?;
        if by.contains(&label) {
            return Err(ConditionFault::LabelTwice { label });
        }
        by.push(label);
        if !rest.eat(",") {
            break;
        }
    }
    if in_parentheses {
        rest.expect(")", "`)`")?;
    }
    Ok((aggregation, by))
}

fn comparison<'a>(rest: &mut Rest<'a>) -> Parsed<'a, Comparison> {
    let found = rest.next();
    Ok(match rest.take_while(|c| matches!(c, '<' | '>' | '=' | '!' | '~')) {
        ">" => Comparison::Above,
        ">=" => Comparison::AtLeast,
        "<" => Comparison::Below,
        "<=" => Comparison::AtMost,
        "==" => Comparison::Equal,
        _ => return Err(ConditionFault::Comparison { found }),
    })
}

/// Units of thresholds: the name, the base unit, how many of it there are, and that as a power of ten.
const UNITS: [(&str, ThresholdUnit, f64, i32); 13] = [
    ("ns", ThresholdUnit::Seconds, 1.0, -9),
    ("us", ThresholdUnit::Seconds, 1.0, -6),
    ("ms", ThresholdUnit::Seconds, 1.0, -3),
    ("s", ThresholdUnit::Seconds, 1.0, 0),
    ("m", ThresholdUnit::Seconds, 60.0, 0),
    ("h", ThresholdUnit::Seconds, 3_600.0, 0),
    ("d", ThresholdUnit::Seconds, 86_400.0, 0),
    ("B", ThresholdUnit::Bytes, 1.0, 0),
    ("KiB", ThresholdUnit::Bytes, 1_024.0, 0),
    ("MiB", ThresholdUnit::Bytes, 1_048_576.0, 0),
    ("GiB", ThresholdUnit::Bytes, 1_073_741_824.0, 0),
    ("TiB", ThresholdUnit::Bytes, 1_099_511_627_776.0, 0),
    ("%", ThresholdUnit::Ratio, 1.0, -2),
];

fn threshold<'a>(rest: &mut Rest<'a>, function: Function) -> Parsed<'a, Threshold> {
    let text = rest.next();
    let fault = ConditionFault::Threshold { text };
    // The sign of an exponent belongs to the number.
    let mut before = ' ';
    let end = text.find(|c: char| {
        let is_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E' | ' ');
        let is_exponent = matches!(c, 'e' | 'E') && before != ' ';
        before = c;
        !(c.is_ascii_digit() || c == '.' || is_sign || is_exponent)
    });
    let (number, word) = text.split_at(end.unwrap_or(text.len()));
    if decimal(number, 0).is_none() {
        return Err(fault);
    }
    rest.take(text.len());
    // A blank may be before the unit.
    let word = if word.is_empty() { rest.take_while(|c| c.is_alphabetic() || c == '%') } else { word };
    let unit = if word.is_empty() {
        None
    } else {
        let known = UNITS.iter().find(|(name, ..)| *name == word);
        Some(known.ok_or(ConditionFault::Unit { text: word })?)
    };
    if !rest.0.is_empty() {
        return Err(ConditionFault::Rest { text: rest.0 });
    }
    let (factor, exponent) = unit.map_or((1.0, 0), |(_, _, factor, exponent)| (*factor, *exponent));
    let value = decimal(number, exponent)
        .map(|value| value * factor)
        .filter(|value| value.is_finite())
        .ok_or(fault)?;
    if function == Function::Ratio && !(0.0..=1.0).contains(&value) {
        return Err(ConditionFault::RatioThreshold { text });
    }
    Ok(Threshold { value, unit: unit.map(|(_, unit, ..)| *unit) })
}
