//! What the system sees of a `get`: no network, no other program, nothing compiled, nothing
//! written but the audit and the program's own state.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::fs;
use std::path::Path;

use lockgate_tests::docker_helper::Helper;
use lockgate_tests::guests::Guest;
use lockgate_tests::plugin::get;
use lockgate_tests::{Access, Home, Run, Server, programs};

/// No request is ever sent to it.
const INDEX: &str = "sparse+http://127.0.0.1:9/index/";
/// Code images of one component: its code and the trampolines that come with it lie in one.
const MAX_CODE_IMAGES: usize = 1;

/// The lines of `strace -f`, each a system call of one process or thread.
struct Trace {
    lines: Vec<String>,
}

impl Trace {
    /// Runs a program to its end under strace. It has to succeed.
    fn of(home: &Home, run: Run) -> Self {
        Self::with(home, run, true)
    }

    /// The same of one that fails.
    fn of_failing(home: &Home, run: Run) -> Self {
        Self::with(home, run, false)
    }

    fn with(home: &Home, run: Run, succeeds: bool) -> Self {
        programs::require("strace");
        let file = home.root().join("trace");
        let strace = ["strace", "-f", "-qq", "-y", "-s", "4096", "-o"];
        let words = strace.into_iter().map(Into::into).chain([file.clone().into_os_string()]);
        let output = run.under(words.collect::<Vec<std::ffi::OsString>>()).run();
        let _ = if succeeds { output.succeeds() } else { output.exits_with(1) };
        let text = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        Self { lines: text.lines().map(str::to_owned).collect() }
    }

    /// The calls of any of these names; the text from the name on.
    fn calls(&self, names: &[&str]) -> Vec<&str> {
        let called = |line: &'_ String| {
            let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
            names
                .iter()
                .any(|name| call.strip_prefix(name).is_some_and(|rest| rest.starts_with('(')))
        };
        self.lines.iter().filter(|line| called(line)).map(String::as_str).collect()
    }

    fn network(&self) -> Vec<&str> {
        self.calls(&["socket", "connect", "bind"])
    }

    /// Programs that were started, the traced one among them.
    fn programs(&self) -> Vec<&str> {
        let mut calls = self.calls(&["execve", "execveat"]);
        calls.retain(|call| !call.contains(" = -1 "));
        calls
    }

    /// Files that were opened to be changed, made, renamed or removed, outside of `folder`.
    fn changed_outside(&self, folder: &Path) -> Vec<&str> {
        let mut calls = self.calls(&["open", "openat", "openat2", "creat"]);
        calls.retain(|call| ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|how| call.contains(how)));
        calls.extend(self.calls(&[
            "rename",
            "renameat",
            "renameat2",
            "unlink",
            "unlinkat",
            "mkdir",
            "mkdirat",
            "symlink",
            "symlinkat",
            "link",
            "linkat",
            "truncate",
        ]));
        let inside = folder.display().to_string();
        calls.retain(|call| !call.contains(&inside) && !call.contains("\"/dev/"));
        calls
    }

    /// Uses of the kernel's keyring, where answers with an end are kept.
    fn keys(&self) -> Vec<&str> {
        self.calls(&["add_key", "keyctl", "request_key"])
    }

    /// Memory that was made executable and comes from no file: code that was generated or loaded.
    fn code_images(&self) -> Vec<&str> {
        let mut calls = self.calls(&["mprotect", "pkey_mprotect"]);
        calls.extend(self.calls(&["mmap"]).into_iter().filter(|call| call.contains("ANONYMOUS")));
        calls.retain(|call| call.contains("PROT_EXEC"));
        calls
    }

    /// Memory that can be written and executed at once.
    fn writable_code(&self) -> Vec<&str> {
        let mut calls = self.calls(&["mmap", "mprotect", "pkey_mprotect"]);
        calls.retain(|call| call.contains("PROT_EXEC") && call.contains("PROT_WRITE"));
        calls
    }
}

fn logged_in() -> Home {
    let home = Home::new();
    home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
    home.write_credentials("[registries.corp]\ntoken = \"abc\"\n");
    home
}

#[track_caller]
fn is_empty(what: &str, calls: &[&str]) {
    assert!(calls.is_empty(), "{what}:\n{}", calls.join("\n"));
}

