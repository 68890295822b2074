//! Values of configuration files, and their formats.

mod json;
mod yaml;

pub(crate) use json::to_json;
pub(crate) use yaml::to_yaml;

/// A value of JSON or YAML. Maps keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Adds an entry to a map.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Self>) -> Self {
        if let Self::Map(entries) = &mut self {
            entries.push((key.to_owned(), value.into()));
        }
        self
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<f64> for Node {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<i32> for Node {
    fn from(value: i32) -> Self {
        Self::Number(f64::from(value))
    }
}

impl From<&str> for Node {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Node {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<Node>> for Node {
    fn from(value: Vec<Node>) -> Self {
        Self::List(value)
    }
}

/// Creates a [`Node`] from a syntax like JSON: `node!({ "a": [1, true], "b": (any_expression) })`.
macro_rules! node {
    (null) => { $crate::format::Node::Null };
    ([ $($value:tt),* $(,)? ]) => { $crate::format::Node::List(vec![$($crate::format::node!($value)),*]) };
    ({ $($key:tt : $value:tt),* $(,)? }) => {
        $crate::format::Node::Map(vec![$((String::from($key), $crate::format::node!($value))),*])
    };
    (($value:expr)) => { $crate::format::Node::from($value) };
    ($value:expr) => { $crate::format::Node::from($value) };
}
pub(crate) use node;
