//! Through which proxy a registry is asked: the user's own, and never a project's; and never with a
//! token in the clear.

use lockgate_tests::Proxy;

use crate::front::Front;
use crate::machine::{Has, Machine};
use crate::registry::TOKEN;

/// A name that nobody but a proxy could know.
const INDEX: &str = "sparse+https://index.invalid/i/";

#[test]
fn the_users_proxy_is_asked_and_a_projects_is_not() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    let port = machine.registry.port;
    let (own, planted) = (Proxy::leading_to(port), Proxy::leading_to(port));
    let setting = |proxy: &Proxy| format!("[http]\nproxy = \"{}\"\n", proxy.url());
    machine.home.write_project_config(&setting(&planted));
    machine.configure_with(INDEX, "");
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(planted.lines().is_empty());
    assert!(came.stderr.contains("`http.proxy` in"), "{came:#?}");
    // The twins: cargo asks the project's, and we the user's own.
    let _ = machine.came(&machine.theirs(&[]));
    assert_eq!(planted.lines(), ["CONNECT index.invalid:443 HTTP/1.1"]);
    machine.configure_with(INDEX, &setting(&own));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert_eq!(own.lines(), ["CONNECT index.invalid:443 HTTP/1.1"]);
    assert!(!came.stderr.contains("s3cret"), "{came:#?}");
}

#[test]
fn no_token_goes_through_a_proxy_in_the_clear() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    machine.configure(&machine.registry.index("private"));
    let proxy = Proxy::leading_to(machine.registry.port);
    let came = machine.came(&machine.ours(&[]).env("http_proxy", proxy.url()));
    assert_eq!(came.code, Some(0), "{came:#?}");
    assert_eq!((proxy.asked().len(), came.asked.len()), (1, 1), "{came:#?}");
    assert!(came.stderr.contains("in `NO_PROXY`"), "{came:#?}");
    assert!(came.asked[0].contains("login-url=https://registry.example/tokens"), "{came:#?}");
    // The twins: cargo sends it, and so do we without the proxy.
    machine.forget();
    let _ = machine.came(&machine.theirs(&[]).env("http_proxy", proxy.url()));
    assert!(proxy.asked().last().unwrap().contains(TOKEN));
    machine.forget();
    let run = machine.ours(&[]).env("http_proxy", proxy.url()).env("NO_PROXY", "127.0.0.1");
    assert_eq!(machine.came(&run).seen.len(), 2);
}

/// The attack: variables of a project's (`.envrc`) that lead requests elsewhere and have the one there
/// believed. What the user's own file says is the twin.
#[test]
fn variables_of_a_project_have_nobody_believed_and_the_users_file_does() {
    let machine = Machine::new();
    machine.provider_has(Has::Good);
    let front = Front::start(&machine, "evil");
    let proxy = Proxy::leading_to(front.port);
    let provider = format!("credential-provider = {:?}\n", machine.provider);
    machine.configure_with(&Front::index("private"), &provider);
    let led = |run: lockgate_tests::Run| {
        run.env("https_proxy", proxy.url()).env("CARGO_HTTP_CAINFO", &front.authority)
    };
    let came = machine.came(&led(machine.ours(&[])));
    assert_eq!(came.code, Some(101), "{came:#?}");
    assert!(came.seen.is_empty() && came.asked.is_empty(), "{came:#?}");
    assert!(came.stderr.contains("`http.cainfo` in environment variable"), "{came:#?}");
    // The twins: cargo hands the kept token over, and so do we where the user says it.
    let _ = machine.came(&led(machine.theirs(&[])));
    machine.forget();
    let theirs = machine.came(&led(machine.theirs(&[])));
    assert!(theirs.seen.iter().any(|(_, token)| token.as_deref() == Some(TOKEN)), "{theirs:#?}");
    machine.forget();
    let own = format!("{provider}[http]\ncainfo = {:?}\n", front.authority);
    machine.configure_with(&Front::index("private"), &own);
    let came = machine.came(&machine.ours(&[]).env("https_proxy", proxy.url()));
    assert_eq!((came.code, came.seen.len()), (Some(0), 2), "{came:#?}");
}
