//! What may be over by itself is tried again, in cargo's words.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::machine::{Has, Machine};

#[test]
fn a_server_that_fails_is_asked_again_and_the_person_told_as_by_cargo() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    machine.configure(&machine.registry.index("503"));
    let theirs = machine.came(&machine.theirs(&[]).env("CARGO_NET_RETRY", "1"));
    machine.forget();
    let ours = machine.came(&machine.ours(&[]).env("CARGO_NET_RETRY", "1"));
    assert_eq!(theirs, ours);
    assert_eq!(ours.seen.len(), 2);
    assert!(ours.stderr.contains("spurious network error (1 try remaining)"), "{ours:#?}");
}

#[test]
fn how_often_is_the_users_choice_and_not_a_projects() {
    let machine = Machine::new();
    let index = machine.registry.index("503");
    machine.configure_with(&index, "[net]\nretry = 0\n");
    machine.home.write_project_config("[net]\nretry = 2\n");
    let came = machine.came(&machine.ours(&[]).without_env("CARGO_NET_RETRY"));
    assert_eq!(came.seen.len(), 1, "{came:#?}");
    assert!(came.stderr.contains("`net.retry` in"), "{came:#?}");
}

#[test]
fn a_registry_that_is_not_there_ends_the_login() {
    let machine = Machine::new();
    machine.configure("sparse+http://127.0.0.1:1/index/");
    let theirs = machine.came(&machine.theirs(&[]));
    let ours = machine.came(&machine.ours(&[]));
    assert_eq!((theirs.code, ours.code), (Some(101), Some(101)));
    for said in [&theirs.stderr, &ours.stderr] {
        assert!(said.contains("error: download of config.json failed\n"), "{said}");
        let address = "failed to download from `http://127.0.0.1:1/index/config.json`";
        assert!(said.contains(address), "{said}");
    }
    assert!(ours.asked.is_empty());
}

/// The address of a proxy that says this to everybody, and no more.
fn proxy_saying(said: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.read(&mut [0; 4096]);
            let _ = client.write_all(said.as_bytes());
        }
    });
    format!("http://127.0.0.1:{port}")
}

#[test]
fn what_fails_at_a_proxy_is_tried_again_as_by_cargo() {
    let machine = Machine::new();
    machine.configure("sparse+https://index.invalid/i/");
    for proxy in [
        "http://127.0.0.1:1".to_owned(),
        "http://proxy.invalid:1".to_owned(),
        proxy_saying(""),
        proxy_saying("HTTP/1.1 2"),
        proxy_saying("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n"),
        proxy_saying("HTTP/1.1 407 Who\r\ncontent-length: 0\r\n\r\n"),
    ] {
        for run in [machine.theirs(&[]), machine.ours(&[])] {
            let run = run.env("https_proxy", &proxy).env("CARGO_NET_RETRY", "1");
            let came = machine.came(&run);
            assert_eq!(came.code, Some(101), "{proxy}: {came:#?}");
            assert_eq!(
                came.stderr.matches("spurious network error (1 try").count(),
                1,
                "{came:#?}"
            );
        }
    }
}

/// Each pause is shorter than `http.timeout`, and all of them are longer, for cargo and for us; of one
/// that is longer both say that nothing came.
#[test]
fn a_slow_answer_that_keeps_coming_is_waited_for() {
    let machine = Machine::new();
    // Wide apart: cargo counts bytes in a second of a machine that may be busy.
    for (pause, code) in [(900, 0), (9000, 101)] {
        let index = format!("sparse+{}/i/", dripping(Duration::from_millis(pause)));
        for run in [machine.theirs(&[]), machine.ours(&[])] {
            machine.forget();
            machine.configure(&index);
            let run = run.env("CARGO_HTTP_TIMEOUT", "3").env("CARGO_NET_RETRY", "0");
            let came = machine.came(&run);
            assert_eq!(came.code, Some(code), "{pause}: {came:#?}");
        }
    }
}

/// Bytes that come at once: enough for cargo, which wants ten in a second.
const PIECE: usize = 30;

/// The address of a server that pauses before each piece of its answer.
fn dripping(pause: Duration) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = r#"{"dl":"https://h.example/dl","api":"https://h.example"}"#;
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nX-A: b\r\n\r\n{body}", body.len());
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.read(&mut [0; 4096]);
            for piece in answer.as_bytes().chunks(PIECE) {
                std::thread::sleep(pause);
                let _ = client.write_all(piece);
            }
        }
    });
    format!("http://127.0.0.1:{port}")
}
