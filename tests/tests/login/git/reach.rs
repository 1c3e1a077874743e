//! Which servers git reaches, and how.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use lockgate_tests::{Policy, Proxy};

use super::PUBLIC;
use crate::machine::{Has, Machine};

/// A name that is nobody's.
const INDEX: &str = "https://index.invalid/public";

/// A company's way: what is public by https is fetched by ssh.
#[test]
fn the_users_own_rewriting_of_urls_holds_and_leads_to_no_program() {
    let machine = Machine::new();
    machine.provider_has(Has::Nothing);
    let _ = machine.repository("public", "config.json", PUBLIC);
    machine.configure(INDEX);
    let ssh = machine.home.root().join("tools/ssh");
    fs::write(&ssh, "#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c \"$last\"\n").unwrap();
    lockgate_tests::home::set_mode(&ssh, 0o755);
    let (ssh, root) = (ssh.display(), machine.home.root().display());
    let rewritten = |to: &str| format!("[url \"{to}\"]\ninsteadOf = https://index.invalid/\n");
    machine.configure_git(&format!(
        "{}[core]\nsshCommand = {ssh}\n[ssh]\nvariant = ssh\n",
        rewritten(&format!("ssh://h.example{root}/"))
    ));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(0), "{came:#?}");
    assert!(came.asked[0].contains("login-url=https://h.example/me"), "{came:#?}");
    let (evil, made) = machine.planted("tools/evil");
    for to in [format!("ext::{} ", evil.display()), format!("file://{root}/")] {
        machine.forget();
        machine.configure_git(&rewritten(&to));
        let came = machine.came(&machine.ours(&[]));
        assert_eq!(came.code, Some(101), "{to}: {came:#?}");
        assert!(came.stderr.contains("not allowed") && !made.exists(), "{to}: {came:#?}");
    }
    // The twin.
    machine.configure_git(&rewritten(&format!("ext::{} ", evil.display())));
    let mut git = Command::new("git");
    git.args(["-c", "protocol.ext.allow=always", "ls-remote", INDEX]);
    let _ = git.env("HOME", machine.home.user()).output().unwrap();
    assert!(made.exists());
}

#[test]
fn a_denied_host_is_not_reached_by_another_scheme_or_through_the_users_own_rewriting() {
    let machine = Machine::new();
    let (ssh, made) = machine.planted("tools/ssh");
    let git = format!("[core]\nsshCommand = {}\n[ssh]\nvariant = ssh\n", ssh.display());
    let Some(policy) = Policy::new("[deny]\nhttp = [\"https://denied.invalid\"]\n") else { return };
    let rewritten = "[url \"ssh://denied.invalid/\"]\ninsteadOf = https://index.invalid/\n";
    for (index, more) in [("ssh://git@DENIED.invalid:22/i", ""), (INDEX, rewritten)] {
        machine.configure(index);
        machine.configure_git(&format!("{git}{more}"));
        let came = machine.came(&policy.over(machine.ours(&[])));
        assert_eq!(came.code, Some(101), "{index}: {came:#?}");
        assert!(came.stderr.contains("policy.toml:2"), "{index}: {came:#?}");
        assert!(!made.exists() && came.asked.is_empty(), "{index}: {came:#?}");
        // The twin.
        let _ = machine.came(&machine.ours(&[]));
        assert!(fs::remove_file(&made).is_ok(), "{index}");
    }
}

