//! Templates in the texts of alerts.

/// Returns the labels that a text of an alert names: `provider` in `{{ $labels.provider }} fails`.
///
/// ```
/// let labels = tallymark_rules::template_labels("{{ $labels.job }}: {{ $labels.provider | title }}");
/// assert_eq!(labels.collect::<Vec<_>>(), ["job", "provider"]);
/// ```
pub fn template_labels(text: &str) -> impl Iterator<Item = &str> {
    text.split("$labels.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        &rest[..end]
    })
}
