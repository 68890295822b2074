//! The files of the page, which are part of the program.

use std::{io, sync::Mutex};

use bytes::Bytes;

use super::encoded::Encoded;
use crate::coding::Coding;

/// The path of the page. What it loads is below it.
pub(crate) const PATH: &str = "/live";

/// A file of the page.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    content: &'static [u8],
    /// Compressed when somebody asks for it.
    encoded: Mutex<Option<Encoded>>,
}

impl File {
    const fn new(path: &'static str, content_type: &'static str, content: &'static [u8]) -> Self {
        Self { path, content_type, content, encoded: Mutex::new(None) }
    }

    pub(super) fn get(&self, coding: Coding) -> io::Result<Bytes> {
        let mut encoded = self.encoded.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        encoded.get_or_insert_with(|| Encoded::new(Bytes::from_static(self.content))).get(coding)
    }
}

static FILES: [File; 3] = [
    File::new(PATH, "text/html; charset=utf-8", include_bytes!("files/page.html")),
    File::new("/live/page.js", "text/javascript; charset=utf-8", include_bytes!("files/page.js")),
    File::new("/live/page.css", "text/css; charset=utf-8", include_bytes!("files/page.css")),
];

pub(super) fn find(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

/// Whether a path is one of the live page's, or would be.
pub(crate) fn is_live_path(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(all(test, feature = "gzip"))]
mod tests {
    use super::*;

    /// The page is part of every program that has the feature, and loads in a moment over any connection.
    #[test]
    fn the_page_is_small() {
        let sizes = FILES.each_ref().map(|file| file.get(Coding::Gzip).expect("it is coded").len());
        let sum: usize = sizes.iter().sum();
        assert!(sum < 20 * 1024, "{sum}: {sizes:?}");
    }
}
