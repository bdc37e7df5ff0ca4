//! The front end's files, inside the program and under names that follow their content: a browser may keep them for
//! ever, and never sees one of another version.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::web::problem::Problem;

/// One file, also compressed.
struct File {
    name: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// As `web/dist` was when the program was built; empty when it was not there.
const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/front_end.rs"));

/// Where pages find what they need.
#[derive(Clone, Debug)]
pub struct Assets {
    pub css: Option<String>,
    pub js: Option<String>,
    /// The script of the page that adds evidence.
    pub upload: Option<String>,
    pub icon: Option<String>,
}

impl Assets {
    /// # Panics
    /// Never.
    #[must_use]
    pub fn built() -> Self {
        Self {
            css: address("app", ".css"),
            js: address("app", ".js"),
            upload: address("upload", ".js"),
            icon: address("icon", ".svg"),
        }
    }
}

/// Whether the front end was built into the program.
#[must_use]
pub fn are_built() -> bool {
    !FILES.is_empty()
}

/// The address of the file whose name is this stem, a digest of its content and this ending.
pub fn address(stem: &str, ending: &str) -> Option<String> {
    let file = FILES.iter().find(|file| {
        file.name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-')) && file.name.ends_with(ending)
    });
    file.map(|file| format!("/assets/{}", file.name))
}

/// The address of the folder whose name is this stem and a digest of what is in it, with a slash at its end.
pub fn folder(stem: &str) -> Option<String> {
    let mut folders = FILES.iter().filter_map(|file| file.name.split_once('/').map(|(folder, _)| folder));
    let folder = folders.find(|folder| folder.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-')));
    folder.map(|folder| format!("/assets/{folder}/"))
}

/// What a worker may do that reads the files of others: compile its decoders, and fetch from here. A worker has the
/// policy of its own file and not that of the page.
const WORKER_POLICY: &str =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'";

/// `GET /assets/{name}`; the name of a file in a folder has the folder's before it.
///
/// # Errors
/// `not_found`.
pub async fn read(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let file = FILES.iter().find(|file| file.name == name.as_str()).ok_or_else(Problem::not_found)?;
    let accepted = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepts = |coding: &str| {
        let mut codings = accepted.unwrap_or_default().split(',').map(str::trim);
        codings.any(|offered| {
            let (name, weight) = offered.split_once(';').unwrap_or((offered, ""));
            name.trim() == coding && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        })
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type(media_type(file.name))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if file.name.starts_with("pdf-worker-") {
        response.insert_header((header::CONTENT_SECURITY_POLICY, WORKER_POLICY));
    }
    Ok(if accepts("br") {
        response.insert_header((header::CONTENT_ENCODING, "br")).body(file.brotli)
    } else if accepts("gzip") {
        response.insert_header((header::CONTENT_ENCODING, "gzip")).body(file.gzip)
    } else {
        response.body(file.plain)
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}
