//! What a provider was asked, by cargo or by Lockgate, in one form.

use serde_json::Value;

/// A request in the recorder's own words, from them or from cargo's JSON.
pub(crate) fn request(line: &str) -> String {
    let line = line.trim_start_matches("recorder: ");
    let Ok(request) = serde_json::from_str::<Value>(line) else { return line.to_owned() };
    let registry = request.get("registry").unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let name = registry.get("name").map(|name| name.as_str().unwrap());
    let url = registry.get("index-url").unwrap().as_str().unwrap();
    let kind = request.get("kind").unwrap().as_str().unwrap();
    let with = if request.get("token").is_some() { " with a token" } else { "" };
    let link = request
        .get("login-url")
        .map_or_else(String::new, |link| format!(" at {}", link.as_str().unwrap()));
    let arguments = request.get("args").map(texts).unwrap_or_default();
    format!("{kind}{with}{link} {url} {name:?} {arguments:?}")
}

/// A request as a native program got it, without the headers that are no challenges.
pub(crate) fn whole_request(line: &str) -> String {
    let mut request: Value = serde_json::from_str(line).unwrap();
    if let Some(headers) = request.pointer_mut("/registry/headers").and_then(Value::as_array_mut) {
        let is_challenge =
            |header: &str| header.to_ascii_lowercase().starts_with("www-authenticate:");
        headers.retain(|header| header.as_str().is_some_and(is_challenge));
    }
    request.to_string()
}
