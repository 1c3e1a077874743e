use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use lockgate_core::{Http, HttpRequest, HttpResponse, Secret};

use super::{MAX_REQUEST_HEADERS, NativeHttp};

mod hostile;
mod lookup;

/// A server on this machine. Hands over each request as it came.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Receiver<String>,
}

impl Server {
    fn new(answer: impl Fn(&mut TcpStream) -> io::Result<()> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = read_request(&mut stream);
                // The client may be gone by now, which is what some tests are about.
                let _ = answer(&mut stream);
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Self { address, requests }
    }

    pub(super) fn answering(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::new(move |stream| stream.write_all(&response))
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(super) fn request(&self) -> String {
        self.requests.recv_timeout(Duration::from_secs(5)).unwrap()
    }

    fn saw_nothing(&self) -> bool {
        self.requests.recv_timeout(Duration::from_millis(300)).is_err()
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

fn request(method: &str, url: &str) -> HttpRequest {
    HttpRequest {
        method: method.to_owned(),
        url: url.parse().unwrap(),
        headers: Vec::new(),
        body: Secret::default(),
        private_network: true,
        client_certificate: None,
        deadline: Duration::from_secs(5),
        max_body: 1 << 20,
    }
}

fn send(request: HttpRequest) -> Result<HttpResponse, String> {
    NativeHttp::new().send(request).map_err(|error| match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

fn header<'a>(response: &'a HttpResponse, name: &str) -> Option<&'a str> {
    let (_, value) = response.headers.iter().find(|(known, _)| known == name)?;
    value.expose_text()
}

#[test]
fn posts_a_body_and_a_secret_header_and_nothing_of_its_own() {
    let server = Server::answering(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    );
    let response = send(HttpRequest {
        headers: vec![
            ("authorization".into(), Secret::from("Bearer hunter2")),
            ("content-type".into(), Secret::from("text/plain")),
        ],
        body: Secret::from("grant=x"),
        ..request("POST", &server.url("/oauth/token?a=b"))
    })
    .unwrap();
    assert_eq!(response.status, 200);
    assert_eq!(response.body.expose(), b"{}");
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    let seen = server.request();
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    assert_eq!(lines.remove(0), "POST /oauth/token?a=b HTTP/1.1");
    lines.sort_unstable();
    let host = format!("host: {}", server.address);
    let agent = concat!("user-agent: lockgate/", env!("CARGO_PKG_VERSION"));
    let expected = [
        "authorization: Bearer hunter2",
        "content-length: 7",
        "content-type: text/plain",
        host.as_str(),
        agent,
    ];
    assert_eq!(lines, expected);
    assert_eq!(body, "grant=x");
}

#[test]
fn an_empty_post_has_a_length_and_a_get_has_none() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(send(request("POST", &server.url("/"))).unwrap().status, 204);
    assert!(server.request().contains("\r\ncontent-length: 0\r\n"));
    assert_eq!(send(request("GET", &server.url("/"))).unwrap().status, 204);
    assert!(!server.request().contains("content-length"));
    let with_body = HttpRequest { body: "x".into(), ..request("DELETE", &server.url("/")) };
    assert_eq!(send(with_body).unwrap().status, 204);
    assert!(server.request().ends_with("\r\n\r\nx"));
}

#[test]
fn a_failure_of_the_server_is_a_response() {
    for status in [401, 404, 500, 503] {
        let server = Server::answering(format!(
            "HTTP/1.1 {status} No\r\nWWW-Authenticate: Bearer\r\nContent-Length: 3\r\n\r\nwhy"
        ));
        let response = send(request("GET", &server.url("/"))).unwrap();
        assert_eq!(response.status, status);
        assert_eq!(response.body.expose(), b"why");
        assert_eq!(header(&response, "www-authenticate"), Some("Bearer"));
    }
}

#[test]
fn a_redirect_is_a_response_and_its_target_sees_nothing() {
    let target = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for status in [301, 302, 303, 307, 308] {
        let location = target.url("/stolen");
        let server = Server::answering(format!(
            "HTTP/1.1 {status} Away\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ));
        let response = send(HttpRequest {
            headers: vec![("authorization".into(), Secret::from("Bearer hunter2"))],
            ..request("GET", &server.url("/"))
        })
        .unwrap();
        assert_eq!(response.status, status);
        assert_eq!(header(&response, "location"), Some(location.as_str()));
    }
    assert!(target.saw_nothing());
    // The target answers whoever asks it, so what kept it silent is that nobody did.
    assert_eq!(send(request("GET", &target.url("/stolen"))).unwrap().status, 200);
    assert!(target.request().starts_with("GET /stolen"));
}

#[test]
fn a_body_at_the_cap_is_whole_and_one_byte_more_is_an_error() {
    for (framing, tail) in [("Content-Length: 1000", ""), ("X: y", ""), ("X: y", "z")] {
        let body = "a".repeat(1000);
        let response =
            format!("HTTP/1.1 200 OK\r\n{framing}\r\nConnection: close\r\n\r\n{body}{tail}");
        let server = Server::answering(response);
        let outcome = send(HttpRequest { max_body: 1000, ..request("GET", &server.url("/")) });
        match tail {
            "" => assert_eq!(outcome.unwrap().body.len(), 1000, "{framing}"),
            _ => assert!(outcome.unwrap_err().contains("larger than 1000 bytes")),
        }
    }
    let endless = Server::new(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        loop {
            stream.write_all(b"400\r\n")?;
            stream.write_all(&[b'a'; 0x400])?;
            stream.write_all(b"\r\n")?;
        }
    });
    let error = send(request("GET", &endless.url("/"))).unwrap_err();
    assert!(error.contains("larger than 1048576 bytes"), "{error}");
}

#[test]
fn a_truncated_body_is_an_error() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf");
    assert!(send(request("GET", &server.url("/"))).unwrap_err().contains("failed"));
    let chunked =
        Server::answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
    assert!(send(request("GET", &chunked.url("/"))).unwrap_err().contains("failed"));
}

#[test]
fn endless_headers_are_an_error() {
    let many = "X: y\r\n".repeat(110);
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 0\r\n\r\n"));
    let error = send(request("GET", &server.url("/"))).unwrap_err();
    assert!(error.contains("more headers than 100"), "{error}");
    let few = "X: y\r\n".repeat(99);
    let server = Server::answering(format!("HTTP/1.1 200 OK\r\n{few}Content-Length: 0\r\n\r\n"));
    assert_eq!(send(request("GET", &server.url("/"))).unwrap().headers.len(), 100);
    let endless = Server::new(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nX: ")?;
        loop {
            stream.write_all(&[b'a'; 4096])?;
        }
    });
    let error = send(request("GET", &endless.url("/"))).unwrap_err();
    assert!(error.contains("than 32768 bytes"), "{error}");
}

#[test]
fn a_slow_drip_ends_at_the_deadline() {
    for head in ["HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"] {
        let server = Server::new(move |stream| {
            stream.write_all(head.as_bytes())?;
            for _ in 0..100 {
                stream.write_all(b"H")?;
                thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        });
        let deadline = Duration::from_millis(400);
        let start = Instant::now();
        let error = send(HttpRequest { deadline, ..request("GET", &server.url("/")) }).unwrap_err();
        assert!(error.contains("within 0.4 s"), "{error}");
        assert!(start.elapsed() >= deadline, "{:?}", start.elapsed());
        assert!(start.elapsed() < deadline * 4, "{:?}", start.elapsed());
    }
}

/// Each pause is short, and all of them together are longer than one may be.
#[test]
fn a_slow_answer_that_keeps_coming_is_whole_and_a_pause_that_is_too_long_is_an_error() {
    let dripping = |pause: Duration| {
        Server::new(move |stream| {
            for piece in ["HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n\r\n", "a", "b", "c", "d"] {
                thread::sleep(pause);
                stream.write_all(piece.as_bytes())?;
            }
            Ok(())
        })
    };
    let asked = |server: &Server| {
        let http = NativeHttp::new().stalling_at_most(Duration::from_millis(300));
        http.send(request("GET", &server.url("/"))).map_err(|error| error.to_string())
    };
    let slow = dripping(Duration::from_millis(100));
    assert_eq!(asked(&slow).unwrap().body.expose(), b"abcd");
    let stalled = dripping(Duration::from_millis(1500));
    let start = Instant::now();
    let error = asked(&stalled).unwrap_err();
    assert!(error.contains("neither took nor sent anything, for 0.3 s"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn a_private_address_needs_the_grant() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let port = server.address.port();
    // Every spelling of an address is one address to the URL parser, and to the check.
    for host in
        ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0177.0.0.1", "127.1"]
    {
        let url = format!("http://{host}:{port}/");
        let error =
            send(HttpRequest { private_network: false, ..request("GET", &url) }).unwrap_err();
        assert!(error.contains("private-network"), "{host}: {error}");
    }
    assert!(server.saw_nothing());
    assert_eq!(send(request("GET", &server.url("/"))).unwrap().status, 200);
    let spelled = format!("http://[::ffff:127.0.0.1]:{port}/");
    assert_eq!(send(request("GET", &spelled)).unwrap().status, 200);
}

#[test]
fn http_to_elsewhere_is_refused() {
    let error = send(request("GET", "http://1.1.1.1/")).unwrap_err();
    assert!(error.contains("use https"), "{error}");
    let error = send(request("GET", "http://169.254.169.254/latest/meta-data/")).unwrap_err();
    assert!(error.contains("use https"), "{error}");
    for url in ["http://user@127.0.0.1/", "http://:word@127.0.0.1/", "ftp://127.0.0.1/", "data:x"] {
        assert!(send(request("GET", url)).is_err(), "{url}");
    }
}

#[test]
fn forbidden_headers_and_methods_never_reach_the_server() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let with = |name: &str, value: &str| HttpRequest {
        headers: vec![(name.to_owned(), Secret::from(value))],
        ..request("GET", &server.url("/"))
    };
    for name in ["host", "content-length", "transfer-encoding", "connection", "proxy-authorization"]
    {
        assert!(send(with(name, "1")).unwrap_err().contains("by the host alone"), "{name}");
    }
    for value in ["a\r\nhost: evil", "a\nb", "a\0"] {
        let error = send(with("x-key", value)).unwrap_err();
        assert!(error.contains("control character") && !error.contains("evil"), "{error}");
    }
    for method in ["CONNECT", "TRACE", "TRACK", "get", "GET / HTTP/1.1\r\nx:", ""] {
        let error = send(request(method, &server.url("/"))).unwrap_err();
        assert!(error.contains("is never sent"), "{error}");
    }
    let many = vec![("x-key".to_owned(), Secret::from("v")); MAX_REQUEST_HEADERS + 1];
    let error = send(HttpRequest { headers: many, ..request("GET", &server.url("/")) });
    assert!(error.unwrap_err().contains("more than 64 headers"));
    assert!(server.saw_nothing());
    assert_eq!(send(with("x-key", "a\tb")).unwrap().status, 200);
    assert!(server.request().contains("\r\nx-key: a\tb\r\n"));
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test is its own child, with another environment")]
fn a_proxy_of_the_environment_is_not_used() {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "http::tests::the_longest_header_value_fits"]);
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        again.env(name, "http://127.0.0.1:9");
    }
    let output = String::from_utf8(again.output().unwrap().stdout).unwrap();
    assert!(output.contains("1 passed"), "{output}");
}

#[test]
fn the_longest_header_value_fits() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let value = "k".repeat(64 << 10);
    let sent = HttpRequest {
        headers: vec![("x-key".to_owned(), Secret::from(value.as_str()))],
        ..request("GET", &server.url("/"))
    };
    assert_eq!(send(sent).unwrap().status, 200);
    assert!(server.request().contains(&value));
}
