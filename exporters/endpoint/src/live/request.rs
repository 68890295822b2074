//! What a page asks for.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_ENCODING, header::CONTENT_TYPE, header::VARY};
use tallymark_panels::Export;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    files::{self, File},
    shared::LivePage,
    state::State,
};
use crate::{
    body::Body,
    coding::Coding,
    encoding::Encoding,
    limit::Permit,
    page,
    query::parameter,
    response::{explain, plain_response, unavailable},
};

/// The windows of rates, in seconds. Each is evaluated for all pages that have chosen it, so there are few.
const WINDOWS: [u64; 4] = [30, 60, 120, 300];

/// The window of a request that names none, in seconds.
const WINDOW: u64 = 60;

const JSON: &str = "application/json";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request of a page.
pub(crate) struct LiveRequest {
    page: Arc<LivePage>,
    resource: Resource,
    coding: Coding,
}

/// What can be asked for.
enum Resource {
    File(&'static File),
    Contents,
    Board { slug: String, window: Duration, seen: (u64, i64) },
    Report,
    Exemplars,
    Export(Permit),
}

impl LiveRequest {
    /// Reads a request, whose path is one of the page's or would be.
    pub(crate) fn read(
        page: &Arc<LivePage>,
        (path, query): (&str, Option<&str>),
        coding: Coding,
        admit: impl FnOnce() -> Option<Permit>,
    ) -> Result<Self, Box<Response<Body>>> {
        let resource = if let Some(file) = files::find(path) {
            Resource::File(file)
        } else {
            match path.strip_prefix(files::PATH).unwrap_or_default() {
                "/contents" => Resource::Contents,
                "/board" => board(query)?,
                "/report" => Resource::Report,
                "/exemplars" => Resource::Exemplars,
                "/export" => {
                    let busy = || unavailable("Too many scrapes at once.\n");
                    Resource::Export(admit().ok_or_else(busy)?)
                }
                _ => {
                    let text = format!("Nothing here. The live page is at {}\n", files::PATH);
                    return Err(explain(StatusCode::NOT_FOUND, text));
                }
            }
        };
        Ok(Self { page: Arc::clone(page), resource, coding })
    }

    pub(crate) async fn respond(self) -> Response<Body> {
        let Self { page, resource, coding } = self;
        let (content_type, body) = match resource {
            Resource::File(file) => (file.content_type, file.get(coding).map(Some)),
            Resource::Export(permit) => return export(&page, coding, permit).await,
            data => (JSON, load(&page, data, coding).await),
        };
        match body {
            Ok(Some(bytes)) => respond(Body::bytes(bytes), content_type, coding),
            Ok(None) => *explain(StatusCode::NOT_FOUND, "There is no such section.\n"),
            // The cause may be the message of a panic, which is no business of the client.
            Err(_) => *unavailable("The metrics could not be evaluated.\n"),
        }
    }
}

/// Reads which section is asked for, and what the page has of it.
fn board(query: Option<&str>) -> Result<Resource, Box<Response<Body>>> {
    let bad = |text: String| explain(StatusCode::BAD_REQUEST, text);
    let slug =
        parameter(query, "slug").ok_or_else(|| bad("The parameter `slug` is missing.\n".to_owned()))?;
    let window = match parameter(query, "window") {
        None => Some(WINDOW),
        Some(text) => text.parse().ok().filter(|window| WINDOWS.contains(window)),
    };
    let window = window.ok_or_else(|| bad(format!("The parameter `window` is one of {WINDOWS:?}.\n")))?;
    let number = |name| parameter(query, name).and_then(|text| text.parse().ok());
    let since = parameter(query, "since").and_then(|text| text.parse().ok());
    let seen = (number("version").unwrap_or(0), since.unwrap_or(0));
    Ok(Resource::Board { slug, window: Duration::from_secs(window), seen })
}

/// Returns the bytes of JSON, or nothing if there is no such section.
async fn load(page: &Arc<LivePage>, resource: Resource, coding: Coding) -> io::Result<Option<Bytes>> {
    page.begin().await?;
    match resource {
        Resource::Board { slug, window, seen } => {
            let board = move |state: &mut State| {
                state.board(&(slug, window), seen).map(|json| json.get(coding)).transpose()
            };
            page.with_state(board).await?
        }
        Resource::Report => page.report(coding).await.map(Some),
        Resource::Exemplars => page.with_state(move |state| state.exemplars().get(coding)).await?.map(Some),
        _ => page.with_state(move |state| state.contents().get(coding)).await?.map(Some),
    }
}

/// An export that is under way. Another one waits until it is over.
struct Exporting {
    export: Export,
    _turn: OwnedSemaphorePermit,
}

impl Iterator for Exporting {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        self.export.next().map(String::into_bytes)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.export.size_hint()
    }
}

async fn export(page: &Arc<LivePage>, coding: Coding, permit: Permit) -> Response<Body> {
    let failed = || *unavailable("The samples could not be encoded.\n");
    let Ok(turn) = Arc::clone(&page.exports).try_acquire_owned() else {
        let mut permit = permit;
        permit.finish();
        return *unavailable("Another export is under way.\n");
    };
    if page.begin().await.is_err() {
        return failed();
    }
    let Ok(export) = page.with_state(|state| state.export()).await else { return failed() };
    let encoding = Encoding::of(Exporting { export, _turn: turn }, coding);
    match Body::encode(encoding, permit).await {
        Ok(body) => respond(body, OPENMETRICS, coding),
        Err(_) => failed(),
    }
}

fn respond(body: Body, content_type: &'static str, coding: Coding) -> Response<Body> {
    let mut response = plain_response(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(coding) = coding.header() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    page::protect(headers, page::Policy::OwnFiles);
    response
}
