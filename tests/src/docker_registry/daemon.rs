//! As much of docker's daemon as a login asks: it says whether an account is the registry's.
//!
//! The real one asks the registry itself. docker checks what it has stored by its daemon alone.

use serde_json::{Value, json};

use super::answer::{Response, is_known};
use crate::registry::http::Request;

/// What a daemon answers; none if this is no request to one.
pub(super) fn answer(request: &Request) -> Option<Response> {
    match request.path.rsplit('/').next().unwrap_or_default() {
        "_ping" => Some(Response::new(200, "OK").with("Api-Version", "1.45".to_owned())),
        "auth" => Some(check(&request.body)),
        _ => None,
    }
}

fn check(body: &[u8]) -> Response {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    if is_known(&format!("{}:{}", text("username"), text("password"))) {
        let body = json!({ "Status": "Login Succeeded", "IdentityToken": "" });
        return Response::new(200, body.to_string());
    }
    let body = json!({ "message": "unauthorized: unknown name or password" });
    Response::new(401, body.to_string())
}
