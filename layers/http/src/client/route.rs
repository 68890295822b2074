//! Routes of requests that the program sends.

/// The template of the route that a request is sent to, such as `/orders/{id}`: the `route` label of the families of clients.
///
/// The program puts it into the extensions of the request. It is a text that the program wrote down, so the ids in a path
/// cannot become labels.
///
/// ```
/// use tallymark_http::RouteTemplate;
///
/// let mut request = http::Request::get("http://stock.example/items/7").body(())?;
/// request.extensions_mut().insert(RouteTemplate("/items/{id}"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RouteTemplate(pub &'static str);
