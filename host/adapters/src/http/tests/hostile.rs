//! Registries that want more than they were asked for.

use lockgate_core::{Http, HttpRequest, Secret};

use super::super::NativeHttp;
use super::{Server, header, request, send};

const CANARY: &str = "hunter2";

fn authorized(url: &str) -> HttpRequest {
    let value = Secret::from(format!("Bearer {CANARY}"));
    HttpRequest { headers: vec![("authorization".into(), value)], ..request("GET", url) }
}

#[test]
fn a_realm_is_never_asked_by_itself_wherever_it_points() {
    let attacker = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    let (url, port) = (attacker.url("/steal"), attacker.address.port());
    let realms = [
        url.clone(),
        format!("https://127.0.0.1:{port}/steal"),
        format!("http://localhost:{port}/steal"),
        format!("//127.0.0.1:{port}/steal"),
        format!("http://[::ffff:127.0.0.1]:{port}/steal"),
        "file:///etc/passwd".to_owned(),
    ];
    for realm in realms {
        let server = Server::answering(format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{realm}\",service=\"x\"\r\n\
             Link: <{realm}>; rel=preload\r\nRefresh: 0;url={realm}\r\nContent-Length: 0\r\n\r\n"
        ));
        let response = send(authorized(&server.url("/v2/"))).unwrap();
        assert_eq!(response.status, 401);
        assert!(header(&response, "www-authenticate").unwrap().contains(&realm));
        assert!(server.request().contains(CANARY));
    }
    assert!(attacker.saw_nothing());
    // The attacker's server takes what it is sent, so what kept it silent is that nothing was.
    send(authorized(&url)).unwrap();
    assert!(attacker.request().contains(CANARY));
}

/// 64 KiB of zeros as `gzip -9` packs them. Members one behind the other are one file.
const PACKED: &[u8] =
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x01\x01\x00\x00\x00\x80\x90\xfe\
    \xaf\xee\x08\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
    \x00\x00\x00\x00\x00\x00\x00\x6a\xeb\x8e\x97\xd7\x00\x00\x01\x00";

fn packed(encoding: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{encoding}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn a_compressed_body_is_not_asked_for_not_unpacked_and_capped_as_it_came() {
    let server = Server::answering(packed("Content-Encoding: gzip\r\n", PACKED));
    let response = send(request("GET", &server.url("/"))).unwrap();
    assert_eq!(response.body.expose(), PACKED);
    assert_eq!(header(&response, "content-encoding"), Some("gzip"));
    assert!(!server.request().to_ascii_lowercase().contains("accept-encoding"));
    let bomb = PACKED.repeat(1000);
    for encoding in ["Content-Encoding: gzip\r\n", ""] {
        let server = Server::answering(packed(encoding, &bomb));
        let capped = HttpRequest { max_body: bomb.len() - 1, ..request("GET", &server.url("/")) };
        assert!(send(capped).unwrap_err().contains("is larger than"));
        let whole = HttpRequest { max_body: bomb.len(), ..request("GET", &server.url("/")) };
        assert_eq!(send(whole).unwrap().body.len(), bomb.len());
    }
}

#[test]
fn what_a_server_says_is_sealed_in_a_response_and_never_in_an_error() {
    let said = format!("\x1b]0;{CANARY}\x07\x1b[2J{CANARY}");
    let server = Server::answering(format!(
        "HTTP/1.1 500 {CANARY}\r\nX-Echo: {CANARY}\r\nContent-Length: {}\r\n\r\n{said}",
        said.len()
    ));
    let response = send(authorized(&server.url("/"))).unwrap();
    // It is there, for a provider that may take it apart, and shows nothing by itself.
    assert_eq!(response.body.expose_text(), Some(said.as_str()));
    assert_eq!(header(&response, "x-echo"), Some(CANARY));
    assert!(!format!("{response:?}").contains(CANARY), "{response:?}");
    for broken in [
        said.clone(),
        format!("HTTP/1.1 {CANARY} {said}\r\n\r\n"),
        format!("HTTP/{CANARY} 200 OK\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\n{said}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {CANARY}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{said}\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{said}"),
    ] {
        let server = Server::answering(broken.clone() + "\r\n\r\n");
        let error = NativeHttp::new().send(authorized(&server.url("/"))).unwrap_err();
        let mut shown = format!("{error} {error:?}");
        let mut cause = error.source();
        while let Some(inner) = cause {
            shown += &format!(" {inner}");
            cause = inner.source();
        }
        assert!(!shown.contains(CANARY) && !shown.contains('\x1b'), "{shown:?} for {broken:?}");
    }
}
