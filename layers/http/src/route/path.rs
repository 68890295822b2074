//! Which texts can be the path of a request.

use std::fmt;

use http::uri::PathAndQuery;

/// Why no request has a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathFault {
    /// It does not begin with `/`.
    NoSlash,
    /// A segment of it is a parameter or a wildcard of some router: paths are compared as they are.
    Pattern,
    /// It has a query or a fragment, which are not part of a path.
    Query,
    /// It has characters that a request target has only when they are percent-encoded.
    Characters,
}

impl PathFault {
    /// Returns what is wrong with a path, if something is. Source: RFC 9112 section 3.2, RFC 3986 section 3.3.
    pub(crate) fn of(path: &str) -> Option<Self> {
        // `OPTIONS *` is about the server as a whole, and its target is the one without a slash.
        if path == "*" {
            return None;
        }
        if !path.starts_with('/') {
            return Some(Self::NoSlash);
        }
        if path.split('/').any(is_pattern) {
            return Some(Self::Pattern);
        }
        if path.contains(['?', '#']) {
            return Some(Self::Query);
        }
        let is_target = path.parse::<PathAndQuery>().is_ok_and(|target| target.path() == path);
        if is_target && path.is_ascii() { None } else { Some(Self::Characters) }
    }

    /// Returns a sentence that says what is wrong with `path`, and what to write instead.
    pub(crate) fn advice(self, path: &str) -> Advice<'_> {
        Advice { fault: self, path }
    }
}

/// What is wrong with a path, and what to write instead.
pub(crate) struct Advice<'a> {
    fault: PathFault,
    path: &'a str,
}

impl fmt::Display for Advice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path;
        match self.fault {
            PathFault::NoSlash => write!(f, "`{path}` must start with `/`: write `/{path}`"),
            PathFault::Pattern => {
                let parts = path.split_inclusive('/');
                let before: String =
                    parts.take_while(|part| !is_pattern(part.trim_end_matches('/'))).collect();
                write!(
                    f,
                    "`{path}` matches no request, since paths are compared as they are: write \
                     `.route_by(|request| request.uri.path().starts_with(\"{before}\").then_some(\"{path}\"))`"
                )
            }
            PathFault::Query => {
                let end = path.find(['?', '#']).unwrap_or(path.len());
                let alone = path.get(..end).unwrap_or(path);
                write!(f, "`{path}` is more than a path, and the query is not compared: write `{alone}`")
            }
            PathFault::Characters => {
                write!(
                    f,
                    "`{path}` matches no request, since clients encode some of its characters: write `"
                )?;
                for byte in path.bytes() {
                    if byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte) {
                        write!(f, "{}", char::from(byte))?;
                    } else {
                        write!(f, "%{byte:02X}")?;
                    }
                }
                f.write_str("`")
            }
        }
    }
}

/// Whether a segment is a parameter or a wildcard, in the words of any router: `{id}`, `{*rest}`, `:id`, `*rest`, `<id>`.
fn is_pattern(segment: &str) -> bool {
    segment.starts_with([':', '*']) || segment.contains(['{', '}', '<', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(path: &str) -> Option<String> {
        Some(PathFault::of(path)?.advice(path).to_string())
    }

    #[test]
    fn a_path_that_no_request_has_is_a_fault() {
        for path in
            ["/", "/orders", "/a.b/C", "/v1/things:batch", "/a%20b", "*", "/a//b/", "/~x/!$&'()+,;=@-_"]
        {
            assert_eq!(PathFault::of(path), None, "{path}");
        }
        for path in ["", "orders", "http://shop.example/orders"] {
            assert_eq!(PathFault::of(path), Some(PathFault::NoSlash), "{path}");
        }
        for path in
            ["/orders/{id}", "/files/{*rest}", "/orders/:id", "/files/*rest", "/a/*", "/<id>", "/x{a}y/z"]
        {
            assert_eq!(PathFault::of(path), Some(PathFault::Pattern), "{path}");
        }
        for path in ["/orders?all", "/orders#top"] {
            assert_eq!(PathFault::of(path), Some(PathFault::Query), "{path}");
        }
        for path in ["/a b", "/caf\u{e9}", "/a\nb"] {
            assert_eq!(PathFault::of(path), Some(PathFault::Characters), "{path}");
        }
    }

    #[test]
    fn the_error_says_what_to_write() {
        assert_eq!(advice("health").expect("no slash"), "`health` must start with `/`: write `/health`");
        let pattern = advice("/shops/{shop}/orders").expect("a pattern");
        assert!(
            pattern.ends_with(
                "`.route_by(|request| request.uri.path().starts_with(\"/shops/\").then_some(\"/shops/{shop}/orders\"))`"
            ),
            "{pattern}"
        );
        assert!(advice("/orders?all").expect("a query").ends_with("write `/orders`"));
        assert!(advice("/caf\u{e9} 1").expect("not ASCII").ends_with("write `/caf%C3%A9%201`"));
    }
}
