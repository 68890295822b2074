//! Request methods.

use tallymark_core::LabelValue;

/// The method of a request, as a label: one of a closed set, whatever a client sends.
///
/// Source of the set: RFC 9110 section 9.3, and RFC 5789 for `PATCH`.
#[derive(tallymark_derive::LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = tallymark_core, rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum MethodLabel {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
    /// `CONNECT`
    Connect,
    /// `OPTIONS`
    Options,
    /// `TRACE`
    Trace,
    /// `PATCH`
    Patch,
    /// Any other: `other`.
    #[label(rename = "other")]
    Other,
}

impl MethodLabel {
    /// How many methods there are.
    pub(crate) const COUNT: usize = 10;

    /// Returns the method of this name. Names are case-sensitive (RFC 9110 section 9.1).
    #[inline]
    pub fn named(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "DELETE" => Self::Delete,
            "CONNECT" => Self::Connect,
            "OPTIONS" => Self::Options,
            "TRACE" => Self::Trace,
            "PATCH" => Self::Patch,
            _ => Self::Other,
        }
    }
}

impl From<&http::Method> for MethodLabel {
    /// Equals [`named`](MethodLabel::named); the methods of most requests are numbers to compare.
    #[inline]
    fn from(method: &http::Method) -> Self {
        if *method == http::Method::GET {
            Self::Get
        } else if *method == http::Method::POST {
            Self::Post
        } else {
            Self::named(method.as_str())
        }
    }
}

/// A method as a label of django-prometheus, which has another word for an unknown one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DjangoMethod(pub(crate) MethodLabel);

impl LabelValue for DjangoMethod {
    const CARDINALITY: Option<usize> = Some(MethodLabel::COUNT);

    fn index(&self) -> usize {
        self.0.index()
    }

    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        f(Self::text_at(self.index()))
    }

    fn text_at(index: usize) -> &'static str {
        if index == MethodLabel::Other.index() { "<invalid method>" } else { MethodLabel::text_at(index) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_closed_and_case_sensitive() {
        assert_eq!(MethodLabel::CARDINALITY, Some(MethodLabel::COUNT));
        for index in 0..MethodLabel::COUNT - 1 {
            let method = MethodLabel::named(MethodLabel::text_at(index));
            assert_eq!(method.index(), index);
            assert_eq!(DjangoMethod(method).static_text(), method.static_text());
            let request = http::Method::from_bytes(MethodLabel::text_at(index).as_bytes()).expect("a method");
            assert_eq!(MethodLabel::from(&request), method);
        }
        for strange in ["get", "", "BREW", "GET ", "other"] {
            assert_eq!(MethodLabel::named(strange), MethodLabel::Other, "{strange}");
        }
        assert_eq!(MethodLabel::Other.static_text(), "other");
        assert_eq!(DjangoMethod(MethodLabel::Other).static_text(), "<invalid method>");
    }
}
