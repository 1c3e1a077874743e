//! What the administrator's policy says before anything is asked: who may call, which providers
//! serve a registry, and what has to stand.

use lockgate_core::{AdapterError, Ecosystem, Registry, escape};
use lockgate_policy::{CallerRule, Ceiling, Forbidden, Requirement};
use lockgate_system::{Caller, Confined, Hardening, WallState, has_terminal};

use crate::Choice;
use crate::person::Person;

/// The providers that the administrator gives a registry, whatever the user's configuration says. They
/// are asked in the order of the user's own lists: cargo's from their end, others from their beginning.
pub(crate) fn forced(ceiling: &Ceiling, registry: &Registry) -> Option<Vec<Choice>> {
    let (names, _) = ceiling.providers_for(registry)?;
    let listed = names.iter().filter_map(|line| Choice::of_line(line)).map(Choice::trusted);
    let mut choices: Vec<Choice> = listed.collect();
    if registry.ecosystem() == Ecosystem::Cargo {
        choices.reverse();
    }
    Some(choices)
}

/// Whether the program that called may ask at all, as far as no person has to be asked about it.
///
/// # Errors
/// If the policy says otherwise, or a person would have to be asked and cannot be.
pub(crate) fn check_unconfirmed(ceiling: &Ceiling, caller: &Caller) -> Result<(), Forbidden> {
    let Some(place) = ceiling.caller_place() else { return Ok(()) };
    let refuse = |reason: String| Err(ceiling.refusal(place, reason));
    match ceiling.caller() {
        CallerRule::Any => Ok(()),
        CallerRule::Confirm | CallerRule::Terminal if has_terminal() => Ok(()),
        CallerRule::Terminal => {
            refuse("credentials are given only where there is a terminal".into())
        }
        CallerRule::Confirm => refuse(nobody_to_confirm(&shown(caller))),
        CallerRule::Programs(programs) => match &caller.program {
            Some(program) if programs.contains(program) => Ok(()),
            _ => refuse(format!(
                "no credentials are given to {}, which asked for one",
                shown(caller)
            )),
        },
    }
}

/// The same, and what the person says where one has to confirm it.
///
/// # Errors
/// If the policy says otherwise, or the person does.
pub(crate) fn check_caller(
    ceiling: &Ceiling,
    caller: &Caller,
    registry: &Registry,
) -> Result<(), Forbidden> {
    let Some(place) = ceiling.caller_place() else { return Ok(()) };
    let refuse = |reason: String| Err(ceiling.refusal(place, reason));
    check_unconfirmed(ceiling, caller)?;
    if !matches!(ceiling.caller(), CallerRule::Confirm) {
        return Ok(());
    }
    let shown = shown(caller);
    match confirmed(&shown, registry) {
        Ok(true) => Ok(()),
        Ok(false) => refuse(format!("the credential for {shown} was not confirmed")),
        Err(_) => refuse(nobody_to_confirm(&shown)),
    }
}

fn shown(caller: &Caller) -> String {
    caller.program.as_ref().map_or_else(
        || format!("process {}", caller.pid),
        |program| escape(&program.display().to_string()),
    )
}

fn nobody_to_confirm(caller: &str) -> String {
    format!(
        "a person has to confirm that {caller} gets a credential, and there is no terminal to ask at"
    )
}

/// At the terminal, wherever standard input leads: a program could answer for the person there.
fn confirmed(caller: &str, registry: &Registry) -> Result<bool, AdapterError> {
    // Its name may be a project's choice.
    let url = escape(registry.url());
    let question = format!("{caller} asks for a credential for {url}. Give it? [y/N] ");
    let answer = Person::AtTerminal.prompt("lockgate", true).ask(&question, false)?;
    let answer = answer.expose_text().unwrap_or_default().trim().to_ascii_lowercase();
    Ok(answer == "y" || answer == "yes")
}

/// Whether every measure stands that the administrator requires.
///
/// # Errors
/// The first that does not.
pub(crate) fn check_hardening(
    ceiling: &Ceiling,
    hardening: &[Hardening],
    confined: &Confined,
) -> Result<(), Forbidden> {
    let Some(place) = ceiling.requires(Requirement::Hardening) else { return Ok(()) };
    let refuse = |name: &str, why: String| {
        let reason = format!("every hardening has to stand, and `{name}` does not: {why}");
        Err(ceiling.refusal(place, reason))
    };
    for step in hardening {
        if let Err(error) = &step.result {
            return refuse(step.name, error.to_string());
        }
    }
    for wall in confined.walls() {
        match &wall.state {
            WallState::Stands => {}
            WallState::Gap(why) | WallState::Absent(why) => {
                return refuse(wall.name, (*why).to_owned());
            }
            WallState::Failed(error) => return refuse(wall.name, error.to_string()),
        }
    }
    Ok(())
}
