//! Request methods.

use tallymark_core::LabelValue as Value;

use crate::LabelValue;

/// The method of a request, as a label: one of a closed set, whatever a client sends.
///
/// Source of the set: RFC 9110 section 9.3, and RFC 5789 for `PATCH`.
#[derive(LabelValue, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[label(crate = crate, rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
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

impl Method {
    /// How many there are.
    pub(crate) const COUNT: usize = 10;

    /// The method of this name. Names are case-sensitive (RFC 9110 section 9.1).
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

impl From<&http::Method> for Method {
    /// The same as by its name; the methods that are most of all requests are numbers to compare.
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

/// The same with django-prometheus' word for an unknown method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DjangoMethod(pub(crate) Method);

impl Value for DjangoMethod {
    const CARDINALITY: Option<usize> = Some(Method::COUNT);

    fn index(&self) -> usize {
        self.0.index()
    }

    fn text<R>(&self, f: impl FnOnce(&str) -> R) -> R {
        f(Self::text_at(self.index()))
    }

    fn text_at(index: usize) -> &'static str {
        if index == Method::Other.index() { "<invalid method>" } else { Method::text_at(index) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_closed_and_case_sensitive() {
        assert_eq!(Method::CARDINALITY, Some(Method::COUNT));
        for index in 0..Method::COUNT - 1 {
            let method = Method::named(Method::text_at(index));
            assert_eq!(method.index(), index);
            assert_eq!(DjangoMethod(method).static_text(), method.static_text());
            let request = http::Method::from_bytes(Method::text_at(index).as_bytes()).expect("a method");
            assert_eq!(Method::from(&request), method);
        }
        for strange in ["get", "", "BREW", "GET ", "other"] {
            assert_eq!(Method::named(strange), Method::Other, "{strange}");
        }
        assert_eq!(Method::Other.static_text(), "other");
        assert_eq!(DjangoMethod(Method::Other).static_text(), "<invalid method>");
    }
}
