//! `lockgate audit show`.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use clap::Args;
use lockgate_audit::{Entry, Filter, Reader, Since};
use lockgate_core::escape;

use super::{SHELL, counted};
use crate::error::CommandError;
use crate::table::Table;

/// The time between two looks for new lines: short against what a person notices.
const PAUSE: Duration = Duration::from_millis(250);

const COLUMNS: usize = 7;

const HEADER: [&str; COLUMNS] =
    ["TIME", "CALLER", "OPERATION", "REGISTRY", "PROVIDER", "WHAT", "RESULT"];

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

pub(super) fn show(folder: &Path, show: Show) -> Result<(), CommandError> {
    let Show { provider, registry, operation, refused, since, lines, json, follow } = show;
    let filter = Filter { provider, registry, operation, refused, since };
    let mut reader = Reader::new(folder);
    let mut table = Table::with_header(HEADER);
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
fn print(
    entries: &VecDeque<Entry>,
    json: bool,
    table: &mut Table<COLUMNS>,
) -> Result<bool, CommandError> {
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

fn cells(entry: &Entry) -> [String; COLUMNS] {
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
