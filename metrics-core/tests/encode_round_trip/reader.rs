//! A strict reader of text. Knows nothing that the specifications do not say. Fuzzing uses it too.

/// Names and values of labels.
type Pairs = Vec<(String, String)>;

/// A line of an exposition.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Help(String, String),
    Type(String, String),
    Unit(String, String),
    Sample(String, Pairs, String),
    /// What follows the sample before it: labels, value and time.
    Exemplar(Pairs, String, String),
    Eof,
}

/// Reads one exposition; returns what is wrong with it otherwise.
pub(crate) fn parse(text: &str, openmetrics: bool) -> Result<Vec<Line>, String> {
    if text.is_empty() && !openmetrics {
        return Ok(Vec::new());
    }
    let body = text.strip_suffix('\n').ok_or("no line feed at the end")?;
    let mut lines = Vec::new();
    for line in body.split('\n') {
        parse_line(line, openmetrics, &mut lines).map_err(|error| format!("{error}: {line:?}"))?;
    }
    let ends = lines.iter().position(|line| *line == Line::Eof);
    if openmetrics && ends != Some(lines.len() - 1) {
        return Err("the end is not the last line".to_owned());
    }
    Ok(lines)
}

fn parse_line(line: &str, openmetrics: bool, lines: &mut Vec<Line>) -> Result<(), String> {
    if line == "# EOF" {
        lines.push(Line::Eof);
    } else if let Some(rest) = line.strip_prefix("# HELP ") {
        let (name, help) = parse_name(rest, " ")?;
        let help = help.strip_prefix(' ').ok_or("no help")?;
        lines.push(Line::Help(name, unescape(help, openmetrics)?));
    } else if let Some(rest) = line.strip_prefix("# TYPE ") {
        let (name, kind) = parse_name(rest, " ")?;
        lines.push(Line::Type(name, kind.strip_prefix(' ').ok_or("no type")?.to_owned()));
    } else if let Some(rest) = line.strip_prefix("# UNIT ").filter(|_| openmetrics) {
        let (name, unit) = parse_name(rest, " ")?;
        lines.push(Line::Unit(name, unit.strip_prefix(' ').ok_or("no unit")?.to_owned()));
    } else {
        parse_sample(line, openmetrics, lines)?;
    }
    Ok(())
}

fn parse_sample(line: &str, openmetrics: bool, lines: &mut Vec<Line>) -> Result<(), String> {
    let (mut name, mut rest, mut labels) = (String::new(), line, Vec::new());
    if !line.starts_with('{') {
        (name, rest) = parse_name(line, "{ ")?;
    }
    if let Some(inside) = rest.strip_prefix('{') {
        (labels, rest) = parse_labels(inside, &mut name)?;
    }
    if name.is_empty() {
        return Err("no name".to_owned());
    }
    let rest = rest.strip_prefix(' ').ok_or("no space")?;
    let (value, exemplar) = match rest.split_once(" # {") {
        Some((value, exemplar)) if openmetrics => (value, Some(exemplar)),
        _ => (rest, None),
    };
    is_number(value)?;
    lines.push(Line::Sample(name, labels, value.to_owned()));
    if let Some(exemplar) = exemplar {
        let (labels, rest) = if let Some(rest) = exemplar.strip_prefix('}') {
            (Pairs::new(), rest)
        } else {
            // There is no metric to be named.
            parse_labels(exemplar, &mut "none".to_owned())?
        };
        let (value, time) =
            rest.strip_prefix(' ').and_then(|rest| rest.split_once(' ')).ok_or("no value and time")?;
        is_number(value)?;
        is_number(time)?;
        lines.push(Line::Exemplar(labels, value.to_owned(), time.to_owned()));
    }
    Ok(())
}

