//! The programs of a call.

use lockgate_core::ProcessGrant;

use super::turn_down;
use crate::ceiling::Court;
use crate::decision::{Cause, Decision};
use crate::identity::Identity;
use crate::meet::{Entry, meet};
use crate::rules::{EnvironmentRule, ProcessRule, Rules};

const NEEDS_ARGUMENTS: Cause = Cause::Unusable(
    "needs argument templates; only bridges may start a program with any arguments",
);
const NEEDS_PROGRAM: Cause = Cause::Unusable(
    "is asked for, but has to be named; only bridges may start a program of the user's choice",
);

/// The narrowest first: `Capabilities::program` takes the first that covers the arguments.
pub(super) fn programs(
    asks: &Rules,
    gives: &Rules,
    identity: &Identity<'_>,
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<ProcessGrant> {
    let asked = usable(&asks.process, identity, court, trace);
    let granted = usable(&gives.process, identity, court, trace);
    let mut grants = Vec::new();
    for mut rule in meet(&asked, &granted, court, trace) {
        if rule.arguments.is_none() && !identity.bridge {
            turn_down(trace, &rule, &NEEDS_ARGUMENTS);
            continue;
        }
        keep_variables(&mut rule, court, trace);
        grants.extend(rule.into_grant());
    }
    grants
}

/// The rules with what is known of the registry in them, without those that make no sense for it.
fn usable(
    entries: &[Entry<ProcessRule>],
    identity: &Identity<'_>,
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<Entry<ProcessRule>> {
    let mut usable = Vec::new();
    for entry in entries {
        let chosen = entry.value.is_chosen() && !identity.bridge;
        let filled = match chosen {
            true => Err(NEEDS_PROGRAM),
            false => entry.value.filled(court.facts).map_err(Cause::Unusable),
        };
        match filled {
            Ok(value) => usable.push(Entry { value, place: entry.place.clone() }),
            Err(cause) => trace.push(Decision::about(entry, cause)),
        }
    }
    usable
}

/// A variable that the administrator does not leave is not handed to a program either.
fn keep_variables(rule: &mut ProcessRule, court: &Court<'_>, trace: &mut Vec<Decision>) {
    rule.environment.retain(|name| {
        let variable = EnvironmentRule { name: name.clone(), plain: false };
        let Err(forbidden) = court.judge_part(&variable) else { return true };
        let mut decision = Decision::allowed_by("environment", name.clone(), Vec::new());
        decision.refuse(&variable, Cause::Forbidden(forbidden));
        trace.push(decision);
        false
    });
}
