//! The administrator's text.

use std::path::PathBuf;

use super::caps::{Cap, Caps, DENY_KEYS, Providers};
use super::selector::Selector;
use super::{AuditCollector, CallerRule, Ceiling, Forced, Requirement, network};
use crate::error::{PolicyError, Problem};
use crate::manifest::{check_name, check_sentence, read as read_text};
use crate::meet::Entry;
use crate::reader::{Fields, Keys, Node, Source, check_visible};
use crate::registries::RegistryPattern;
use crate::rules::{self, check_program, flag};

const KEYS: Keys = Keys {
    known: &[
        "message",
        "lockgate-home",
        "reveal-option",
        "bridges",
        "caller",
        "require",
        "audit-collector",
        "providers",
        "registries",
        "http",
        "allow",
        "deny",
        "rule",
    ],
    later: &[],
};
const PROVIDERS_KEYS: Keys = Keys { known: &["allow", "block"], later: &[] };
const REGISTRY_KEYS: Keys = Keys { known: &["providers"], later: &[] };
const PROVIDER_KEYS: Keys = Keys { known: &["name", "is"], later: &[] };
const RULE_KEYS: Keys =
    Keys { known: &["providers", "except", "message", "allow", "deny"], later: &[] };

pub(super) fn read(text: &str, source: &str) -> Result<Ceiling, PolicyError> {
    let source = Source::of_administrator(text, source);
    let document = source.document()?;
    let root = source.root(&document, &KEYS)?;
    let message = read_message(&root)?;
    let providers = root.get("providers").map(|node| node.fields(&PROVIDERS_KEYS)).transpose()?;
    let list = |key| providers.as_ref().and_then(|fields| fields.get(key));
    Ok(Ceiling {
        lockgate_home: flag(&root, "lockgate-home")?,
        reveal_option: flag(&root, "reveal-option")?,
        bridges: flag(&root, "bridges")?,
        caller: root.get("caller").map(|node| placed(&node, read_caller)).transpose()?,
        required: read_required(&root)?,
        audit_collector: root.get("audit-collector").map(|node| collector(&node)).transpose()?,
        allowed: list("allow").map(|node| placed(&node, selectors)).transpose()?,
        blocked: list("block").map(|node| blocked(&node)).transpose()?.unwrap_or_default(),
        forced: read_forced(&root)?,
        http: network::read(&root)?,
        caps: read_caps(&root, message.as_deref())?,
        message,
    })
}

fn placed<T>(
    node: &Node<'_>,
    read: fn(&Node<'_>) -> Result<T, PolicyError>,
) -> Result<Entry<T>, PolicyError> {
    Ok(Entry { value: read(node)?, place: node.place() })
}

fn read_message(fields: &Fields<'_>) -> Result<Option<String>, PolicyError> {
    fields.get("message").map(|node| read_text(&node, check_sentence)).transpose()
}

fn read_caller(node: &Node<'_>) -> Result<CallerRule, PolicyError> {
    if !node.is_string() {
        let program = |node: &Node<'_>| {
            let path = node.text()?;
            check_program(path).map_err(|problem| node.error(problem))?;
            Ok(PathBuf::from(path))
        };
        return Ok(CallerRule::Programs(
            node.list()?.iter().map(program).collect::<Result<_, _>>()?,
        ));
    }
    let text = node.text()?;
    match text {
        "any" => Ok(CallerRule::Any),
        "terminal" => Ok(CallerRule::Terminal),
        "confirm" => Ok(CallerRule::Confirm),
        _ => {
            let reason = "says not who may ask; write `any`, `terminal`, `confirm`, or a list of \
                          programs";
            Err(node.error(Problem::value(text, reason)))
        }
    }
}

fn read_required(root: &Fields<'_>) -> Result<Vec<Entry<Requirement>>, PolicyError> {
    let mut required: Vec<Entry<Requirement>> = Vec::new();
    for node in root.get("require").map(|node| node.list()).transpose()?.unwrap_or_default() {
        let text = node.text()?;
        let value = match text {
            "audit" => Requirement::Audit,
            "hardening" => Requirement::Hardening,
            "pinned-indexes" => Requirement::PinnedIndexes,
            _ => {
                let reason =
                    "cannot be required; there are `audit`, `hardening` and `pinned-indexes`";
                return Err(node.error(Problem::value(text, reason)));
            }
        };
        if required.iter().any(|entry| entry.value == value) {
            return Err(node.error(Problem::Repeated(text.to_owned())));
        }
        required.push(Entry { value, place: node.place() });
    }
    Ok(required)
}

fn collector(node: &Node<'_>) -> Result<AuditCollector, PolicyError> {
    match node.text()? {
        "journald" => Ok(AuditCollector::Journald),
        "syslog" => Ok(AuditCollector::Syslog),
        text => {
            let reason = "is no collector; there are `journald` and `syslog`";
            Err(node.error(Problem::value(text, reason)))
        }
    }
}

