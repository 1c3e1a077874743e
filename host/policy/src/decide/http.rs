//! The addresses of a call.

use lockgate_core::HttpGrant;

use super::{NO_HOME, turn_down};
use crate::ceiling::{Court, Forbidden};
use crate::decision::{Cause, Decision};
use crate::meet::{Rule, meet};
use crate::rules::{FileRule, HttpRule, Rules};

/// The narrowest last: `Capabilities::http` takes the last of those that it cannot tell apart.
pub(super) fn addresses(
    asks: &Rules,
    gives: &Rules,
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<HttpGrant> {
    let mut grants = Vec::new();
    for rule in meet(&asks.http, &gives.http, court, trace).into_iter().rev() {
        let certificate = rule.client_certificate.as_ref();
        if let Some(forbidden) = certificate.and_then(|file| denied_file(file, court)) {
            turn_down(trace, &rule, &Cause::Forbidden(forbidden));
            continue;
        }
        match rule.clone().into_grant(court.facts.home) {
            Some(grant) => grants.push(grant),
            None => turn_down(trace, &rule, &NO_HOME),
        }
    }
    grants
}

/// The certificate is a file, too.
fn denied_file(file: &FileRule, court: &Court<'_>) -> Option<Forbidden> {
    let mut denied = court.denied::<FileRule>();
    let denied = denied.find(|(denied, _)| file.is_denied_by(denied, court.facts));
    denied.map(|(_, forbidden)| forbidden).or_else(|| court.denied_whole::<FileRule>())
}

/// What is looked up at the moment of use, with a decision for each that takes something away.
pub(super) fn denied(
    asks: &Rules,
    gives: &Rules,
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<HttpGrant> {
    let mut grants = Vec::new();
    for (denied, forbidden) in court.denied::<HttpRule>() {
        let takes =
            |rules: &Rules| rules.http.iter().any(|entry| entry.value.meet(denied).is_some());
        if takes(asks) && takes(gives) {
            let mut decision = Decision::allowed_by("http", denied.subject(), Vec::new());
            decision.refuse(denied, Cause::Forbidden(forbidden));
            trace.push(decision);
        }
        grants.push(denied.clone().into_address());
    }
    grants
}