/// Labels up to the closing brace, and what follows it. The metric may be named before them, unless it is already.
fn parse_labels<'a>(mut rest: &'a str, name: &mut String) -> Result<(Pairs, &'a str), String> {
    let mut labels = Vec::new();
    loop {
        let (label, more) = parse_name(rest, "=")?;
        if let Some(value) = more.strip_prefix("=\"") {
            let end = end_of_quotes(value).ok_or("no quote")?;
            labels.push((label, unescape(&value[..end], true)?));
            rest = &value[end + 1..];
        } else if name.is_empty() && labels.is_empty() && rest.starts_with('"') {
            (*name, rest) = (label, more);
        } else {
            return Err("no label".to_owned());
        }
        match rest.split_at_checked(1) {
            Some((",", more)) => rest = more,
            Some(("}", more)) => return Ok((labels, more)),
            _ => return Err("neither comma nor brace".to_owned()),
        }
    }
}

fn is_number(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let finite = digits.starts_with(|first: char| first.is_ascii_digit()) && text.parse::<f64>().is_ok();
    if finite || ["+Inf", "-Inf", "NaN"].contains(&text) {
        Ok(())
    } else {
        Err(format!("not a number: {text:?}"))
    }
}

/// A name, in quotes or up to one of the characters in `ends`, and what follows it.
fn parse_name<'a>(text: &'a str, ends: &str) -> Result<(String, &'a str), String> {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = end_of_quotes(quoted).ok_or("no quote")?;
        let (name, rest) = (unescape(&quoted[..end], true)?, &quoted[end + 1..]);
        // Labels have a value, and no colon.
        if is_name(&name, !rest.starts_with('=')).is_ok() {
            return Err(format!("needless quotes: {name}"));
        }
        return Ok((name, rest));
    }
    let (name, rest) = text.split_at(text.find(|character| ends.contains(character)).ok_or("no name")?);
    is_name(name, ends != "=")?;
    Ok((name.to_owned(), rest))
}

fn is_name(name: &str, colon: bool) -> Result<(), String> {
    let valid = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || (colon && byte == b':'))
        && !name.starts_with(|first: char| first.is_ascii_digit());
    if valid { Ok(()) } else { Err(format!("not a name: {name:?}")) }
}

fn end_of_quotes(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        end
    })
}

fn unescape(text: &str, quotes: bool) -> Result<String, String> {
    let mut plain = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, quotes) {
            ('\\', _) => match (characters.next(), quotes) {
                (Some('\\'), _) => plain.push('\\'),
                (Some('n'), _) => plain.push('\n'),
                (Some('"'), true) => plain.push('"'),
                (other, _) => return Err(format!("escaped {other:?}")),
            },
            ('"', true) => return Err("a bare quote".to_owned()),
            (other, _) => plain.push(other),
        }
    }
    Ok(plain)
}

/// The parser is worth something only if it refuses what is wrong.
#[test]
fn the_parser_is_strict() {
    for wrong in [
        "x 1",
        "x\n",
        "x{a=\"1\" 1\n",
        "x{a=\"\\t\"} 1\n",
        "x{a=\"1\"}1\n",
        "x{a=\"1\";b=\"2\"} 1\n",
        "x one\n",
        "x inf\n",
        "x Inf\n",
        "1x 1\n",
        "x{1=\"\"} 1\n",
        "x 1\n\n",
        "{} 1\n",
        "{\"a_b\"} 1\n",
        "{a=\"1\"} 1\n",
        "{\"a.b\",\"c.d\"} 1\n",
        "# TYPE \"a.b gauge\n",
        "# HELP x a \" quote\n",
        "x 1 # {a=\"1\"}\n",
        "x 1 # {a=\"1\"} 2\n",
        "x 1 # {\"a.b\"} 2 3\n",
        "x 1 # {a=\"1\"} 2 then\n",
        "x 1\n# EOF\nx 1\n",
    ] {
        assert!(parse(&format!("{wrong}# EOF\n"), true).is_err(), "{wrong:?}");
    }
    assert!(parse("x 1\n", true).is_err(), "no end");
    assert!(parse("x 1\n", false).is_ok());
    assert!(parse("x 1 # {a=\"1\"} 2 3\n", false).is_err(), "an exemplar");
    assert!(parse("x 1 # {a=\"1\"} 2 3\n# EOF\n", true).is_ok());
    assert!(parse("# HELP x a \" quote\n", false).is_ok());
    assert!(parse("# UNIT x_bytes bytes\n# EOF\n", true).is_ok());
    assert!(parse("# UNIT x_bytes bytes\n", false).is_err(), "text has no units");
}