fn selectors(node: &Node<'_>) -> Result<Vec<Selector>, PolicyError> {
    Ok(blocked(node)?.into_iter().map(|entry| entry.value).collect())
}

fn blocked(node: &Node<'_>) -> Result<Vec<Entry<Selector>>, PolicyError> {
    let mut seen = std::collections::BTreeSet::new();
    let mut entries = Vec::new();
    for node in node.list()? {
        let value = Selector::read(&node)?;
        if !seen.insert(value.clone()) {
            return Err(node.error(Problem::Repeated(value.to_string())));
        }
        entries.push(Entry { value, place: node.place() });
    }
    Ok(entries)
}

fn read_forced(root: &Fields<'_>) -> Result<Vec<Forced>, PolicyError> {
    let Some(registries) = root.get("registries") else { return Ok(Vec::new()) };
    let read = |(key, node): (&str, Node<'_>)| {
        let registry = check_visible(key).and_then(|()| RegistryPattern::parse(key));
        let registry = registry.map_err(|problem| node.error(problem))?;
        let list = node.fields(&REGISTRY_KEYS)?.need("providers")?;
        let providers = list.list()?.iter().map(read_provider).collect::<Result<Vec<_>, _>>()?;
        let (lines, selectors): (Vec<_>, Vec<_>) = providers.into_iter().unzip();
        if lines.is_empty() {
            let reason = "names none; to have a registry served by nobody, deny it in \
                          `deny.registries`";
            return Err(list.error(Problem::value("providers = []", reason)));
        }
        Ok(Forced { registry, lines, selectors, place: list.place() })
    };
    registries.open_fields()?.all().map(read).collect()
}

/// A provider's line, and what the provider has to be.
fn read_provider(node: &Node<'_>) -> Result<(String, Vec<Selector>), PolicyError> {
    if !node.is_string() {
        let fields = node.fields(&PROVIDER_KEYS)?;
        let is = fields.need("is")?;
        let selectors = selectors(&is)?;
        if selectors.is_empty() {
            let reason = "selects nothing; say what the provider is";
            return Err(is.error(Problem::value("is = []", reason)));
        }
        return Ok((read_line(&fields.need("name")?)?, selectors));
    }
    let line = read_line(node)?;
    match line.split(' ').next().is_some_and(|name| name.contains(':')) {
        true => Ok((line, vec![Selector::BuiltIn])),
        false => {
            let reason = "can be the name of any installed provider; say which is meant, as in \
                          `{ name = \"...\", is = [\"sha256:...\"] }`";
            Err(node.error(Problem::value(&line, reason)))
        }
    }
}

/// A provider's name, and what else the user's own configuration may say behind it.
fn read_line(node: &Node<'_>) -> Result<String, PolicyError> {
    let line = node.text()?;
    let name = line.split(' ').next().unwrap_or_default();
    check_name(name).map_err(|reason| node.error(Problem::value(name, reason)))?;
    Ok(line.to_owned())
}

/// The caps for all providers, then those for some.
fn read_caps(root: &Fields<'_>, message: Option<&str>) -> Result<Vec<Cap>, PolicyError> {
    let mut caps = vec![read_cap(root, Providers::All, message)?];
    let rules = root.get("rule").map(|node| node.tables(&RULE_KEYS)).transpose()?;
    for rule in rules.unwrap_or_default() {
        let own = read_message(&rule)?;
        let own = own.as_deref().or(message);
        caps.push(read_cap(&rule, read_providers(&rule)?, own)?);
    }
    Ok(caps)
}

fn read_providers(rule: &Fields<'_>) -> Result<Providers, PolicyError> {
    match (rule.get("providers"), rule.get("except")) {
        (Some(only), None) => Ok(Providers::Only(selectors(&only)?)),
        (None, Some(except)) => Ok(Providers::Except(selectors(&except)?)),
        (None, None) => Err(rule.error(Problem::MissingKey("providers"))),
        (Some(_), Some(except)) => {
            let reason = "stands beside `providers`; a rule has one of the two";
            Err(except.error(Problem::value("except", reason)))
        }
    }
}

fn read_cap(
    fields: &Fields<'_>,
    providers: Providers,
    message: Option<&str>,
) -> Result<Cap, PolicyError> {
    let caps = |key, keys: &Keys| {
        let fields = fields.get(key).map(|node| node.fields(keys)).transpose()?;
        Ok(fields.map(|fields| Caps::read(&fields)).transpose()?.unwrap_or_default())
    };
    Ok(Cap {
        providers,
        message: message.map(str::to_owned),
        allow: caps("allow", &rules::KEYS)?,
        deny: caps("deny", &DENY_KEYS)?,
    })
}
