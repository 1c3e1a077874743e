mod hostile;
mod server;

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockgate_core::{
    Authorities, Http, HttpRequest, HttpResponse, HttpSettings, NoProxy, ProxyRules, ProxySetting,
    Secret, TlsVersions,
};

use self::server::{Manner, ProxyServer};
use crate::http::NativeHttp;
use crate::http::resolver::{Lookup, SystemLookup};
use crate::http::tls::Roots;
use crate::http::tls::tests::fixture::{Authority, Server, server_config};

const CANARY: &str = "hunter2";
/// `alice:s3cret`.
const LOGIN: &str = "Basic YWxpY2U6czNjcmV0";

fn request(url: &str) -> HttpRequest {
    HttpRequest {
        method: "GET".to_owned(),
        url: url.parse().unwrap(),
        headers: vec![("authorization".to_owned(), Secret::from(format!("Bearer {CANARY}")))],
        body: Secret::default(),
        private_network: false,
        client_certificate: None,
        deadline: Duration::from_secs(5),
        max_body: 1 << 20,
    }
}

fn through(proxy: &str) -> HttpSettings {
    let setting = ProxySetting::new(&proxy.into(), "the test");
    let proxies = ProxyRules::always(setting, NoProxy::default());
    HttpSettings { proxies, ..HttpSettings::default() }
}

