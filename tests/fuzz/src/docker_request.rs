//! What docker asks, and what it is answered.

use std::collections::BTreeMap;

use lockgate_core::Registry;
use lockgate_protocol::docker::{
    RequestError, StoreRequest, decode_server, decode_store, encode_error, encode_get, encode_list,
    read_input,
};
use serde_json::{Value, json};

use crate::CANARY;
use crate::shown::{assert_line, assert_lines, told};

/// What docker writes to a helper: a credential, which written again is read as the same one and told
/// as it was, or an error that quotes nothing of it; and a server, which is one line without white
/// space around it. Taken is a credential.
pub fn docker_request(data: &[u8]) -> bool {
    let input = read_input(&mut &*data).expect("bytes in memory can be read");
    assert_eq!(*input, data);
    match decode_server(&input) {
        Ok(registry) => check_server(&registry, data),
        Err(error) => check_refusal(&error),
    }
    match decode_store(&input) {
        Ok(request) => {
            check_store(&request);
            true
        }
        Err(error) => {
            check_refusal(&error);
            false
        }
    }
}

fn check_server(registry: &Registry, data: &[u8]) {
    let server = registry.url();
    assert!(!server.is_empty() && server.len() <= 4 << 10, "{server:?}");
    assert!(!server.chars().any(char::is_control), "{server:?}");
    // Nothing inside of it was taken out.
    let text = std::str::from_utf8(data).expect("a server is text");
    assert_eq!(server, text.trim());
}

fn check_store(request: &StoreRequest) {
    let StoreRequest { registry, username, secret } = request;
    let server = registry.url();
    check_server(registry, server.as_bytes());
    assert!(!username.is_empty() && !username.chars().any(char::is_control), "{username:?}");
    let text = secret.expose_text().expect("JSON is text");
    let written = json!({ "ServerURL": server, "Username": username, "Secret": text });
    let again = decode_store(written.to_string().as_bytes());
    let again = again.unwrap_or_else(|error| panic!("{written}: {}", told(&error)));
    assert_eq!((again.registry.url(), &again.username), (server, username));
    assert_eq!(again.secret.expose(), secret.expose());
    let answer = encode_get(server, &username.as_str().into(), secret).expect("it is text");
    check_json(answer.expose(), &written);
    let users = BTreeMap::from([(server.to_owned(), username.clone())]);
    check_json(&encode_list(&users), &json!({ server: username }));
}

/// One line that means the same, in which everything can be seen.
fn check_json(line: &[u8], expected: &Value) {
    let text = std::str::from_utf8(line).expect("an answer is text");
    let line = text.strip_suffix('\n').expect("an answer is a line");
    assert_line(line);
    let value: Value = serde_json::from_str(line).expect("an answer is JSON");
    assert_eq!(&value, expected);
}

fn check_refusal(error: &RequestError) {
    let told = told(error);
    assert_lines(&told);
    assert!(!told.contains(CANARY), "{told}");
    let line = encode_error(&[told]);
    assert_line(line.strip_suffix('\n').expect("an answer is a line"));
}
