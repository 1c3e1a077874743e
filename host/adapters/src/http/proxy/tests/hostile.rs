//! Proxies that answer what no proxy answers.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use lockgate_core::HttpRequest;

use super::server::{Manner, ProxyServer};
use super::{CANARY, http, request, saw_nothing, send, through};
use crate::http::tls::tests::fixture::{Authority, Server, server_config};

/// Asks through a proxy that answers CONNECT like this, and whether the target saw nothing; the target
/// would answer.
fn refused(
    answer: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static,
) -> String {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let manner = Manner::leading_to(server.address);
    let hostile = ProxyServer::new(manner.clone().answering(answer));
    let ask = |proxy: &ProxyServer| {
        let http = http(through(&proxy.url("http", "alice:s3cret@")), &authority);
        send(&http, request("https://good.example/")).map(|response| response.status)
    };
    let error = ask(&hostile).unwrap_err();
    for secret in [CANARY, "s3cret", "alice"] {
        assert!(!error.contains(secret), "{error}");
    }
    assert!(error.contains(&format!("the proxy `http://{}`", hostile.address)), "{error}");
    assert!(saw_nothing(&server));
    // The twin: an honest proxy on the way to the same server.
    assert_eq!(ask(&ProxyServer::new(manner)), Ok(200));
    error
}

fn refused_with(answer: &'static str) -> String {
    refused(move |stream| stream.write_all(answer.as_bytes()))
}

#[test]
fn a_refusal_is_told_with_its_status_and_nothing_of_its_text() {
    for (answer, status) in [
        ("HTTP/1.1 403 \u{1b}]0;owned\r\nContent-Length: 4\r\n\r\nowned", "status 403"),
        ("HTTP/1.1 502 owned\r\nContent-Length: 0\r\n\r\n", "status 502"),
        ("HTTP/1.0 503 owned\r\n\r\n", "status 503"),
    ] {
        let error = refused_with(answer);
        assert!(error.contains("did not connect to `good.example`"), "{error}");
        assert!(error.contains(status) && !error.contains("owned"), "{error}");
    }
}

#[test]
fn a_redirect_of_the_proxys_is_not_followed() {
    let authority = Authority::new("Authority");
    let evil = Server::new(server_config(&authority.good(), None));
    let location: &'static str = evil.url("127.0.0.1").leak();
    for status in [301, 302, 307, 308] {
        let error = refused(move |stream| {
            write!(stream, "HTTP/1.1 {status} x\r\nLocation: {location}\r\n\r\n")
        });
        assert!(error.contains(&format!("status {status}")), "{error}");
    }
    assert!(saw_nothing(&evil));
}

#[test]
fn an_endless_answer_has_an_end() {
    let begun = Instant::now();
    for head in ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let error = refused(move |stream| {
            for _ in 0..4096 {
                stream.write_all(head.as_bytes())?;
                stream.write_all(&[b'a'; 4096])?;
            }
            Ok(())
        });
        assert!(error.contains("is endless") || error.contains("is not HTTP"), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_stands_behind_the_answer_is_not_taken_for_the_targets() {
    let smuggled = "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    assert!(refused_with(smuggled).contains("has something behind it"));
}

#[test]
fn what_is_not_http_is_told() {
    for answer in
        ["SSH-2.0-x\r\n\r\n", "\u{0}\u{1}", "HTTP/1.1 abc\r\n\r\n", "HTTP/3 200 OK\r\n\r\n"]
    {
        assert!(refused_with(answer).contains("its answer is not HTTP"), "{answer:?}");
    }
    let cut = refused(|stream| {
        stream.write_all(b"HTTP/1.1 200")?;
        Err(std::io::ErrorKind::BrokenPipe.into())
    });
    assert!(cut.contains("is cut short"), "{cut}");
}

#[test]
fn a_slow_answer_ends_at_the_deadline_of_the_whole() {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let silent = |stream: &mut dyn Write| {
        thread::sleep(Duration::from_secs(3));
        stream.write_all(b"")
    };
    let drip = |stream: &mut dyn Write| {
        for byte in b"HTTP/1.1 200 OK\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
            stream.write_all(&[*byte])?;
            stream.flush()?;
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    };
    let manner = Manner::leading_to(server.address);
    for hostile in [manner.clone().answering(silent), manner.clone().answering(drip)] {
        let proxy = ProxyServer::new(hostile);
        let http = http(through(&proxy.url("http", "")), &authority);
        let deadline = Duration::from_millis(400);
        let begun = Instant::now();
        let request = HttpRequest { deadline, ..request("https://good.example/") };
        let error = send(&http, request).unwrap_err();
        assert!(error.contains("within 0.4 s") && error.contains("the proxy"), "{error}");
        assert!(begun.elapsed() >= deadline && begun.elapsed() < deadline * 3);
    }
}

/// A proxy that answers itself, with a certificate of its own; the twin is the one whose authority the
/// configuration names.
#[test]
fn a_proxy_that_is_the_target_itself_is_believed_only_by_configuration() {
    let (authority, of_proxy) = (Authority::new("Authority"), Authority::new("Proxy"));
    let pretender = Server::new(server_config(&of_proxy.good(), None));
    let proxy = ProxyServer::new(Manner::leading_to(pretender.address));
    let ask = |trusted: &Authority| {
        let http = http(through(&proxy.url("http", "")), trusted);
        send(&http, request("https://good.example/")).map(|response| response.status)
    };
    let error = ask(&authority).unwrap_err();
    assert!(error.contains("`good.example` through the proxy"), "{error}");
    assert!(error.contains("was not trusted, and nothing was sent to it"), "{error}");
    assert_eq!(pretender.said(), "");
    assert_eq!(ask(&of_proxy), Ok(200));
    assert!(pretender.said().contains(CANARY));
}
