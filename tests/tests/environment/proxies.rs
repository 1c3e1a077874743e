//! Which proxy the requests of providers go through, and which those of cargo's own index.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use lockgate_tests::plugin::get;
use lockgate_tests::{Home, Plugin, Policy, Proxy, Run};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::INDEX;

/// Nobody has this name, so that a request reaches it through a proxy or not at all.
const HOST: &str = "sso.corp.example";

/// A company's server with a certificate from its own authority.
struct Company {
    port: u16,
    authority: String,
}

impl Company {
    fn start() -> Self {
        let mut of_authority = CertificateParams::new([]).unwrap();
        of_authority.distinguished_name.push(DnType::CommonName, "The company's authority");
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = of_authority.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(of_authority, key);
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new([HOST.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &issuer).unwrap().der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key);
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::new(config.unwrap());
        thread::spawn(move || serve(&listener, &config));
        Self { port, authority }
    }
}

/// Answers everybody with the configuration of an index.
fn serve(listener: &TcpListener, config: &Arc<ServerConfig>) {
    for stream in listener.incoming().flatten() {
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
            head.push(byte[0]);
        }
        let body = format!("{{\"dl\":\"https://{HOST}/\",\"api\":\"https://{HOST}\"}}");
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n";
        let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
        stream.conn.send_close_notify();
        let _ = stream.flush();
    }
}

/// A machine with a provider that may ask the company's server.
struct Machine {
    home: Home,
    company: Company,
    proxy: Proxy,
    authority: PathBuf,
}

fn machine() -> Machine {
    let (home, company) = (Home::new(), Company::start());
    let authority = home.user().join("authority.pem");
    fs::write(&authority, &company.authority).unwrap();
    let asked = format!("http = [\"https://{HOST}\"]");
    let granted = ["registries=cargo:*", &format!("http=https://{HOST}")];
    let _ = home.install_hostile(&asked, &granted).succeeds();
    let proxy = Proxy::leading_to(company.port);
    Machine { home, company, proxy, authority }
}

impl Machine {
    /// `[http]` of Lockgate's own configuration, which believes the company's authority.
    fn http(&self, proxy: &str) -> String {
        format!("[http]\n{proxy}\nca-file = \"{}\"\n", self.authority.display())
    }

    /// What the provider says: the status that it got, or why it got none.
    fn asks(&self, run: Run) -> String {
        let words = ["hostile", "send-http", &format!("https://{HOST}/token"), "text"];
        let answer = Plugin::start(&run).ask(&get(INDEX, &words));
        match answer["Ok"]["token"].as_str() {
            Some(token) => token.to_owned(),
            None => answer.to_string(),
        }
    }

    fn is_reached(&self, run: Run) -> bool {
        self.asks(run) == "status 200"
    }
}

#[test]
fn a_providers_request_goes_through_the_proxy_of_lockgates_own_configuration() {
    let machine = machine();
    assert!(!machine.is_reached(machine.home.plugin()), "there is no such host");
    assert!(machine.proxy.asked().is_empty());
    let proxy = format!("proxy = \"{}\"", machine.proxy.url());
    machine.home.write_lockgate_config(&machine.http(&proxy));
    assert_eq!(machine.asks(machine.home.plugin()), "status 200");
    let asked = machine.proxy.asked();
    assert_eq!(machine.proxy.lines(), [format!("CONNECT {HOST}:443 HTTP/1.1")]);
    assert!(asked[0].contains("proxy-authorization: Basic YWxpY2U6czNjcmV0\r\n"), "{asked:?}");
    // Without the company's authority the one that answers is nobody.
    machine.home.write_lockgate_config(&format!("[http]\n{proxy}\n"));
    let refused = machine.asks(machine.home.plugin());
    assert!(refused != "status 200" && !refused.contains("s3cret"), "{refused}");
}

#[test]
fn what_no_proxy_covers_does_not_go_through_it() {
    let machine = machine();
    for (list, through) in [("corp.example", false), ("*", false), ("other.example", true)] {
        let proxy = format!("proxy = \"{}\"\nno-proxy = [\"{list}\"]", machine.proxy.url());
        machine.home.write_lockgate_config(&machine.http(&proxy));
        assert_eq!(machine.is_reached(machine.home.plugin()), through, "{list}");
        assert_eq!(machine.proxy.asked().is_empty(), !through, "{list}");
    }
}

