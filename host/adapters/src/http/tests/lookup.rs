//! Names that have several addresses, or others each time.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockgate_core::{Http, HttpRequest};

use super::super::NativeHttp;
use super::super::resolver::Lookup;
use super::{Server, request};

/// Answers with the first list at the first look-up, with the second one at every further one.
#[derive(Debug)]
struct Flipping {
    answers: [Vec<SocketAddr>; 2],
    asked: AtomicUsize,
}

impl Lookup for Flipping {
    fn lookup(&self, _: &str, _: u16, _: Duration) -> io::Result<Vec<SocketAddr>> {
        let index = self.asked.fetch_add(1, Ordering::SeqCst).min(1);
        Ok(self.answers[index].clone())
    }
}

fn looking_up(lookup: Arc<dyn Lookup>) -> NativeHttp {
    NativeHttp { lookup, ..NativeHttp::new() }
}

fn flipping(first: &[SocketAddr], then: &[SocketAddr]) -> (NativeHttp, Arc<Flipping>) {
    let lookup =
        Arc::new(Flipping { answers: [first.to_vec(), then.to_vec()], asked: AtomicUsize::new(0) });
    (looking_up(Arc::clone(&lookup) as Arc<dyn Lookup>), lookup)
}

#[test]
fn the_name_is_looked_up_once_and_the_checked_address_is_connected_to() {
    let good = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
    let evil = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    let (http, lookup) = flipping(&[good.address], &[evil.address]);
    let url = format!("http://a.example:{}/", good.address.port());
    assert_eq!(http.send(request("GET", &url)).unwrap().body.expose(), b"good");
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1);
    assert!(evil.saw_nothing());
    // A second look-up would have ended at the other server.
    assert_eq!(http.send(request("GET", &url)).unwrap().body.expose(), b"evil");
}

#[test]
fn one_private_address_among_others_refuses_the_name() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let elsewhere = SocketAddr::from(([1, 1, 1, 1], 80));
    for addresses in [[server.address, elsewhere], [elsewhere, server.address]] {
        for private_network in [false, true] {
            let (http, _) = flipping(&addresses, &[]);
            let sent = HttpRequest { private_network, ..request("GET", "http://a.example/") };
            assert!(http.send(sent).is_err());
        }
    }
    assert!(server.saw_nothing());
    let (http, _) = flipping(&[server.address], &[]);
    assert_eq!(http.send(request("GET", "http://a.example/")).unwrap().status, 200);
    let (http, _) = flipping(&[], &[]);
    let error = http.send(request("GET", "http://a.example/")).unwrap_err().to_string();
    assert_eq!(error, "`a.example` has no address");
}

#[test]
fn a_slow_look_up_ends_at_the_deadline() {
    #[derive(Debug)]
    struct Slow(Mutex<Option<Duration>>);
    impl Lookup for Slow {
        fn lookup(&self, _: &str, _: u16, within: Duration) -> io::Result<Vec<SocketAddr>> {
            *self.0.lock().unwrap() = Some(within);
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let lookup = Arc::new(Slow(Mutex::new(None)));
    let http = looking_up(Arc::clone(&lookup) as Arc<dyn Lookup>);
    let error = http.send(request("GET", "http://a.example/")).unwrap_err().to_string();
    assert!(error.contains("within 5 s"), "{error}");
    assert!(lookup.0.lock().unwrap().unwrap() <= Duration::from_secs(5));
}