/// Nobody judged the other server.
#[test]
fn git_is_sent_on_to_no_other_server() {
    let machine = Machine::new();
    let server = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = server.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in server.incoming().flatten() {
            let mut request = [0; 4096];
            let length = stream.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
            let to = format!("http://127.0.0.1:{port}/other/info/refs?service=git-upload-pack");
            let head = match path.starts_with("/other") {
                true => "HTTP/1.1 404 Not Found".to_owned(),
                false => format!("HTTP/1.1 302 Found\r\nLocation: {to}"),
            };
            kept.lock().unwrap().push(path);
            let head = format!("{head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(head.as_bytes());
        }
    });
    let index = format!("http://127.0.0.1:{port}/index");
    machine.configure(&index);
    // Nor where the user's own configuration would have it.
    machine.configure_git(&format!("[http \"{index}\"]\nfollowRedirects = true\n"));
    let came = machine.came(&machine.ours(&[]));
    assert_eq!(came.code, Some(101), "{came:#?}");
    let asked = || std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(asked(), ["/index/info/refs?service=git-upload-pack"]);
    // The twin.
    let _ = Command::new("git").args(["ls-remote", &index]).output().unwrap();
    assert!(asked().iter().any(|path| path.starts_with("/other")));
}

/// The proxy's password is in no word of git's, which everybody on the machine can read.
#[test]
fn git_goes_through_the_proxy_in_force_and_its_password_is_no_argument() {
    let machine = Machine::new();
    let proxy = Proxy::leading_to(machine.registry.port);
    let words = machine.home.root().join("words");
    let git = machine.home.root().join("own/git");
    fs::create_dir_all(git.parent().unwrap()).unwrap();
    let script = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> WORDS\nexec /usr/bin/git \"$@\"\n";
    fs::write(&git, script.replace("WORDS", &words.display().to_string())).unwrap();
    lockgate_tests::home::set_mode(&git, 0o755);
    let path = format!("{}:/usr/bin:/bin", git.parent().unwrap().display());
    // Another one of git's own, which is not the one in force.
    let other = "[http \"https://index.invalid\"]\nproxy = http://127.0.0.1:1\n";
    machine.configure_git(&format!("{other}[http]\nproxyAuthMethod = basic\n"));
    let open = format!("http://127.0.0.1:{}", proxy.port);
    for (address, has_login) in [(open, false), (proxy.url(), true)] {
        let http = format!("[http]\nproxy = \"{address}\"\ncainfo = \"/corp.pem\"\n");
        machine.configure_with(INDEX, &http);
        let before = proxy.asked().len();
        let came = machine.came(&machine.ours(&[]).env("PATH", &path));
        assert_eq!(came.code, Some(101), "{came:#?}");
        let asked = proxy.asked().split_off(before);
        assert!(asked[0].starts_with("CONNECT index.invalid:443 "), "{asked:?}");
        // alice:s3cret
        let login = "Proxy-Authorization: Basic YWxpY2U6czNjcmV0";
        assert_eq!(asked[0].contains(login), has_login, "{asked:?}");
        let said = fs::read_to_string(&words).unwrap();
        assert!(said.contains("sslCAInfo=/corp.pem"), "{said}");
        assert!(!said.contains("s3cret") && !came.stderr.contains("s3cret"), "{said} {came:#?}");
    }
}

#[test]
fn what_the_administrator_says_of_proxies_holds_for_git_too() {
    let machine = Machine::new();
    machine.configure(INDEX);
    let (forced, own) =
        (Proxy::leading_to(machine.registry.port), Proxy::leading_to(machine.registry.port));
    let address = |proxy: &Proxy| format!("http://127.0.0.1:{}", proxy.port);
    machine.configure_git(&format!("[http \"{INDEX}\"]\nproxy = {}\n", address(&own)));
    let text = format!("[http]\nproxy = \"{}\"\n", address(&forced));
    let Some(policy) = Policy::new(&text) else { return };
    let run = || machine.ours(&[]).env("NO_PROXY", "*").env("https_proxy", own.url());
    let _ = machine.came(&policy.over(run()));
    assert_eq!(forced.lines(), ["CONNECT index.invalid:443 HTTP/1.1"]);
    policy.write("[http]\n");
    let _ = machine.came(&policy.over(run()));
    assert_eq!((forced.lines().len(), own.lines().len()), (1, 0));
    // The twin: without the policy git's own configuration names the proxy.
    let _ = machine.came(&machine.ours(&[]));
    assert_eq!(own.lines(), ["CONNECT index.invalid:443 HTTP/1.1"]);
}
