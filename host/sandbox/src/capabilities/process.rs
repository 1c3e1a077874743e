//! Native programs: conversations with those that a grant names.

use lockgate_core::{
    AdapterError, ProcessGrant, ProcessRequest, Program, Refusal, Secret, Sink, escape, shorten,
};
use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::provider::lockgate::provider::process::{self, Command, Exit};
use crate::bindings::provider::lockgate::provider::secrets::Part;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::handles::{Child, Document};
use crate::limits::{
    DOCUMENT_BYTES, EXCHANGED, LAST_LINE_BYTES, LAST_LINES, LINE_BYTES, PROGRAMS, STARTS,
};
use crate::output::redacted;
use crate::state::{State, Violation, absent, messages};

impl process::Host for State {
    fn start(&mut self, command: Command) -> Result<Result<Resource<Child>, Failure>> {
        let Command { program, arguments, environment } = command;
        let granted = self.startable(&program, &arguments, &environment);
        let grant = match self.decide("process", &program, granted) {
            Ok(grant) => grant,
            Err(failure) => return Ok(Err(failure)),
        };
        let Some(adapter) = self.adapters.process.as_deref() else {
            return Ok(Err(absent("starting programs")));
        };
        self.starts += 1;
        // Whoever starts another one did not fail over the last.
        self.discontent = None;
        let handed_on = environment.clone();
        let request = ProcessRequest { grant: grant.clone(), arguments, environment };
        match self.deadline.paused(|| adapter.start(request)) {
            Ok(program) => {
                let child = self.table.push(Child::new(grant, program, handed_on));
                Ok(Ok(child.map_err(|_| Violation::Handles)?))
            }
            Err(error) => Ok(Err(self.fail(&error))),
        }
    }
}

impl process::HostChild for State {
    fn write(&mut self, child: Resource<Child>, parts: Vec<Part>) -> Result<Result<(), Failure>> {
        let (bytes, origins) = self.gather(&parts)?;
        let secrets = self.secrets_among(&parts)?;
        let running = self.table.get_mut(&child)?;
        if let Err(refusal) = Sink::Program(&running.grant).accepts(&origins, &self.registry) {
            return Ok(Err(self.refuse(refusal)));
        }
        // Before it is known whether it came through: a part of it may have.
        running.origins.extend(&origins);
        secrets.into_iter().for_each(|secret| running.exchanged(secret));
        self.with_program(&child, |program| program.write(&bytes))
    }

