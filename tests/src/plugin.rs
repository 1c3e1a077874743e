//! The client's end of cargo's credential provider protocol.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Child, ChildStdin, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

use crate::{Output, Run, run};

/// Longest time that an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running plugin that said hello.
pub struct Plugin {
    shown: String,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Option<JoinHandle<String>>,
    hello: Value,
}

impl Plugin {
    /// Starts it and reads its hello.
    ///
    /// # Panics
    /// If it cannot be started, or its first line is no JSON.
    pub fn start(run: &Run) -> Self {
        let mut child = run
            .command()
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start `{}`: {error}", run.shown()));
        let stdin = child.stdin.take();
        let stderr = child.stderr.take().map(run::collect);
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let hello = Value::Null;
        let mut plugin = Self { shown: run.shown(), child, stdin, lines, stderr, hello };
        plugin.hello = plugin.reply();
        plugin
    }

    /// What it said first.
    pub fn hello(&self) -> &Value {
        &self.hello
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request and reads the answer.
    pub fn ask(&mut self, request: &Value) -> Value {
        self.send(format!("{request}\n").as_bytes());
        self.reply()
    }

    /// Sends these bytes as they are. That the plugin stopped reading is no failure.
    pub fn send(&mut self, bytes: &[u8]) {
        let result = self.stdin.as_mut().unwrap().write_all(bytes);
        if let Err(error) = result {
            assert_eq!(error.kind(), ErrorKind::BrokenPipe, "`{}`: {error}", self.shown);
        }
    }

    /// Reads the next line.
    ///
    /// # Panics
    /// If there is none in time, or it is no JSON.
    pub fn reply(&mut self) -> Value {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line)
                .unwrap_or_else(|error| panic!("`{}`: {error}: {line}", self.shown)),
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                panic!("`{}` gave no answer in {PATIENCE:?}", self.shown);
            }
            Err(RecvTimeoutError::Disconnected) => {
                panic!("no answer\n{}", self.end());
            }
        }
    }

    /// Closes its input and waits for its end. The output is what it wrote after the last line
    /// that was read.
    ///
    /// # Panics
    /// If it does not end in time.
    pub fn end(&mut self) -> Output {
        drop(self.stdin.take());
        let status = self.wait();
        let stdout: String = self.lines.iter().map(|line| line + "\n").collect();
        let stderr = self.stderr.take().map(|thread| thread.join().unwrap()).unwrap_or_default();
        Output { command: self.shown.clone(), status, stdout, stderr }
    }

    fn wait(&mut self) -> ExitStatus {
        run::wait(&mut self.child, PATIENCE)
            .unwrap_or_else(|| panic!("`{}` did not end in {PATIENCE:?}", self.shown))
    }

    /// Ends as a plugin must after it answered: status 0, not a line more, and on standard error
    /// nothing but what cargo's own provider says of a login or logout.
    ///
    /// # Panics
    /// If anything of that is not so.
    #[track_caller]
    pub fn ends_well(mut self) {
        let output = self.end().succeeds().prints("");
        let unexpected =
            output.stderr.lines().find(|line| !TOLD.iter().any(|told| line.starts_with(told)));
        assert_eq!(unexpected, None, "{output}");
    }
}

/// How the lines begin that tell of a login or logout.
const TOLD: [&str; 4] = [
    "       Login token for `",
    "      Logout token for `",
    "note: This does not revoke the token",
    "    If you need to revoke the token",
];

impl Drop for Plugin {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request for the credential to read a registry, served by `arguments`.
pub fn get(index_url: &str, arguments: &[&str]) -> Value {
    let mut request = request("get", index_url, arguments);
    request["operation"] = json!("read");
    request
}

/// A request to keep a token.
pub fn login(index_url: &str, token: &str, arguments: &[&str]) -> Value {
    let mut request = request("login", index_url, arguments);
    request["token"] = json!(token);
    request
}

/// A request of any kind about the registry `corp`.
pub fn request(kind: &str, index_url: &str, arguments: &[&str]) -> Value {
    let registry = json!({ "index-url": index_url, "name": "corp" });
    let mut request = json!({ "v": 1, "registry": registry, "kind": kind });
    if !arguments.is_empty() {
        request["args"] = json!(arguments);
    }
    request
}

/// The message of an `other` error with all of its causes, or nothing if the answer is another.
pub fn failure(answer: &Value) -> Option<String> {
    let error = answer.get("Err")?;
    if error["kind"] != "other" {
        return None;
    }
    let causes = error.get("caused-by").and_then(Value::as_array);
    let causes = causes.into_iter().flatten().filter_map(Value::as_str);
    Some([error["message"].as_str()?].into_iter().chain(causes).collect::<Vec<_>>().join("\n"))
}
