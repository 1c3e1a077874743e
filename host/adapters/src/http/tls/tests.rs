use std::io::{Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use lockgate_core::{Http, HttpRequest, HttpResponse, Secret};
use rcgen::{ExtendedKeyUsagePurpose, date_time_ymd};
use rustls::KeyLogFile;

use self::fixture::{Authority, Server, Signed, leaf, server_config};
use crate::http::NativeHttp;
use crate::http::resolver::Lookup;

pub(crate) mod fixture;

#[derive(Debug)]
struct At(SocketAddr);

impl Lookup for At {
    fn lookup(&self, _: &str, _: u16, _: Duration) -> std::io::Result<Vec<SocketAddr>> {
        Ok(vec![self.0])
    }
}

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: url.parse().unwrap(),
        headers: vec![("authorization".to_owned(), Secret::from("Bearer hunter2"))],
        body: Secret::default(),
        private_network: true,
        client_certificate: None,
        deadline: Duration::from_secs(5),
        max_body: 1 << 20,
    }
}

/// The outcome, or the error with its causes.
fn send(http: &NativeHttp, request: HttpRequest) -> Result<HttpResponse, String> {
    http.send(request).map_err(|error| {
        let mut shown = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            shown += &format!(": {error}");
            cause = error.source();
        }
        shown
    })
}

/// Asks the server as `good.example`, trusting one authority.
fn ask(server: &Server, trusted: &str) -> Result<HttpResponse, String> {
    send(&trusting(server, trusted), request(&server.url("good.example")))
}

fn trusting(server: &Server, pem: &str) -> NativeHttp {
    let http = NativeHttp::with_roots(pem.as_bytes().to_vec());
    NativeHttp { lookup: Arc::new(At(server.address)), ..http }
}

fn assert_refused(server: &Server, trusted: &str, why: &str) {
    let error = ask(server, trusted).unwrap_err();
    assert!(error.contains(why) && error.contains("`good.example`"), "{error}");
    assert_eq!(server.said(), "", "{why}");
}

/// The attack's twin: the same, but for what was wrong.
fn assert_accepted(server: &Server, trusted: &str) {
    assert_eq!(ask(server, trusted).unwrap().status, 200);
    assert!(server.said().contains("\r\nauthorization: Bearer hunter2\r\n"));
}

#[test]
fn a_certificate_out_of_its_time_is_refused_and_within_it_accepted() {
    let authority = Authority::new("Authority");
    let within = |from: i32, to: i32| {
        let signed = authority.sign("good.example", |params| {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(to, 1, 1);
        });
        Server::new(server_config(&signed, None))
    };
    assert_refused(&within(2000, 2020), &authority.pem, "has expired");
    assert_refused(&within(4000, 4001), &authority.pem, "is not valid yet");
    assert_accepted(&within(2000, 4001), &authority.pem);
}

#[test]
fn a_certificate_for_another_name_is_refused_and_for_this_one_accepted() {
    let authority = Authority::new("Authority");
    for name in
        ["evil.example", "good.example.evil", "a.good.example", "*.good.example", "*.example"]
    {
        let server = Server::new(server_config(&authority.sign(name, |_| {}), None));
        assert_refused(&server, &authority.pem, "is for another name");
    }
    assert_accepted(&Server::new(server_config(&authority.good(), None)), &authority.pem);
    // An address is no name, and needs a certificate of its own.
    let server = Server::new(server_config(&authority.good(), None));
    let http = trusting(&server, &authority.pem);
    let error = send(&http, request(&server.url("127.0.0.1"))).unwrap_err();
    assert!(error.contains("is for another name"), "{error}");
    for (address, url) in [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")] {
        let server = Server::new(server_config(&authority.sign(address, |_| {}), None));
        let http = trusting(&server, &authority.pem);
        assert_eq!(send(&http, request(&server.url(url))).unwrap().status, 200);
    }
}

#[test]
fn an_unknown_authority_is_refused_and_a_trusted_one_accepted() {
    let known = Authority::new("Authority");
    // The second one calls itself what the trusted one is called.
    for other in [Authority::new("Other"), Authority::new("Authority")] {
        let server = Server::new(server_config(&other.good(), None));
        assert_refused(&server, &known.pem, "update-ca-certificates");
        assert_accepted(&server, &other.pem);
    }
}

#[test]
fn a_certificate_that_signs_itself_is_refused_and_accepted_where_it_is_trusted() {
    let (params, key) = leaf("good.example", |_| {});
    let chain = params.self_signed(&key).unwrap().pem();
    let signed = Signed { chain: chain.clone(), key: key.serialize_pem() };
    let server = Server::new(server_config(&signed, None));
    assert_refused(&server, &Authority::new("Authority").pem, "no authority that this system");
    assert_accepted(&server, &chain);
}

