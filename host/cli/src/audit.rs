//! `lockgate audit`: what was decided and answered.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use lockgate_audit::{
    End, Entry, FOLDER, Filter, Reader, Report, Since, WHAT_A_CHAIN_CANNOT_SHOW, verify,
};
use lockgate_core::escape;
use lockgate_system::Folders;
use serde_json::json;

use crate::error::CommandError;
use crate::shell::{Shell, output};

/// The time between two looks for new lines: short against what a person notices.
const PAUSE: Duration = Duration::from_millis(250);

const SHELL: Shell = Shell { quiet: false, verbose: false };

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Show what was recorded, oldest first
    Show(Show),
    /// Check that nothing in the middle of the record was changed or removed; 1 if something was
    Verify {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub(crate) struct Show {
    /// Only what this provider did
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Only about registries with this text in their URL
    #[arg(long, value_name = "TEXT")]
    registry: Option<String>,
    /// Only for this operation (get, login, logout) or purpose (read, publish, yank, ...)
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Only what was refused
    #[arg(long)]
    refused: bool,
    /// Only since then: some time ago (15m, 2h, 7d) or a date in UTC (2026-01-31)
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Only the last so many lines
    #[arg(short = 'n', long, value_name = "COUNT")]
    lines: Option<usize>,
    /// Print the lines of the record themselves, each a JSON object
    #[arg(long)]
    json: bool,
    /// Go on with what is added, until Ctrl-C
    #[arg(short, long)]
    follow: bool,
}

pub(crate) fn run(verb: Verb) -> ExitCode {
    let done = folder().and_then(|folder| match verb {
        Verb::Show(show) => show_lines(&folder, show).map(|()| ExitCode::SUCCESS),
        Verb::Verify { json } => verify_lines(&folder, json),
    });
    done.unwrap_or_else(|error| {
        error.show(SHELL);
        ExitCode::FAILURE
    })
}

#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn folder() -> Result<PathBuf, CommandError> {
    let folders = Folders::find(|name| std::env::var_os(name))
        .map_err(|error| CommandError::from_error(&error))?;
    Ok(folders.state.join(FOLDER))
}

fn show_lines(folder: &Path, show: Show) -> Result<(), CommandError> {
    let Show { provider, registry, operation, refused, since, lines, json, follow } = show;
    let filter = Filter { provider, registry, operation, refused, since };
    let mut reader = Reader::new(folder);
    let mut table = Table::default();
    print(&read(&mut reader, &filter, lines)?, json, &mut table)?;
    if reader.unreadable() > 0 {
        let count = counted(reader.unreadable(), "line");
        SHELL.warning(&format!("left out {count} of something else; see `lockgate audit verify`"));
    }
    if follow {
        loop {
            std::thread::sleep(PAUSE);
            if !print(&read(&mut reader, &filter, None)?, json, &mut table)? {
                break;
            }
        }
    }
    Ok(())
}

/// The last `count` of the new lines that are wanted, or all of them.
fn read(
    reader: &mut Reader,
    filter: &Filter,
    count: Option<usize>,
) -> Result<VecDeque<Entry>, CommandError> {
    let mut wanted = VecDeque::new();
    let collect = |entry: Entry| {
        if filter.admits(&entry) {
            wanted.push_back(entry);
        }
        if count.is_some_and(|count| wanted.len() > count) {
            wanted.pop_front();
        }
    };
    reader.read(collect).map_err(|error| CommandError::from_error(&error))?;
    Ok(wanted)
}

