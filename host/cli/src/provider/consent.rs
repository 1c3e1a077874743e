//! What a provider asks for, shown to a person, and what the person gives it.

use anstyle::{AnsiColor, Style};
use lockgate_core::escape;
use lockgate_policy::{Change, Grant, Manifest, Request};

use super::arguments::Install;
use super::question::{ask, is_yes, somebody_is_there};
use super::wrap::wrapped;
use crate::error::CommandError;

const RISK: Style = AnsiColor::Red.on_default().bold();

/// What decisions call the text of a grant that is not in a file yet.
const SOURCE: &str = "the grant";

/// What a provider asks for: a line for each thing, and below it why, and why to look twice; first
/// what has to be looked at twice. The reason is the same for all of one capability, and stands below
/// the first. What the provider wrote never begins a line.
pub(super) fn requests_table(requests: &[Request]) -> String {
    let requests = in_order(requests.to_vec());
    let width = requests.iter().map(|request| request.capability.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut explained = None;
    for request in &requests {
        let Request { capability, subject, reason, optional, risks, .. } = request;
        let style = if risks.is_empty() { Style::new() } else { RISK };
        let optional = if *optional { " (optional)" } else { "" };
        let subject = wrapped(&format!("{}{optional}", escape(subject)), width + 2);
        text.push_str(&format!("{style}{capability:<width$}  {subject}{style:#}\n"));
        if let Some(reason) = reason
            && explained != Some(capability)
        {
            let reason = wrapped(&escape(reason), width + 9);
            text.push_str(&format!("{:width$}    why: {reason}\n", ""));
            explained = Some(capability);
        }
        for risk in risks {
            text.push_str(&format!("{:width$}    {RISK}risk: {risk}{RISK:#}\n", ""));
        }
    }
    text
}

/// What has to be looked at twice comes first.
fn in_order(mut requests: Vec<Request>) -> Vec<Request> {
    requests.sort_by_key(|request| request.risks.is_empty());
    requests
}

/// What the person gives: by the arguments, else by answering.
pub(super) fn consent(install: &Install, manifest: &Manifest) -> Result<Grant, CommandError> {
    let given = if install.grant_all {
        Grant::all(manifest)
    } else if !install.grants.is_empty() {
        granted(&Grant::default(), &changes(manifest, &install.grants)?)?
    } else if somebody_is_there() {
        asked(manifest)?
    } else {
        return Err(nobody_to_ask(manifest));
    };
    only_for(&install.registries, given, manifest)
}

/// Reads changes, and refuses those that the provider does not ask for.
pub(super) fn changes(
    manifest: &Manifest,
    arguments: &[String],
) -> Result<Vec<Change>, CommandError> {
    let change = |argument: &String| {
        let change = Change::parse(argument).map_err(|error| CommandError::from_error(&error))?;
        manifest.covers(&change).map_err(|error| CommandError::from_error(&error))?;
        Ok(change)
    };
    arguments.iter().map(change).collect()
}

fn granted(to: &Grant, changes: &[Change]) -> Result<Grant, CommandError> {
    to.with(changes, SOURCE).map_err(|error| CommandError::from_error(&error))
}

fn asked(manifest: &Manifest) -> Result<Grant, CommandError> {
    let answer = ask("Grant all of this? [y/N/c (choose)]")?;
    match answer.as_str() {
        answer if is_yes(answer) => Ok(Grant::all(manifest)),
        "c" | "choose" => chosen(manifest),
        _ => Err(CommandError::new("nothing was granted, and nothing was installed")),
    }
}

fn chosen(manifest: &Manifest) -> Result<Grant, CommandError> {
    let mut arguments = Vec::new();
    for request in in_order(grantable(manifest)) {
        let question = format!("{}: {}? [y/N]", request.capability, escape(&request.subject));
        if is_yes(&ask(&question)?) {
            arguments.push(request.grant_argument);
        }
    }
    granted(&Grant::default(), &changes(manifest, &arguments)?)
}

/// What can be granted as it is asked for: not a program that the user has to choose.
fn grantable(manifest: &Manifest) -> Vec<Request> {
    let all = Grant::all(manifest);
    let is_granted = |request: &Request| {
        Change::parse(&request.grant_argument).is_ok_and(|change| all.without(&[change]).is_ok())
    };
    manifest.requests().into_iter().filter(is_granted).collect()
}

/// The arguments, as examples, for what the user has to choose and has not yet.
pub(super) fn to_choose(manifest: &Manifest, grant: &Grant) -> Vec<String> {
    let lines = grant.rules().lines();
    let known = grantable(manifest);
    let requests = manifest.requests().into_iter().filter(|request| !known.contains(request));
    let open =
        requests.filter(|request| !lines.iter().any(|line| line.capability == request.capability));
    open.map(|request| quoted(&request.grant_argument)).collect()
}

/// What the provider cannot do without by its own word, and is not granted at all; what the user has
/// to choose is not in it.
pub(super) fn left_out(manifest: &Manifest, grant: &Grant) -> Vec<Request> {
    let lines = grant.rules().lines();
    let is_needed = |request: &Request| {
        let granted = lines.iter().any(|line| line.capability == request.capability);
        !granted && !request.optional && request.reason.is_some()
    };
    grantable(manifest).into_iter().filter(is_needed).collect()
}

/// Takes away every registry but these, if there are any.
fn only_for(
    registries: &[String],
    grant: Grant,
    manifest: &Manifest,
) -> Result<Grant, CommandError> {
    if registries.is_empty() {
        return Ok(grant);
    }
    let mut grant = grant;
    for line in grant.clone().rules().lines() {
        if line.capability == "registries"
            && let Ok(change) = Change::parse(&format!("registries={}", line.subject))
        {
            grant = grant.without(&[change]).map_err(|error| CommandError::from_error(&error))?;
        }
    }
    let arguments: Vec<_> =
        registries.iter().map(|pattern| format!("registries={pattern}")).collect();
    granted(&grant, &changes(manifest, &arguments)?)
}

fn nobody_to_ask(manifest: &Manifest) -> CommandError {
    let grants = manifest.requests().into_iter().map(|request| request.grant_argument);
    let grants: Vec<_> =
        grants.map(|argument| format!("  --grant {}", quoted(&argument))).collect();
    CommandError::new(format!(
        "there is no terminal to ask for consent at; give `--grant-all`, or those of these that the \
         provider may have:\n{}",
        grants.join("\n")
    ))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=:/.,_@+-".contains(&byte);
    match word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use lockgate_policy::Manifest;

    use super::{changes, grantable, granted, quoted, requests_table};
    use lockgate_policy::Grant;

    const MANIFEST: &str = r#"
name = "corp"
version = "1.0"
description = "A test"
optional = ["prompt"]

[capabilities]
registries = ["*"]
stores = ["os"]
prompt = true
reveal = true

[reasons]
stores = "the token is there"
prompt = "to ask"
reveal = "to sign with it"
"#;

    #[test]
    fn a_word_is_one_word_for_a_shell() {
        assert_eq!(quoted("http=https://a.example"), "http=https://a.example");
        assert_eq!(quoted("registries=cargo:*"), "'registries=cargo:*'");
        assert_eq!(quoted("a'b $(x)"), "'a'\\''b $(x)'");
    }

    #[test]
    fn risks_stand_out_and_reasons_are_told() {
        let manifest = Manifest::parse(MANIFEST, "manifest.toml").unwrap();
        let text = requests_table(&manifest.requests());
        let plain = anstream::adapter::strip_str(&text).to_string();
        let lines: Vec<_> = plain.lines().collect();
        assert!(plain.contains("prompt      true (optional)\n"), "{plain}");
        assert!(
            plain.contains("stores      os\n              why: the token is there\n"),
            "{plain}"
        );
        // What has to be looked at twice comes first.
        let place = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
        assert!(place("registries") < place("reveal") && place("reveal") < place("stores"));
        for risky in ["registries  *", "reveal      true"] {
            assert!(text.contains(&format!("\u{1b}[31m{risky}")), "{text}");
            let at = lines.iter().position(|line| line.starts_with(risky)).unwrap();
            let below = lines[at + 1..].iter().take_while(|line| line.starts_with(' '));
            assert_eq!(below.filter(|line| line.contains("risk: ")).count(), 1, "{plain}");
        }
        assert!(text.contains("\nstores      os\n"), "{text}");
    }

    #[test]
    fn everything_that_is_asked_for_can_be_granted_one_by_one() {
        let manifest = Manifest::parse(MANIFEST, "manifest.toml").unwrap();
        let requests = grantable(&manifest);
        assert_eq!(requests, manifest.requests());
        let arguments: Vec<_> = requests.into_iter().map(|one| one.grant_argument).collect();
        let changes = changes(&manifest, &arguments).unwrap();
        let grant = granted(&Grant::default(), &changes).unwrap();
        assert_eq!(grant.to_toml(), Grant::all(&manifest).to_toml());
    }
}
