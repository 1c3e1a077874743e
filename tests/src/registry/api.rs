//! What the registry answers.

use serde_json::{Value, json};

use super::http::{Request, Response};
use super::{Access, Fault, Shared, State, index, publish};

/// The answer to one request.
pub(super) fn answer(shared: &Shared, request: &Request) -> Response {
    let mut state = shared.lock();
    let path = request.path.split('?').next().unwrap_or_default();
    let is_api = path.starts_with("/api/");
    if (is_api || shared.access == Access::Private) && !is_authorized(&state, request) {
        return refusal(shared, &state);
    }
    if let Some(file) = path.strip_prefix("/index/") {
        return index_file(shared, &state, file);
    }
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", ["dl", name, version, "download"]) => download(&mut state, name, version),
        ("PUT", ["api", "v1", "crates", "new"]) => upload(&mut state, &request.body),
        ("DELETE", ["api", "v1", "crates", name, version, "yank"]) => {
            yank(&mut state, name, version, true)
        }
        ("PUT", ["api", "v1", "crates", name, version, "unyank"]) => {
            yank(&mut state, name, version, false)
        }
        (method, ["api", "v1", "crates", name, "owners"]) => {
            owners(&mut state, method, name, &request.body)
        }
        _ => not_found(),
    }
}

fn is_authorized(state: &State, request: &Request) -> bool {
    let given = request.header("authorization");
    state.tokens.iter().any(|token| given == Some(token.as_str()))
}

fn refusal(shared: &Shared, state: &State) -> Response {
    let challenge = format!("Cargo login_url=\"{}\"", shared.login_url());
    let challenge = (!state.faults.contains(&Fault::NoChallenge)).then_some(challenge);
    Response { challenge, ..Response::error(401, "a valid token is needed here") }
}

fn not_found() -> Response {
    Response::error(404, "there is no such thing")
}

fn index_file(shared: &Shared, state: &State, file: &str) -> Response {
    if file == "config.json" {
        return config(shared, state);
    }
    let package = state.packages.iter().find(|(name, _)| index::path(name) == file);
    package.map_or_else(not_found, |(_, package)| Response::ok(package.file()))
}

fn config(shared: &Shared, state: &State) -> Response {
    let status = state.faults.iter().find_map(|fault| match fault {
        Fault::ConfigStatus(status) => Some(*status),
        _ => None,
    });
    if let Some(status) = status {
        return Response::error(status, "the server is broken");
    }
    let mut config = json!({ "dl": format!("{}/dl", shared.origin()) });
    if !state.faults.contains(&Fault::NoApi) {
        config["api"] = json!(shared.origin());
    }
    if shared.access == Access::Private {
        config["auth-required"] = json!(true);
    }
    Response::ok(config.to_string())
}

fn download(state: &mut State, name: &str, version: &str) -> Response {
    let release = state.packages.get_mut(name).and_then(|package| package.release(version));
    release.map_or_else(not_found, |release| Response::ok(release.archive.clone()))
}

fn upload(state: &mut State, body: &[u8]) -> Response {
    let Ok((name, release)) = publish::parse(body) else {
        return Response::error(400, "the upload is malformed");
    };
    let package = state.packages.entry(name).or_default();
    if package.release(&release.version).is_some() {
        return Response::error(400, "this version is there already");
    }
    package.releases.push(release);
    let nothing: [&str; 0] = [];
    let warnings =
        json!({ "invalid_categories": nothing, "invalid_badges": nothing, "other": nothing });
    Response::ok(json!({ "warnings": warnings }).to_string())
}

fn yank(state: &mut State, name: &str, version: &str, yanked: bool) -> Response {
    let release = state.packages.get_mut(name).and_then(|package| package.release(version));
    release.map_or_else(not_found, |release| {
        release.yanked = yanked;
        Response::ok(json!({ "ok": true }).to_string())
    })
}

fn owners(state: &mut State, method: &str, name: &str, body: &[u8]) -> Response {
    let Some(package) = state.packages.get_mut(name) else { return not_found() };
    let named = users(body);
    match method {
        "GET" => {
            let user = |(id, login): (usize, &String)| json!({ "id": id, "login": login });
            let users: Vec<Value> = package.owners.iter().enumerate().map(user).collect();
            return Response::ok(json!({ "users": users }).to_string());
        }
        "PUT" => package.owners.extend(named),
        "DELETE" => package.owners.retain(|owner| !named.contains(owner)),
        _ => return not_found(),
    }
    Response::ok(json!({ "ok": true, "msg": "the owners were changed" }).to_string())
}

fn users(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let users = body.get("users").and_then(Value::as_array);
    users.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
