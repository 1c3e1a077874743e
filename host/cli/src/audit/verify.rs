//! `lockgate audit verify`.

use std::path::Path;

use lockgate_audit::{End, Report, WHAT_A_CHAIN_CANNOT_SHOW};
use lockgate_core::escape;
use serde_json::json;

use super::counted;
use crate::error::CommandError;
use crate::shell::{output, to_json};

pub(super) fn verify(folder: &Path, json: bool) -> Result<bool, CommandError> {
    let report =
        lockgate_audit::verify(folder).map_err(|error| CommandError::from_error(&error))?;
    let text = if json { as_json(&report) } else { as_text(&report, folder) };
    output(text.as_bytes())?;
    Ok(report.problems.is_empty())
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
    to_json(&object)
}