/// HTTP with these settings that believes one authority.
fn http(settings: HttpSettings, trusted: &Authority) -> NativeHttp {
    let roots = Roots::given(trusted.pem.clone().into_bytes());
    NativeHttp { roots, ..NativeHttp::configured(settings) }
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

/// Whether nobody told the server anything; connections without a handshake count as nothing.
fn saw_nothing(server: &Server) -> bool {
    let next = || server.said.recv_timeout(Duration::from_millis(300)).ok();
    std::iter::from_fn(next).all(|said| said.is_empty())
}

#[derive(Debug)]
struct Noted(Mutex<Vec<String>>);

impl Lookup for Noted {
    fn lookup(&self, host: &str, port: u16, within: Duration) -> io::Result<Vec<SocketAddr>> {
        self.0.lock().unwrap().push(host.to_owned());
        SystemLookup.lookup(host, port, within)
    }
}

#[test]
fn https_goes_through_a_tunnel_that_the_proxy_cannot_look_into() {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let proxy = ProxyServer::new(Manner::leading_to(server.address));
    let noted = Arc::new(Noted(Mutex::default()));
    let http = NativeHttp {
        lookup: Arc::clone(&noted) as Arc<dyn Lookup>,
        ..http(through(&proxy.url("http", "")), &authority)
    };
    assert_eq!(send(&http, request("https://good.example/token")).unwrap().status, 200);
    let said = server.said();
    assert!(said.starts_with("GET /token HTTP/1.1\r\n") && said.contains(CANARY), "{said}");
    assert!(!said.contains("proxy-"), "{said}");
    let agent = concat!("lockgate/", env!("CARGO_PKG_VERSION"));
    let host = "good.example:443";
    let question =
        format!("CONNECT {host} HTTP/1.1\r\nhost: {host}\r\nuser-agent: {agent}\r\n\r\n");
    assert_eq!(proxy.asked(), [question]);
    let carried = proxy.carried();
    assert!(carried.len() > 1000, "the proxy carried it: {}", carried.len());
    assert!(!carried.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    // The name of the target is the proxy's to look up.
    assert_eq!(*noted.0.lock().unwrap(), ["127.0.0.1"]);
}

#[test]
fn a_proxy_is_told_who_asks_and_the_target_is_not() {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let manner = Manner { login: Some(LOGIN), ..Manner::leading_to(server.address) };
    let proxy = ProxyServer::new(manner);
    let ask = |login: &str| {
        let http = http(through(&proxy.url("http", login)), &authority);
        send(&http, request("https://good.example/")).map(|response| response.status)
    };
    let error = ask("").unwrap_err();
    assert!(error.contains("wants to know who asks (407)"), "{error}");
    let error = ask("alice:wr0ng@").unwrap_err();
    assert!(error.contains("did not take the user and password"), "{error}");
    assert!(!error.contains("wr0ng") && !error.contains("alice"), "{error}");
    assert!(saw_nothing(&server));
    assert_eq!(ask("alice:s3cret@"), Ok(200));
    assert!(!server.said().contains("roxy-"));
}

#[test]
fn plain_http_asks_the_proxy_itself_and_goes_to_this_machine_alone() {
    let server = Server::speaking(|mut stream| {
        let (mut said, mut byte) = (Vec::new(), [0]);
        while !said.ends_with(b"\r\n\r\nx=y") && io::Read::read(&mut stream, &mut byte).is_ok() {
            said.push(byte[0]);
        }
        let _ = io::Write::write_all(&mut stream, b"HTTP/1.1 204 No\r\n\r\n");
        String::from_utf8(said).unwrap()
    });
    let manner = Manner { login: Some(LOGIN), ..Manner::leading_to(server.address) };
    let proxy = ProxyServer::new(manner);
    let authority = Authority::new("Authority");
    let ask = |login: &str, url: &str, private_network| {
        let http = http(through(&proxy.url("http", login)), &authority);
        let body = Secret::from("x=y");
        let request = HttpRequest { method: "POST".into(), body, private_network, ..request(url) };
        send(&http, request).map(|response| response.status)
    };
    for url in ["http://localhost:8080/a?b=c", "http://127.0.0.1/a"] {
        let error = ask("alice:s3cret@", url, false).unwrap_err();
        assert!(error.contains("private-network"), "{error}");
    }
    let error = ask("alice:s3cret@", "http://good.example/", true).unwrap_err();
    assert!(error.contains("http without TLS goes only to this machine"), "{error}");
    assert!(proxy.asked().is_empty());
    let error = ask("", "http://localhost:8080/", true).unwrap_err();
    assert!(error.contains("wants to know who asks"), "{error}");
    assert_eq!(ask("alice:s3cret@", "http://localhost:8080/a?b=c", true), Ok(204));
    let said = server.said();
    let line =
        format!("POST http://localhost:8080/a?b=c HTTP/1.1\r\nproxy-authorization: {LOGIN}\r\n");
    assert!(said.starts_with(&line) && said.ends_with("\r\n\r\nx=y"), "{said}");
    assert!(said.contains("\r\nhost: localhost:8080\r\n"), "{said}");
}

#[test]
fn a_proxy_over_tls_is_believed_before_it_is_told_anything() {
    let (authority, of_proxy) = (Authority::new("Authority"), Authority::new("Proxy"));
    let server = Server::new(server_config(&authority.good(), None));
    let tls = Arc::new(server_config(&of_proxy.sign("127.0.0.1", |_| {}), None));
    let manner =
        Manner { tls: Some(tls), login: Some(LOGIN), ..Manner::leading_to(server.address) };
    let proxy = ProxyServer::new(manner);
    let http = http(through(&proxy.url("https", "alice:s3cret@")), &authority);
    let error = send(&http, request("https://good.example/")).unwrap_err();
    assert!(error.contains("`127.0.0.1` was not trusted, and nothing was sent to it"), "{error}");
    assert!(proxy.asked().is_empty() && saw_nothing(&server));
    let believed = Some(Roots::given(of_proxy.pem.clone().into_bytes()));
    let http = NativeHttp { proxy_roots: believed, ..http };
    assert_eq!(send(&http, request("https://good.example/")).unwrap().status, 200);
    assert_eq!(proxy.asked().len(), 1);
    // Who vouches for the proxy does not vouch for the target.
    let other = Server::new(server_config(&of_proxy.good(), None));
    let manner = Manner::leading_to(other.address);
    let http = NativeHttp { settings: through(&ProxyServer::new(manner).url("http", "")), ..http };
    let error = send(&http, request("https://good.example/")).unwrap_err();
    assert!(error.contains("`good.example` through the proxy"), "{error}");
}

#[test]
fn addresses_in_the_url_are_checked_although_the_proxy_connects() {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.sign("10.0.0.1", |_| {}), None));
    let proxy = ProxyServer::new(Manner::leading_to(server.address));
    let http = http(through(&proxy.url("http", "")), &authority);
    for url in [
        "https://10.0.0.1/",
        "https://0x0a000001/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://x.localhost./",
        "http://1.1.1.1/",
    ] {
        assert!(send(&http, request(url)).is_err(), "{url}");
    }
    let granted = |url| HttpRequest { private_network: true, ..request(url) };
    assert!(send(&http, granted("https://0.0.0.0/")).is_err());
    assert!(proxy.asked().is_empty());
    assert_eq!(send(&http, granted("https://10.0.0.1/")).unwrap().status, 200);
    assert!(proxy.asked()[0].starts_with("CONNECT 10.0.0.1:443 HTTP/1.1\r\n"));
}

