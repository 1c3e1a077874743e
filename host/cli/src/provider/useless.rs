//! What a grant gives and nothing comes of: the provider does not ask for it, or the administrator
//! refuses it.

use lockgate_core::{CRATES_IO_SPARSE_INDEX, Ecosystem, Registry, escape};
use lockgate_policy::{Decision, Facts, Grant, Identity, Line, Manifest, NotServed, decide};

use crate::error::CommandError;

/// What decisions call the lines of the grant.
const SOURCE: &str = "the grant";

/// Who is granted something, and who is asked whether it may have it.
pub(super) struct Question<'a> {
    pub(super) machine: &'a lockgate_broker::Machine,
    pub(super) identity: Identity<'a>,
    pub(super) manifest: &'a Manifest,
}

impl Question<'_> {
    /// A sentence for each line of a grant of which nothing comes, whichever of its registries a
    /// request is about.
    pub(super) fn useless(&self, grant: &Grant) -> Result<Vec<String>, CommandError> {
        // Its lines must not be taken for the manifest's, from which they may be copied.
        let grant = Grant::parse(&grant.to_toml(), SOURCE)
            .map_err(|error| CommandError::from_error(&error))?;
        let lines = grant.rules().lines();
        let (mut all, mut said) = (None::<Vec<String>>, Vec::new());
        for pattern in lines.iter().filter(|line| line.capability == "registries") {
            let Some(registry) = example(&pattern.subject).filter(|one| grant.serves(one)) else {
                continue;
            };
            let facts =
                Facts { registry: &registry, token_variable: None, home: self.machine.home() };
            match decide(self.manifest, &grant, &self.machine.ceiling, &self.identity, &facts) {
                Ok(decided) => {
                    let here: Vec<_> =
                        lines.iter().filter_map(|line| of_line(line, &decided.decisions)).collect();
                    // Lost for one registry, it may be of use for another.
                    all = Some(match all {
                        Some(before) => {
                            before.into_iter().filter(|one| here.contains(one)).collect()
                        }
                        None => here,
                    });
                }
                Err(NotServed::NotGranted) => {}
                Err(refused) => said.push(sentence(pattern, &format!("is of no use: {refused}"))),
            }
        }
        said.extend(all.unwrap_or_default());
        said.dedup();
        Ok(said)
    }
}

/// Why nothing comes of a line, if that is so.
fn of_line(line: &Line, decisions: &[Decision]) -> Option<String> {
    let mut about = decisions.iter().filter(|decision| decision.capability == line.capability);
    if line.capability == "limits" {
        let name = |subject: &str| subject.split(' ').next().map(str::to_owned);
        let counts = about.find(|decision| name(&decision.subject) == name(&line.subject))?;
        let useless = counts.subject != line.subject;
        return useless
            .then(|| sentence(line, &format!("is of no use: {} counts", counts.subject)));
    }
    let mut own = about.filter(|decision| decision.places.contains(&line.place)).peekable();
    own.peek()?;
    let mut refusals = Vec::new();
    for decision in own {
        refusals.push(decision.refusal.clone()?);
    }
    refusals.first().map(|refusal| sentence(line, refusal))
}

fn sentence(line: &Line, rest: &str) -> String {
    format!("{} `{}` {rest}", line.capability, escape(&line.subject))
}

/// A registry that a pattern means.
fn example(pattern: &str) -> Option<Registry> {
    let (ecosystem, pattern) = match pattern.split_once(':') {
        Some(("oci", rest)) => (Ecosystem::Oci, rest),
        Some(("cargo", rest)) => (Ecosystem::Cargo, rest),
        _ => (Ecosystem::Cargo, pattern),
    };
    let url = match (pattern, ecosystem) {
        ("*", Ecosystem::Cargo) => CRATES_IO_SPARSE_INDEX.to_owned(),
        ("*", _) => "registry.example".to_owned(),
        (pattern, _) => {
            let below = pattern.strip_suffix('*').unwrap_or(pattern);
            below.replace("//*.", "//any.").replacen("*.", "any.", 1)
        }
    };
    Registry::new(ecosystem, url).ok()
}

#[cfg(test)]
mod tests {
    use lockgate_policy::Grant;

    use super::example;

    #[test]
    fn each_pattern_has_an_example_that_it_means() {
        for pattern in [
            "*",
            "cargo:*",
            "oci:*",
            "cargo:sparse+https://cargo.corp.example/*",
            "cargo:sparse+https://cargo.corp.example/index/",
            "oci:*.corp.example",
            "oci:ghcr.io",
        ] {
            let grant = format!("registries = [\"{pattern}\"]");
            let grant = Grant::parse(&grant, "grant").unwrap();
            assert!(grant.serves(&example(pattern).unwrap()), "{pattern}");
        }
    }
}