#[test]
fn a_certificate_for_another_purpose_is_refused_and_for_servers_accepted() {
    let authority = Authority::new("Authority");
    let for_purpose = |purpose: ExtendedKeyUsagePurpose| {
        let signed = authority.sign("good.example", |params| {
            params.extended_key_usages = vec![purpose.clone()];
        });
        Server::new(server_config(&signed, None))
    };
    let client = for_purpose(ExtendedKeyUsagePurpose::ClientAuth);
    assert_refused(&client, &authority.pem, "is not valid");
    assert_accepted(&for_purpose(ExtendedKeyUsagePurpose::ServerAuth), &authority.pem);
}

/// No library makes a certificate with SHA-1 any more, so these were made with openssl, for a
/// hundred years, and differ in nothing else.
#[test]
fn a_certificate_signed_with_sha1_is_refused_and_with_sha256_accepted() {
    let key = include_str!("testdata/key.pem").to_owned();
    let authority = include_str!("testdata/authority.pem");
    let server = |chain: &str| {
        let signed = Signed { chain: chain.to_owned(), key: key.clone() };
        Server::new(server_config(&signed, None))
    };
    assert_refused(&server(include_str!("testdata/sha1.pem")), authority, "SHA-1");
    assert_accepted(&server(include_str!("testdata/sha256.pem")), authority);
}

#[test]
fn offers_the_two_safe_versions_of_tls_and_the_name_of_the_server() {
    let server = Server::speaking(|mut stream| {
        let mut hello = [0; 4096];
        let length = stream.read(&mut hello).unwrap();
        hello[..length].iter().map(|byte| format!("{byte:02x}")).collect()
    });
    assert!(ask(&server, &Authority::new("Authority").pem).is_err());
    let hello = server.said();
    // The extension supported_versions: five bytes, a list of four, 1.3 and 1.2.
    assert!(hello.contains("002b00050403040303"), "{hello}");
    let name: String = b"good.example".iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(hello.contains(&name) && !hello.contains("hunter2"), "{hello}");
}

#[test]
fn a_server_without_tls_gets_nothing_and_is_not_asked_again_without_it() {
    let server = Server::speaking(|mut stream| {
        let mut hello = [0; 4096];
        let length = stream.read(&mut hello).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        String::from_utf8_lossy(&hello[..length]).into_owned()
    });
    let error = ask(&server, &Authority::new("Authority").pem).unwrap_err();
    assert!(error.contains("the request to `good.example` failed"), "{error}");
    assert!(!server.said().contains("hunter2"));
    assert!(server.said.recv_timeout(Duration::from_millis(300)).is_err());
}

#[test]
fn a_handshake_that_never_ends_ends_at_the_deadline() {
    let authority = Authority::new("Authority");
    let drip = Server::speaking(|mut stream| {
        // A record of 16 KiB, a byte at a time.
        for byte in [0x16, 3, 3, 0x40, 0].into_iter().chain([2; 100]) {
            if stream.write_all(&[byte]).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        String::new()
    });
    let silent = Server::speaking(|stream| {
        thread::sleep(Duration::from_secs(5));
        drop(stream);
        String::new()
    });
    for server in [&drip, &silent] {
        let deadline = Duration::from_millis(400);
        let start = Instant::now();
        let url = server.url("good.example");
        let request = HttpRequest { deadline, ..request(&url) };
        let error = send(&trusting(server, &authority.pem), request).unwrap_err();
        assert!(error.contains("within 0.4 s"), "{error}");
        assert!(start.elapsed() >= deadline, "{:?}", start.elapsed());
        assert!(start.elapsed() < deadline * 3, "{:?}", start.elapsed());
    }
    assert_accepted(&Server::new(server_config(&authority.good(), None)), &authority.pem);
}

#[test]
fn a_redirect_over_tls_is_a_response_and_its_target_sees_nothing() {
    let authority = Authority::new("Authority");
    let target = Server::new(server_config(&authority.good(), None));
    let location: &'static str = format!(
        "HTTP/1.1 307 Away\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        target.url("good.example")
    )
    .leak();
    let server = Server::answering(server_config(&authority.good(), None), location.as_bytes());
    assert_eq!(ask(&server, &authority.pem).unwrap().status, 307);
    assert!(target.said.recv_timeout(Duration::from_millis(300)).is_err());
    // The target answers whoever asks it.
    assert_accepted(&target, &authority.pem);
}

fn client_file(folder: &Path, content: &str, mode: u32) -> PathBuf {
    let path = folder.join("client.pem");
    #[allow(clippy::disallowed_methods, reason = "the test arranges the user's file")]
    {
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    path
}

#[test]
fn a_client_certificate_is_shown_where_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, stranger) = (Authority::new("Authority"), Authority::new("Stranger"));
    let server = Server::new(server_config(&authority.good(), Some(&authority)));
    let http = trusting(&server, &authority.pem);
    let with = |certificate: Option<&Signed>| {
        let client_certificate = certificate.map(|signed| {
            client_file(folder.path(), &format!("{}{}", signed.chain, signed.key), 0o600)
        });
        let url = server.url("good.example");
        let outcome = send(&http, HttpRequest { client_certificate, ..request(&url) });
        (outcome.map(|response| response.status), server.said())
    };
    let (mine, theirs) = (authority.sign("me", |_| {}), stranger.sign("me", |_| {}));
    for certificate in [None, Some(&theirs)] {
        let (outcome, said) = with(certificate);
        let error = outcome.unwrap_err();
        assert!(error.contains("`good.example` wants a client certificate"), "{error}");
        assert_eq!(said, "");
    }
    let (outcome, said) = with(Some(&mine));
    assert_eq!(outcome, Ok(200));
    assert!(said.contains("hunter2"));
}

