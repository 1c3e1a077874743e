//! A registry that answers in as many ways as its URL has first words.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The one token that it takes.
pub(crate) const TOKEN: &str = "Bearer good";
/// What it says to who has none.
pub(crate) const CHALLENGE: &str = "Cargo login_url=\"https://registry.example/tokens\"";

/// What it was asked: the path, and the token.
pub(crate) type Seen = (String, Option<String>);

/// It lives as long as the process.
pub(crate) struct Registry {
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(&stream, port, &kept));
            }
        });
        Self { port, seen }
    }

    pub(crate) fn index(&self, kind: &str) -> String {
        format!("sparse+http://127.0.0.1:{}/{kind}/", self.port)
    }

    /// What it was asked since this was called last.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn serve(stream: &TcpStream, port: u16, seen: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line).is_err() || line.is_empty() {
        return;
    }
    // A proxy is told the whole address.
    let own = format!("http://127.0.0.1:{port}");
    let path = line.split(' ').nth(1).unwrap_or_default().replace(&own, "");
    let mut token = None;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).is_err() || header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            token = Some(value.trim().to_owned());
        }
    }
    let (status, headers, body) = answer(&path, token.as_deref(), port);
    seen.lock().unwrap().push((path, token));
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    let mut stream = stream;
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

type Answer = (u16, Vec<(&'static str, String)>, String);

fn answer(path: &str, token: Option<&str>, port: u16) -> Answer {
    let kind = path.split('/').nth(1).unwrap_or_default();
    let base = format!("http://127.0.0.1:{port}");
    let public = format!("{{\"dl\":\"{base}/dl\",\"api\":\"{base}\"}}");
    let private = format!("{{\"dl\":\"{base}/dl\",\"api\":\"{base}\",\"auth-required\":true}}");
    let good = token == Some(TOKEN);
    let ok = |body: &str| (200, Vec::new(), body.to_owned());
    let refused = |challenge: &str| {
        let header = ("WWW-Authenticate", challenge.to_owned());
        (401, vec![header, ("X-Other", "1".into())], "a token is wanted".to_owned())
    };
    let sent_on = |to: String| (302, vec![("Location", to)], String::new());
    if let Ok(status) = kind.parse() {
        let told = vec![("x-cache", "miss".to_owned()), ("x-y", "z".to_owned())];
        return (status, told, if status == 304 { String::new() } else { "its words\n".into() });
    }
    match kind {
        "public" => ok(&public),
        "wants-a-token-by-itself" => ok(&private),
        "private" if good => ok(&private),
        "private-once" if good => ok(&public),
        "private" | "private-once" => refused(CHALLENGE),
        "no-challenge" => (401, Vec::new(), String::new()),
        "other-scheme" => refused("Bearer realm=\"x\""),
        "two-schemes" => refused(&format!("Basic realm=\"x\", {CHALLENGE}")),
        "no-quotes" => refused("Cargo login_url=https://registry.example/"),
        "relative-page" => refused("Cargo login_url=\"/tokens\""),
        "script-page" => refused("Cargo login_url=\"javascript:alert(1)\""),
        "file-page" => refused("Cargo login_url=\"file:///etc/passwd\""),
        "user-page" => refused("Cargo login_url=\"https://crates.io@evil.example/\""),
        "escape-page" => refused("Cargo login_url=\"https://h.example/\u{9b}2J\u{202e}x\""),
        "endless-page" => {
            refused(&format!("Cargo login_url=\"https://h.example/{}\"", "a".repeat(6000)))
        }
        "slash-api" => ok(&public.replace("\"}", "/\"}")),
        "script-api" => ok("{\"dl\":\"d\",\"api\":\"javascript:alert(1)//\"}"),
        "user-api" => ok("{\"dl\":\"d\",\"api\":\"https://crates.io@evil.example\"}"),
        "escape-api" => ok("{\"dl\":\"d\",\"api\":\"https://h.example/\\u001b]8;;x\"}"),
        "no-api" => ok("{\"dl\":\"d\"}"),
        "null-api" => ok("{\"dl\":\"d\",\"api\":null}"),
        "no-dl" => ok("{\"api\":\"https://h.example\"}"),
        "broken" => ok("{\"dl\": "),
        "number" => ok("{\"dl\":\"d\",\"api\":5}"),
        "list" => ok("[]"),
        "huge" => ok(&format!("{{\"dl\":\"{}\",\"api\":\"a\"}}", "a".repeat(100_000))),
        "deep" => ok(&format!("{{\"dl\":\"d\",\"api\":\"a\",\"x\":{}", "[".repeat(60_000))),
        "sent-on" => sent_on("/public/config.json".into()),
        "sent-on-to-private" => sent_on("/private/config.json".into()),
        "sent-elsewhere" => sent_on(format!("http://localhost:{port}/private/config.json")),
        "sent-to-metadata" => sent_on("http://169.254.169.254/latest/meta-data/".into()),
        "sent-around" => sent_on("/sent-around/config.json".into()),
        "sent-elsewhere-with-token" => match token {
            Some(_) => sent_on(format!("http://localhost:{port}/private/config.json")),
            None => refused(CHALLENGE),
        },
        _ => (404, Vec::new(), "nothing".into()),
    }
}
