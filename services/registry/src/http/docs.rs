//! The API's OpenAPI document, and a page to try it. Nothing on the page comes
//! from elsewhere.

use axum::{
    http::{HeaderName, header},
    response::IntoResponse,
};

const DOCUMENT: &str = include_str!("openapi.json");
const PAGE: &str = include_str!("docs.html");

pub(crate) async fn document() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}

/// The page may talk to this registry and to nobody else.
pub(crate) async fn page() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
             connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, PAGE)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::http::route::Route;

    #[test]
    fn every_path_of_the_document_is_one_of_the_api() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let own = ["/changes", "/livez", "/readyz", "/metrics"];
        for path in document["paths"].as_object().unwrap().keys() {
            let filled = path.replace(['{', '}'], "");
            let known = own.contains(&path.as_str()) || Route::of(&filled).is_ok();
            assert!(known, "{path}");
        }
    }

    #[test]
    fn every_schema_that_the_document_refers_to_is_in_it() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for part in DOCUMENT.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }

    #[test]
    fn the_page_asks_nobody_else() {
        for word in ["http://", "https://", "//cdn", "innerHTML"] {
            assert!(!PAGE.contains(word), "{word}");
        }
    }
}