#[test]
fn a_proxy_of_the_environment_is_used_only_where_the_configuration_says_so() {
    let machine = machine();
    let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"];
    for name in names {
        for proxy in ["", "proxy = \"environment\""] {
            machine.home.write_lockgate_config(&machine.http(proxy));
            let run = machine.home.plugin().env(name, machine.proxy.url());
            let before = machine.proxy.asked().len();
            let through = !proxy.is_empty() && name != "http_proxy";
            assert_eq!(machine.is_reached(run), through, "{name} {proxy}");
            assert_eq!(machine.proxy.asked().len() > before, through, "{name} {proxy}");
        }
    }
    machine.home.write_lockgate_config(&machine.http("proxy = \"environment\""));
    let run = machine.home.plugin().env("https_proxy", machine.proxy.url());
    assert!(!machine.is_reached(run.env("no_proxy", "corp.example")));
}

/// The attack, in a project's file and in the user's own for cargo; the twin is the same proxy in
/// Lockgate's own configuration.
#[test]
fn cargos_own_network_is_not_the_providers() {
    let machine = machine();
    let text = format!(
        "[http]\nproxy = \"{}\"\ncainfo = \"{}\"\n",
        machine.proxy.url(),
        machine.authority.display()
    );
    let _ = machine.home.write_project_config(&text);
    machine.home.write_config(&text);
    let run = machine.home.plugin().env("CARGO_HTTP_PROXY", machine.proxy.url());
    assert!(!machine.is_reached(run));
    assert!(machine.proxy.asked().is_empty());
    let proxy = format!("proxy = \"{}\"", machine.proxy.url());
    machine.home.write_lockgate_config(&machine.http(&proxy));
    assert!(machine.is_reached(machine.home.plugin()));
}

#[test]
fn the_policys_proxy_takes_the_place_of_the_users() {
    let machine = machine();
    let users = Proxy::leading_to(machine.company.port);
    let users_own = format!("proxy = \"{}\"\nno-proxy = [\"corp.example\"]", users.url());
    machine.home.write_lockgate_config(&machine.http(&users_own));
    let of_policy = format!("proxy = \"http://127.0.0.1:{}\"", machine.proxy.port);
    let Some(policy) = Policy::new(&machine.http(&of_policy)) else { return };
    assert!(machine.is_reached(policy.over(machine.home.plugin())));
    assert_eq!(machine.proxy.asked().len(), 1);
    policy.write("[http]\n");
    assert!(!machine.is_reached(policy.over(machine.home.plugin())));
    assert_eq!((machine.proxy.asked().len(), users.asked().len()), (1, 0));
    // The twin: the user's own counts where the policy says nothing about it.
    policy.write("message = \"Ask us.\"\n");
    machine.home.write_lockgate_config(&machine.http(&format!("proxy = \"{}\"", users.url())));
    assert!(machine.is_reached(policy.over(machine.home.plugin())));
    assert_eq!(users.asked().len(), 1);
}

#[test]
fn explain_names_the_proxy_and_the_line_and_not_its_user() {
    let machine = machine();
    machine.home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    let words = ["policy", "explain", "--registry", "corp", "--provider", "hostile"];
    let _ = machine.home.lockgate(words).run().succeeds().nowhere_has("proxy ");
    let proxy = format!("proxy = \"{}\"\nno-proxy = [\"other.example\"]", machine.proxy.url());
    machine.home.write_lockgate_config(&machine.http(&proxy));
    let file = machine.home.lockgate_home().join("config.toml");
    let found = machine.home.lockgate(words).run().succeeds().nowhere_has("s3cret");
    for line in [
        format!("proxy     http://127.0.0.1:{}  ({}:2)\n", machine.proxy.port, file.display()),
        "directly  other.example\n".to_owned(),
        format!("ca-file   {}\n", machine.authority.display()),
    ] {
        assert!(found.stdout.contains(&line), "{line}\n{found}");
    }
    let found = machine.home.lockgate(words.into_iter().chain(["--json"])).run().succeeds();
    let json: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    let place = format!("{}:2", file.display());
    assert_eq!(json["http"]["proxies"][0]["place"], place.as_str(), "{found}");
    assert_eq!(json["http"]["no_proxy"][0], "other.example");
}