#[track_caller]
fn touches_nothing(home: &Home, trace: &Trace) {
    is_empty("the network was touched", &trace.network());
    assert_eq!(trace.programs().len(), 1, "other programs ran:\n{}", trace.programs().join("\n"));
    is_empty("files were changed", &trace.changed_outside(&home.lockgate_home()));
    is_empty("memory is writable and executable", &trace.writable_code());
    let images = trace.code_images();
    assert!(images.len() <= MAX_CODE_IMAGES, "more than one component:\n{}", images.join("\n"));
    // Each request once opened it a second time, for a login that might replace an entry.
    let audit = trace.calls(&["open", "openat", "openat2"]).into_iter();
    let audit: Vec<_> = audit.filter(|call| call.contains("audit.jsonl")).collect();
    assert_eq!(audit.len(), 1, "the audit is opened once:\n{}", audit.join("\n"));
}

#[test]
fn a_get_of_the_plugin_touches_nothing_else() {
    let home = logged_in();
    let request = format!("{}\n", get(INDEX, &["cargo:token"]));
    let trace = Trace::of(&home, home.plugin().stdin(request));
    touches_nothing(&home, &trace);
    is_empty("a provider that is built in names no end of its answers", &trace.keys());
    let opened = trace.calls(&["open", "openat", "openat2"]);
    let store = opened.iter().any(|call| call.contains("credentials.toml"));
    assert!(store, "the store was not read: this test shows nothing\n{}", opened.join("\n"));
}

#[test]
fn lockgate_cargo_token_touches_nothing_else() {
    let home = logged_in();
    let words = ["cargo", "token", "--registry", "corp", "--reveal"];
    let trace = Trace::of(&home, home.lockgate(words));
    touches_nothing(&home, &trace);
}

/// An installed one takes what its install compiled.
#[test]
fn a_get_of_an_installed_provider_touches_nothing_else() {
    let home = logged_in();
    let file = home.root().join("revealer.wasm");
    fs::write(&file, Guest::named("revealer").component).unwrap();
    let install = ["provider", "install", &file.display().to_string(), "--grant-all"];
    let _ = home.lockgate(install).run().succeeds();
    let request = format!("{}\n", get(INDEX, &["revealer", "reverse"]));
    let trace = Trace::of(&home, home.plugin().stdin(request));
    touches_nothing(&home, &trace);
    let opened = trace.calls(&["open", "openat", "openat2"]);
    let code = opened.iter().any(|call| call.contains(".code"));
    assert!(code, "its compiled code was not read\n{}", opened.join("\n"));
    assert!(!trace.keys().is_empty(), "nothing was looked for in the keyring");
}

/// One more name of a file each is looked for where the server has no entry, and none where it has.
#[test]
fn a_get_of_dockers_helper_touches_nothing_else() {
    let home = Home::new();
    home.write_lockgate_config("[docker]\nproviders = ['lockgate:file']\n");
    let ours = Helper::ours(&home);
    ours.keeps("ghcr.io", "alice", "secret");
    for (server, found, opened) in
        [("ghcr.io", true, 1), ("https://ghcr.io", true, 2), ("b", false, 4)]
    {
        let run = ours.run_of(&["get"], server);
        let trace = match found {
            true => Trace::of(&home, run),
            false => Trace::of_failing(&home, run),
        };
        touches_nothing(&home, &trace);
        is_empty("a provider that is built in names no end of its answers", &trace.keys());
        let entries = trace.calls(&["open", "openat", "openat2"]).into_iter();
        let entries: Vec<_> = entries.filter(|call| call.contains(".json\"")).collect();
        assert_eq!(entries.len(), opened, "{server}:\n{}", entries.join("\n"));
    }
    home.write_lockgate_config("");
    touches_nothing(&home, &Trace::of(&home, ours.run_of(&["get"], "ghcr.io")));
}

/// The twin: a program that does each of the things is caught at each.
#[test]
fn the_trace_shows_what_it_looks_for() {
    let home = logged_in();
    let server = Server::start(Access::Public);
    let marker = home.project().join("written");
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{}; /bin/true; echo x > {}",
        server.port(),
        marker.display()
    );
    let trace = Trace::of(&home, home.run("/bin/bash").args(["-c", &script]));
    for call in ["socket(AF_INET", "{sa_family=AF_INET"] {
        let seen = trace.network().iter().any(|line| line.contains(call));
        assert!(seen, "{call}\n{}", trace.network().join("\n"));
    }
    assert_eq!(trace.programs().len(), 2, "{}", trace.programs().join("\n"));
    let changed = trace.changed_outside(&home.lockgate_home());
    assert!(changed.iter().any(|call| call.contains("written")), "{}", changed.join("\n"));
}
