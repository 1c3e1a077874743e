//! How the requests of providers travel, where anything is said about it.

use lockgate_core::{HttpSettings, ProxySetting, escape};
use serde_json::{Value, json};

/// Lines for people; none where everything goes directly and the system's authorities are believed.
pub(super) fn as_text(http: &HttpSettings) -> String {
    let mut text = String::new();
    for setting in http.proxies.settings() {
        text.push_str(&format!("proxy     {}\n", escape(&shown(setting))));
    }
    let direct: Vec<_> = http.proxies.no_proxy().entries().collect();
    if !text.is_empty() && !direct.is_empty() {
        text.push_str(&format!("directly  {}\n", escape(&direct.join(", "))));
    }
    for file in http.files() {
        text.push_str(&format!("ca-file   {}\n", escape(&file.display().to_string())));
    }
    text
}

/// The same for programs.
pub(super) fn as_json(http: &HttpSettings) -> Value {
    let proxies: Vec<_> = http
        .proxies
        .settings()
        .map(|setting| {
            let proxy = setting.proxy.as_ref();
            json!({
                "proxy": proxy.ok().map(ToString::to_string),
                "problem": proxy.err().map(ToString::to_string),
                "place": setting.place,
            })
        })
        .collect();
    let direct: Vec<_> = http.proxies.no_proxy().entries().collect();
    let files: Vec<_> = http.files().collect();
    json!({ "proxies": proxies, "no_proxy": direct, "ca_files": files })
}

fn shown(setting: &ProxySetting) -> String {
    match &setting.proxy {
        Ok(proxy) => format!("{proxy}  ({})", setting.place),
        Err(error) => format!("cannot be used: {error}  ({})", setting.place),
    }
}