/// Prints lines; false if nobody reads them any more, so that following has an end.
#[allow(clippy::disallowed_methods, reason = "this is the command line")]
fn print(entries: &VecDeque<Entry>, json: bool, table: &mut Table) -> Result<bool, CommandError> {
    if entries.is_empty() {
        return Ok(true);
    }
    let text = match json {
        true => entries.iter().map(|entry| format!("{}\n", entry.line)).collect(),
        false => table.add(entries.iter().map(cells).collect()),
    };
    let mut stdout = io::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

const HEADER: [&str; 7] = ["TIME", "CALLER", "OPERATION", "REGISTRY", "PROVIDER", "WHAT", "RESULT"];

/// Columns that are as wide as anything in them so far.
#[derive(Default)]
struct Table {
    widths: [usize; HEADER.len()],
    has_header: bool,
}

impl Table {
    fn add(&mut self, mut rows: Vec<[String; HEADER.len()]>) -> String {
        if !std::mem::replace(&mut self.has_header, true) {
            rows.insert(0, HEADER.map(str::to_owned));
        }
        for row in &rows {
            for (width, cell) in self.widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let line = |row: &[String; HEADER.len()]| {
            let cells = row.iter().zip(self.widths);
            let padded: Vec<_> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
            format!("{}\n", padded.join("  ").trim_end())
        };
        rows.iter().map(line).collect()
    }
}

fn cells(entry: &Entry) -> [String; HEADER.len()] {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = entry.time.split('.').next().unwrap_or_default().to_owned();
    let caller = entry.caller.as_ref().map_or_else(String::new, |caller| {
        let program = caller.program.as_deref().unwrap_or("?");
        format!("{}[{}]", program.rsplit('/').next().unwrap_or_default(), caller.pid)
    });
    let operation = [&entry.operation, &entry.purpose].map(text).join(" ");
    let (what, result) = what_and_result(entry);
    let (registry, provider) = (text(&entry.registry), text(&entry.provider));
    let row = [time, caller, operation, registry, provider, what, result];
    row.map(|cell| escape(cell.trim()))
}

fn what_and_result(entry: &Entry) -> (String, String) {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let rule = entry.rule.as_ref().map_or_else(String::new, |rule| format!(": {rule}"));
    match entry.event.as_str() {
        "use" => {
            let allowed = if entry.allowed == Some(true) { "allowed" } else { "refused" };
            let what = format!("{} {}", text(&entry.capability), text(&entry.subject));
            (what, format!("{allowed}{rule}"))
        }
        "answer" => {
            let took = entry.duration_us.unwrap_or_default();
            let took = format!("{}.{} ms", took / 1000, took % 1000 / 100);
            let from = match entry.origins.as_slice() {
                [] => String::new(),
                origins => format!(" from {}", origins.join(", ")),
            };
            (format!("answer after {took}"), format!("{}{from}{rule}", text(&entry.outcome)))
        }
        "more" => ("more uses, which were not recorded".to_owned(), String::new()),
        "torn" => ("a writer was interrupted before this".to_owned(), String::new()),
        other => (other.to_owned(), String::new()),
    }
}

fn verify_lines(folder: &Path, json: bool) -> Result<ExitCode, CommandError> {
    let report = verify(folder).map_err(|error| CommandError::from_error(&error))?;
    let text = if json { as_json(&report) } else { as_text(&report, folder) };
    output(text.as_bytes())?;
    match report.problems.is_empty() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}

fn as_text(report: &Report, folder: &Path) -> String {
    let Report { files, lines, torn, problems, .. } = report;
    let place = escape(&folder.display().to_string());
    if *files == 0 {
        return format!("nothing was recorded in {place}\n");
    }
    let end = |end: &Option<End>| match end {
        Some(End { seq, time }) => format!("line {seq} of {time}"),
        None => "nothing".to_owned(),
    };
    let (first, last) = (end(&report.first), end(&report.last));
    let (lines, files) = (counted(*lines, "line"), counted(*files as u64, "file"));
    let mut text = format!("{lines} in {files} of {place}, from {first} to {last}\n");
    if *torn > 0 {
        let torn = counted(*torn, "writer");
        text.push_str(&format!("{torn} interrupted by a crash, each with its line lost\n"));
    }
    for problem in problems {
        text.push_str(&format!("{}\n", escape(&problem.to_string())));
    }
    let verdict = match problems.len() {
        0 => "the chain holds".to_owned(),
        count => format!("the chain is broken: {}", counted(count as u64, "problem")),
    };
    text.push_str(&format!("{verdict}\n\n{WHAT_A_CHAIN_CANNOT_SHOW}\n"));
    text
}

fn as_json(report: &Report) -> String {
    let end = |end: &Option<End>| end.as_ref().map(|end| json!({"seq": end.seq, "time": end.time}));
    let problems: Vec<_> = report
        .problems
        .iter()
        .map(|problem| json!({"file": problem.file.to_string_lossy(), "line": problem.line, "what": problem.what}))
        .collect();
    let object = json!({
        "files": report.files,
        "lines": report.lines,
        "torn": report.torn,
        "first": end(&report.first),
        "last": end(&report.last),
        "problems": problems,
    });
    format!("{object:#}\n")
}

/// A number with its noun.
fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