#[test]
fn what_no_proxy_covers_goes_directly_and_the_rest_does_not() {
    let server = crate::http::tests::Server::answering("HTTP/1.1 204 No\r\n\r\n");
    let proxy = ProxyServer::new(Manner::leading_to(server.address));
    let authority = Authority::new("Authority");
    let ask = |list: &str| {
        let setting = ProxySetting::new(&proxy.url("http", "").as_str().into(), "the test");
        let proxies = ProxyRules::always(setting, NoProxy::of_variable(list));
        let settings = HttpSettings { proxies, ..HttpSettings::default() };
        let request = HttpRequest { private_network: true, ..request(&server.url("/here")) };
        send(&http(settings, &authority), request).unwrap();
        server.request()
    };
    assert!(ask("127.0.0.0/8").starts_with("GET /here "));
    assert!(proxy.asked().is_empty());
    assert!(ask("10.0.0.0/8").starts_with("GET http://127.0.0.1:"));
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let authority = Authority::new("Authority");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    for proxy in [format!("http://u:s3cret@{closed}"), "http://u:s3cret@no.invalid:1".to_owned()] {
        let http = http(through(&proxy), &authority);
        let error = send(&http, request("https://good.example/")).unwrap_err();
        assert!(error.starts_with("the proxy `http://"), "{error}");
        assert!(error.contains("could not be reached") && !error.contains("s3cret"), "{error}");
    }
    let http = http(through("socks5://u:s3cret@127.0.0.1:1"), &authority);
    let error = send(&http, request("https://good.example/")).unwrap_err();
    assert!(error.contains("`good.example` was not contacted"), "{error}");
    assert!(error.contains("SOCKS proxies are not supported") && !error.contains("s3cret"));
}

#[test]
fn what_servers_are_told_about_the_program_is_as_configured() {
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let proxy = ProxyServer::new(Manner::leading_to(server.address));
    let ask = |user_agent: &str| {
        let user_agent = Some(user_agent.to_owned());
        let settings = HttpSettings { user_agent, ..through(&proxy.url("http", "")) };
        send(&http(settings, &authority), request("https://good.example/"))
    };
    let error = ask("a\r\nx-evil: b").unwrap_err();
    assert!(error.contains("`user-agent` has a control character"), "{error}");
    assert!(proxy.asked().is_empty());
    ask("corp/1").unwrap();
    assert!(proxy.asked()[0].contains("\r\nuser-agent: corp/1\r\n"));
    assert!(server.said().contains("\r\nuser-agent: corp/1\r\n"));
}

fn file(folder: &Path, content: &str, mode: u32) -> PathBuf {
    let path = folder.join("authorities.pem");
    #[allow(clippy::disallowed_methods, reason = "the test arranges the user's file")]
    {
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    path
}

#[test]
fn authorities_of_a_file_are_believed_instead_of_the_systems_or_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("Authority");
    let server = Server::new(server_config(&authority.good(), None));
    let proxy = ProxyServer::new(Manner::leading_to(server.address));
    let ask = |authorities: Authorities| {
        let settings = HttpSettings { authorities, ..through(&proxy.url("http", "")) };
        let http = NativeHttp::configured(settings);
        send(&http, request("https://good.example/")).map(|response| response.status)
    };
    let own = file(folder.path(), &authority.pem, 0o600);
    assert_eq!(ask(Authorities::Only(own.clone())), Ok(200));
    assert_eq!(ask(Authorities::SystemAnd(own)), Ok(200));
    let error = ask(Authorities::System).unwrap_err();
    assert!(error.contains("no authority that this system trusts"), "{error}");
    let other = Authority::new("Other");
    let error = ask(Authorities::Only(file(folder.path(), &other.pem, 0o600))).unwrap_err();
    assert!(error.contains("no authority"), "{error}");
    for (path, why) in [
        (file(folder.path(), "no certificate", 0o600), "has no certificate in PEM"),
        (folder.path().join("missing.pem"), "there is no such file"),
        (folder.path().to_owned(), "not a regular file"),
    ] {
        for authorities in [Authorities::Only(path.clone()), Authorities::SystemAnd(path.clone())] {
            let error = ask(authorities).unwrap_err();
            assert!(error.contains(why) && error.contains(path.to_str().unwrap()), "{error}");
        }
    }
    let error = ask(Authorities::Only(file(folder.path(), &authority.pem, 0o602))).unwrap_err();
    assert!(error.contains("can be written by other users"), "{error}");
}

#[test]
fn a_bound_of_tls_is_kept() {
    let authority = Authority::new("Authority");
    let only = |version| {
        let mut config = server_config(&authority.good(), None);
        let provider = Arc::clone(config.crypto_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider);
        let builder = builder.with_protocol_versions(&[version]).unwrap().with_no_client_auth();
        let resolver = Arc::clone(&config.cert_resolver);
        config = builder.with_cert_resolver(resolver);
        Server::new(config)
    };
    let ask = |server: &Server, tls| {
        let proxy = ProxyServer::new(Manner::leading_to(server.address));
        let settings = HttpSettings { tls, ..through(&proxy.url("http", "")) };
        send(&http(settings, &authority), request("https://good.example/")).is_ok()
    };
    let (old, new) = (only(&rustls::version::TLS12), only(&rustls::version::TLS13));
    for (tls, with_old, with_new) in [
        (TlsVersions::Both, true, true),
        (TlsVersions::Only12, true, false),
        (TlsVersions::Only13, false, true),
    ] {
        assert_eq!((ask(&old, tls), ask(&new, tls)), (with_old, with_new), "{tls:?}");
    }
}