/// The first line of what a proxy is asked for the company's index.
const TUNNEL: &str = "CONNECT sso.corp.example:443 HTTP/1.1";

/// Logs in with the real cargo and with Lockgate, and says for each whether that was done, and whether
/// the proxy was asked.
fn logins(machine: &Machine, http: &str, variables: &[(&str, &str)]) -> [(bool, bool); 2] {
    machine.home.write_config(format!(
        "[registries.corp]\nindex = \"sparse+https://{HOST}/index/\"\n\
         credential-provider = [\"cargo:token\"]\n[http]\n{http}\n"
    ));
    let words = ["login", "--registry", "corp", "token-of-the-test"];
    let runs = [machine.home.cargo(words), machine.home.lockgate(["cargo"].iter().chain(&words))];
    runs.map(|run| {
        machine.home.write_credentials("");
        // Where cargo keeps what it knows of the index.
        let _ = fs::remove_dir_all(machine.home.cargo_home().join("registry"));
        let before = machine.proxy.lines().len();
        let run = variables.iter().fold(run, |run, (name, value)| run.env(name, value));
        let done = run.env("CARGO_NET_RETRY", "0").run().status.success();
        assert_eq!(done, machine.home.read_credentials().contains("token-of-the-test"));
        let asked = machine.proxy.lines().split_off(before);
        assert!(asked.iter().all(|line| line == TUNNEL), "{asked:?}");
        (done, !asked.is_empty())
    })
}

#[test]
fn an_index_is_asked_through_the_proxy_and_believed_by_the_authorities_that_cargo_takes() {
    let machine = machine();
    let url = machine.proxy.url();
    let own = format!("proxy = \"{url}\"\n");
    let cainfo = format!("cainfo = \"{}\"\n", machine.authority.display());
    let relative = "cainfo = \"authority.pem\"\n";
    let (nowhere, unbelieved, done) = ((false, false), (false, true), (true, true));
    for (http, variables, expected) in [
        (cainfo.clone(), &[][..], nowhere),
        (own.clone(), &[], unbelieved),
        (own.clone() + &cainfo, &[], done),
        (own.clone() + relative, &[], done),
        (own.clone() + &cainfo, &[("no_proxy", "corp.example")], nowhere),
        (own.clone() + &cainfo, &[("NO_PROXY", "other, .corp.example")], nowhere),
        (own.clone() + &cainfo, &[("NO_PROXY", "other .corp.example")], done),
        (own.clone() + &cainfo, &[("CARGO_HTTP_PROXY", "")], nowhere),
        (cainfo.clone(), &[("CARGO_HTTP_PROXY", url.as_str())], done),
        (cainfo.clone(), &[("https_proxy", &url)], done),
        (cainfo.clone(), &[("HTTPS_PROXY", &url)], done),
        (cainfo.clone(), &[("ALL_PROXY", &url)], done),
        (cainfo.clone(), &[("http_proxy", &url)], nowhere),
        (format!("proxy = \"\"\n{cainfo}"), &[("https_proxy", &url)], nowhere),
    ] {
        let both = logins(&machine, &http, variables);
        assert_eq!(both, [expected; 2], "{http} {variables:?}");
    }
}

/// The twin: cargo asks through it.
#[test]
fn an_index_is_not_asked_through_the_proxy_of_a_project() {
    let machine = machine();
    let text = format!(
        "[http]\nproxy = \"{}\"\ncainfo = \"{}\"\n",
        machine.proxy.url(),
        machine.authority.display()
    );
    let file = machine.home.write_project_config(&text);
    assert_eq!(logins(&machine, "", &[]), [(true, true), (false, false)]);
    let words = ["cargo", "login", "--registry", "corp", "token-of-the-test"];
    let told = machine.home.lockgate(words).env("CARGO_NET_RETRY", "0").run();
    let place = format!("`http.proxy` in {}:2", file.display());
    let _ = told.says(&place).says("`http.cainfo` in").nowhere_has("s3cret");
}
