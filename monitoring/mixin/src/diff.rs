//! Differences of texts.

use std::fmt::Write as _;

/// The number of unchanged lines that are shown around a change.
const AROUND: usize = 2;
/// The greatest number of lines of a difference that are shown.
const MOST: usize = 60;

/// Returns the lines that differ: `-` before those of `old`, `+` before those of `new`.
///
/// The lines from the first to the last difference are shown as one change, since generated files usually differ in one place.
pub(crate) fn diff(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| same(a, b)).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    let start = head.saturating_sub(AROUND);
    let _ = writeln!(text, "@@ line {} @@", head + 1);
    let changed = |lines: &[&str], sign: char, text: &mut String| {
        let lines = &lines[head..lines.len() - tail];
        for line in lines.iter().take(MOST) {
            let _ = writeln!(text, "{sign}{line}");
        }
        if lines.len() > MOST {
            let _ = writeln!(text, "{sign}… and {} lines more", lines.len() - MOST);
        }
    };
    for line in &old[start..head] {
        let _ = writeln!(text, " {line}");
    }
    changed(&old, '-', &mut text);
    changed(&new, '+', &mut text);
    for line in old[old.len() - tail..].iter().take(AROUND) {
        let _ = writeln!(text, " {line}");
    }
    text
}

/// Returns whether two lines are equal, without regard to the checksum of the file, which differs with every change.
fn same(a: &str, b: &str) -> bool {
    let without = |line: &str| line.split_once("tallymark-mixin (").map(|(before, _)| before.to_owned());
    a == b || without(a).is_some_and(|a| Some(a) == without(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line() {
        assert_eq!(diff("a\nb\nc\nd\n", "a\nb\nx\nd\n"), "@@ line 3 @@\n a\n b\n-c\n+x\n d\n");
    }

    #[test]
    fn added_and_removed() {
        assert_eq!(diff("a\nb\n", "a\nb\nc\n"), "@@ line 3 @@\n a\n b\n+c\n");
        assert_eq!(diff("a\na\n", "a\n"), "@@ line 2 @@\n a\n-a\n");
        assert_eq!(diff("", "a\n"), "@@ line 1 @@\n+a\n");
    }
}