    fn read_line(
        &mut self,
        child: Resource<Child>,
    ) -> Result<Result<Option<Resource<Document>>, Failure>> {
        match self.with_program(&child, |program| program.read_line(LINE_BYTES))? {
            Ok(Some(line)) => Ok(self.said(&child, line)?.map(Some)),
            Ok(None) => Ok(Ok(None)),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn finish(&mut self, child: Resource<Child>) -> Result<Result<Exit, Failure>> {
        let ended = self.with_program(&child, |program| program.finish(DOCUMENT_BYTES))?;
        let output = match ended {
            Ok(ended) => {
                self.report_status(&child, ended.status)?;
                self.said(&child, ended.output)?.map(|output| Exit { status: ended.status, output })
            }
            Err(failure) => Err(failure),
        };
        let ended = self.table.get_mut(&child)?.end();
        self.output.write(&ended);
        Ok(output)
    }

    fn drop(&mut self, child: Resource<Child>) -> Result<()> {
        let mut child = self.table.delete(child)?;
        let words = self.deadline.paused(|| child.end());
        self.output.write(&words);
        Ok(())
    }
}

impl State {
    /// The grant under which a program may be started now.
    fn startable(
        &mut self,
        program: &str,
        arguments: &[String],
        environment: &[String],
    ) -> Result<ProcessGrant, Refusal> {
        let grant = self.capabilities.program(program, arguments, environment)?.clone();
        let alive = self.children().filter(|child| child.program.is_some()).count();
        let refuse = |reason: String| Err(Refusal::new("process", program, reason));
        if self.starts >= STARTS {
            return refuse(format!("one call starts at most {STARTS} programs"));
        }
        if alive >= PROGRAMS {
            return refuse(format!("one call has at most {PROGRAMS} programs at a time"));
        }
        Ok(grant)
    }

    fn children(&mut self) -> impl Iterator<Item = &mut Child> {
        self.table.iter_mut().filter_map(|entry| entry.downcast_mut())
    }

    /// Ends what the guest left running, and keeps what it wrote to standard error.
    pub(crate) fn end_programs(&mut self) {
        let words: Vec<Vec<u8>> = self.children().map(Child::end).collect();
        words.iter().for_each(|words| self.output.write(words));
    }

    /// Uses a program, off the wall clock: it has deadlines of its own.
    fn with_program<T>(
        &mut self,
        handle: &Resource<Child>,
        act: impl FnOnce(&mut dyn Program) -> Result<T, AdapterError>,
    ) -> Result<Result<T, Failure>> {
        let child = self.table.get_mut(handle)?;
        let Some(program) = &mut child.program else {
            return Ok(Err(Failure::Other(vec!["the program was waited for already".to_owned()])));
        };
        match self.deadline.paused(|| act(program.as_mut())) {
            Ok(done) => Ok(Ok(done)),
            Err(error) => {
                let told = [messages(error.as_ref()), child.last_lines()].concat();
                Ok(Err(self.report(told)))
            }
        }
    }

    /// What a program said, as a document.
    fn said(
        &mut self,
        handle: &Resource<Child>,
        bytes: Secret,
    ) -> Result<Result<Resource<Document>, Failure>> {
        let child = self.table.get_mut(handle)?;
        child.exchanged(bytes.clone());
        let origins = child.origins.clone();
        self.entered_with(bytes, origins)
    }

    /// People see why a program was not content, if the provider fails over it.
    fn report_status(&mut self, handle: &Resource<Child>, status: i32) -> Result<()> {
        if status != 0 {
            let child = self.table.get(handle)?;
            let ended = format!("`{}` ended with status {status}", escape(&child.grant.program));
            self.discontent = Some([vec![ended], child.last_lines()].concat());
        }
        Ok(())
    }

    fn secrets_among(&self, parts: &[Part]) -> Result<Vec<Secret>> {
        let mut secrets = Vec::new();
        for part in parts.iter().take(EXCHANGED) {
            if let Part::Secret(secret) = part {
                secrets.push(self.table.get(secret)?.bytes.clone());
            }
        }
        Ok(secrets)
    }
}

impl Child {
    /// Short ones are words of a protocol, whose absence would only make the rest unreadable.
    fn exchanged(&mut self, secret: Secret) {
        const SHORTEST: usize = 8;
        let secret = Secret::new(secret.expose().trim_ascii().to_vec());
        if secret.len() >= SHORTEST && self.exchanged.len() < EXCHANGED {
            self.exchanged.push(secret);
        }
    }

    /// What it wrote to standard error, without the secrets that it was told and said.
    fn diagnostics(&self) -> String {
        let written = self.program.as_ref().map(|program| program.diagnostics());
        let written = redacted(&written.unwrap_or_default(), &self.exchanged);
        String::from_utf8_lossy(&written).into_owned()
    }

    /// The end of it for a record of the host's: each a line, escaped.
    fn last_lines(&self) -> Vec<String> {
        let diagnostics = self.diagnostics();
        let lines: Vec<&str> = diagnostics.lines().filter(|line| !line.trim().is_empty()).collect();
        let last = lines.iter().skip(lines.len().saturating_sub(LAST_LINES));
        last.map(|line| escape(&shorten(line, LAST_LINE_BYTES))).collect()
    }

    /// Ends the program, if it still runs. Returns its words, each line under its name.
    fn end(&mut self) -> Vec<u8> {
        let named = |line: &str| format!("{}: {line}\n", self.grant.program);
        let words: String = self.diagnostics().lines().map(named).collect();
        self.program = None;
        words.into_bytes()
    }
}

#[cfg(test)]
mod tests;
