//! The addresses of a call.

use lockgate_core::HttpGrant;

use super::{NO_HOME, turn_down};
use crate::ceiling::Court;
use crate::decision::{Cause, Decision};
use crate::meet::{Rule, meet};
use crate::rules::{HttpRule, Rules};

/// The narrowest last: `Capabilities::http` takes the last of those that it cannot tell apart.
pub(super) fn addresses(
    asks: &Rules,
    gives: &Rules,
    court: &Court<'_>,
    trace: &mut Vec<Decision>,
) -> Vec<HttpGrant> {
    let mut grants = Vec::new();
    for rule in meet(&asks.http, &gives.http, court, trace).into_iter().rev() {
        // The certificate is a file, too.
        let certificate = rule.client_certificate.as_ref();
        if let Some(Err(forbidden)) = certificate.map(|file| court.judge_part(file)) {
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

/// What is looked up at the moment of use, with a decision for each that takes something away, unless
/// it takes all of a line whose own decision says so.
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
        let subject = denied.subject();
        let is_told =
            trace.iter().any(|one| one.forbidden() == Some(&forbidden) && one.subject == subject);
        if takes(asks) && takes(gives) && !is_told {
            let mut decision = Decision::allowed_by("http", subject, Vec::new());
            decision.refuse(denied, Cause::Forbidden(forbidden));
            trace.push(decision);
        }
        grants.push(denied.clone().into_address());
    }
    grants
}