#[test]
fn a_client_certificate_that_cannot_be_used_ends_the_request_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let http = trusting(&server, &authority.pem);
    let with = |path: PathBuf| {
        let url = server.url("good.example");
        let request = HttpRequest { client_certificate: Some(path), ..request(&url) };
        send(&http, request).map(|response| response.status)
    };
    let (mine, other) = (authority.sign("me", |_| {}), authority.sign("me", |_| {}));
    let both = format!("{}{}", mine.chain, mine.key);
    let encrypted = both.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (content, mode, why) in [
        (both.clone(), 0o644, "chmod 600"),
        (both.clone(), 0o640, "chmod 600"),
        (both.clone(), 0o602, "can be written by other users"),
        (mine.chain.clone(), 0o600, "no private key"),
        (mine.key.clone(), 0o600, "no certificate"),
        (encrypted, 0o600, "no private key"),
        (format!("{}{}", mine.chain, other.key), 0o600, "is not that of its first certificate"),
        ("x".repeat((64 << 10) + 1), 0o600, "larger than 65536 bytes"),
        (String::new(), 0o600, "no certificate"),
    ] {
        let error = with(client_file(folder.path(), &content, mode)).unwrap_err();
        assert!(error.contains(why) && error.contains("client.pem"), "{why}: {error}");
    }
    for (path, why) in [("/nowhere/client.pem", "no such file"), ("client.pem", "not an absolute")]
    {
        let error = with(PathBuf::from(path)).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    assert!(server.said.recv_timeout(Duration::from_millis(300)).is_err());
    assert_eq!(with(client_file(folder.path(), &both, 0o600)), Ok(200));
}

/// Runs as the child of the test below, whose environment an attacker wrote. Alone it shows that
/// the system's own authorities can be read.
#[test]
fn the_systems_authorities_alone_are_believed() {
    let attacker = Authority::new("Attacker");
    let mut config = server_config(&attacker.good(), None);
    let log = PathBuf::from(option_env("SSLKEYLOGFILE").unwrap_or_default());
    if let Some(file) = option_env("SSL_CERT_FILE") {
        client_file(Path::new(&file).parent().unwrap(), &attacker.pem, 0o600);
    }
    let server = Server::new(config.clone());
    let http = NativeHttp { lookup: Arc::new(At(server.address)), ..NativeHttp::new() };
    let error = send(&http, request(&server.url("good.example"))).unwrap_err();
    assert!(error.contains("no authority that this system trusts"), "{error}");
    assert_eq!(server.said(), "");
    assert_accepted(&server, &attacker.pem);
    assert!(!log.exists(), "the keys were written down");
    // The twin: a server that heeds the variable writes the keys of the same connection.
    config.key_log = Arc::new(KeyLogFile::new());
    assert_accepted(&Server::new(config), &attacker.pem);
    assert_eq!(log.exists(), log.is_absolute());
}

#[allow(clippy::disallowed_methods, reason = "the child's environment is what the test is about")]
fn option_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test is its own child, with another environment")]
fn variables_choose_no_authorities_and_write_no_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "http::tls::tests::the_systems_authorities_alone_are_believed"]);
    again.env("SSLKEYLOGFILE", folder.path().join("keys.log"));
    again.env("SSL_CERT_FILE", folder.path().join("client.pem"));
    again.env("SSL_CERT_DIR", folder.path());
    let output = String::from_utf8(again.output().unwrap().stdout).unwrap();
    assert!(output.contains("1 passed"), "{output}");
}

#[test]
fn no_list_of_authorities_is_an_error_that_says_what_to_install() {
    let server = Server::new(server_config(&Authority::new("Authority").good(), None));
    let error = ask(&server, "no certificate").unwrap_err();
    assert!(error.contains("install the package `ca-certificates`"), "{error}");
}

#[test]
fn nothing_of_tls_is_read_before_https_is_used() {
    let http = NativeHttp::new();
    assert!(!http.roots.is_loaded());
    let plain = Server::speaking(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        String::new()
    });
    let url = format!("http://{}/", plain.address);
    assert_eq!(send(&http, request(&url)).unwrap().status, 200);
    assert!(!http.roots.is_loaded());
    assert!(send(&http, request(&plain.url("127.0.0.1"))).is_err());
    assert!(http.roots.is_loaded());
}
