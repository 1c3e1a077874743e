//! Variables that would have connections made elsewhere, believe others, or tell their keys.

use std::fs;

use lockgate_tests::plugin::get;
use lockgate_tests::{Access, Home, Plugin, Run, Server};

use super::INDEX;

fn through(run: Run, proxy: &Server, home: &Home) -> Run {
    let url = format!("http://127.0.0.1:{}", proxy.port());
    let names =
        ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let run = names.iter().fold(run, |run, name| run.env(name, &url));
    let run = run.env("NO_PROXY", "").env("no_proxy", "");
    let file = home.project().join("keys");
    ["SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "HOSTALIASES"]
        .iter()
        .fold(run, |run, name| run.env(name, &file))
}

/// The twin: cargo goes through the proxy that these variables name.
#[test]
fn no_variable_leads_a_request_elsewhere() {
    let (server, proxy) = (Server::start(Access::Public), Server::start(Access::Public));
    let home = Home::new();
    let url = format!("http://127.0.0.1:{}", server.port());
    let asked = format!("http = [\"{url}\"]");
    let granted = ["registries=cargo:*", &format!("http={url}")];
    let _ = home.install_hostile(&asked, &granted).succeeds();
    let words = ["hostile", "send-http", &format!("{url}/here"), "text"];
    let answer = Plugin::start(&through(home.plugin(), &proxy, &home)).ask(&get(INDEX, &words));
    assert_eq!(answer["Ok"]["token"], "status 404", "{answer}");
    assert_eq!(server.requests_of("POST", "/here").len(), 1);
    assert!(proxy.requests().is_empty(), "{:#?}", proxy.requests());
    assert_eq!(fs::read_dir(home.project()).unwrap().count(), 0, "keys were written down");

    home.configure(&server, &["cargo:token"]);
    home.write_package("app", r#"greeter = { version = "1", registry = "corp" }"#);
    let _ = through(home.cargo(["fetch"]), &proxy, &home).run();
    assert!(!proxy.requests().is_empty());
}
