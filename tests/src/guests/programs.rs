//! Native programs started directly: for what the sandbox promises about them. What the real
//! launcher adds is tested where it is.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use lockgate_core::{AdapterError, Process, ProcessRequest, Program, ProgramEnd, Secret};

/// Starts programs in a folder, with variables, and counts those that run.
pub(super) struct Programs {
    pub(super) folder: Option<PathBuf>,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) running: Arc<AtomicUsize>,
}

impl Process for Programs {
    fn start(&self, request: ProcessRequest) -> Result<Box<dyn Program>, AdapterError> {
        let handed_on = request.environment.iter();
        let mut child = Command::new(&request.grant.program)
            .args(&request.arguments)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(handed_on.filter_map(|name| self.variables.get_key_value(name)))
            .current_dir(self.folder.as_deref().unwrap_or(Path::new("/")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        self.running.fetch_add(1, Ordering::SeqCst);
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let running = Arc::clone(&self.running);
        let program = Running { child, output, reader: Some(reader), diagnostics: None, running };
        Ok(Box::new(program))
    }
}

struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    reader: Option<JoinHandle<Vec<u8>>>,
    diagnostics: Option<Vec<u8>>,
    running: Arc<AtomicUsize>,
}

impl Program for Running {
    fn write(&mut self, bytes: &Secret) -> Result<(), AdapterError> {
        Ok(self.child.stdin.as_mut().ok_or("its input is closed")?.write_all(bytes.expose())?)
    }

    fn read_line(&mut self, limit: usize) -> Result<Option<Secret>, AdapterError> {
        let mut line = Vec::new();
        (&mut self.output).take(limit as u64 + 1).read_until(b'\n', &mut line)?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(Secret::new(line))),
            Some(_) if line.len() >= limit => Err("its line is too long".into()),
            Some(last) => Ok(Some(Secret::new([line, vec![last]].concat()))),
        }
    }

    fn finish(&mut self, limit: usize) -> Result<ProgramEnd, AdapterError> {
        drop(self.child.stdin.take());
        let mut output = Vec::new();
        (&mut self.output).take(limit as u64 + 1).read_to_end(&mut output)?;
        if output.len() > limit {
            return Err(format!("its output is longer than {limit} bytes").into());
        }
        let status = self.child.wait()?.code().unwrap_or(128);
        self.diagnostics = self.reader.take().map(|reader| reader.join().unwrap());
        Ok(ProgramEnd { status, output: Secret::new(output) })
    }

    fn diagnostics(&self) -> Vec<u8> {
        self.diagnostics.clone().unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.running.fetch_sub(1, Ordering::SeqCst);
    }
}
