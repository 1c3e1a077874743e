//! What is written in the one grammar: manifests, grants and an administrator's policy.

use lockgate_core::Registry;
use lockgate_policy::{
    Ceiling, Grant, Line, Manifest, NotServed, PolicyError, Rules, capabilities,
};

use crate::effective::{assert_no_more, facts, registries, under};
use crate::shown::{assert_line, assert_lines, told};
use crate::text;

/// What errors call the text. Hostile, as a file's name can be.
const SOURCE: &str = "the\u{1b}file";

/// A rule that denies something to every provider.
const DENIAL: &str = "\n[[rule]]\nexcept = []\n[rule.deny]\nreveal = true\nstores = [\"os\"]\nhttp = [\"https://api.example\"]\n";

/// Most places at which a grant is cut short for one input.
const MAX_CUTS: usize = 24;

/// A manifest: what is said of it can be shown, it gives nothing by itself, and granting all of it
/// gives what it asks for and no more.
pub fn manifest(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let manifest = match Manifest::parse(text, SOURCE) {
        Ok(manifest) => manifest,
        Err(error) => {
            check_error(&error, text);
            return false;
        }
    };
    for word in [&manifest.name, &manifest.version, &manifest.description] {
        assert!(!word.trim().is_empty());
        assert_line(word);
    }
    manifest.homepage.iter().chain(manifest.reasons.values()).for_each(|word| assert_line(word));
    check_lines(&manifest.asks, text);
    let asked: Vec<&str> = manifest.asks.lines().iter().map(|line| line.capability).collect();
    for key in manifest.optional.iter().chain(manifest.reasons.keys()) {
        assert!(asked.contains(&key.as_str()), "{key} is not asked for");
    }
    for registry in registries() {
        check_consent(&manifest, &registry);
    }
    true
}

fn check_consent(manifest: &Manifest, registry: &Registry) {
    let nothing = capabilities(manifest, &Grant::default(), &facts(registry));
    assert!(nothing.is_err(), "an empty grant gave {nothing:?}");
    let given = match capabilities(manifest, &Grant::all(manifest), &facts(registry)) {
        Ok(given) => given,
        Err(refusal) => return assert_eq!(refusal, NotServed::NotAsked),
    };
    let asked = |capability: &str| {
        let lines = manifest.asks.lines();
        lines.into_iter().filter(|line| line.capability == capability).count()
    };
    assert_eq!(given.stores.len(), asked("stores"));
    assert_eq!(given.files.len(), asked("files"));
    assert_eq!(given.environment.len(), asked("environment"));
    assert_eq!(given.http.is_empty(), asked("http") == 0);
    assert!(given.process.len() <= asked("process"));
    assert_eq!(
        (usize::from(given.prompt), usize::from(given.reveal)),
        (asked("prompt"), asked("reveal"))
    );
}

/// A grant: what is said of it can be shown, and cut short it gives no more than whole.
pub fn grant(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let grant = match Grant::parse(text, SOURCE) {
        Ok(grant) => grant,
        Err(error) => {
            check_error(&error, text);
            return false;
        }
    };
    check_lines(grant.rules(), text);
    let whole = grant.rules().lines();
    for end in cuts(text) {
        let Some(start) = text.get(..end) else { continue };
        if let Ok(cut) = Grant::parse(start, SOURCE) {
            assert_cut(&cut.rules().lines(), &whole, start);
        }
    }
    true
}

/// An administrator's policy: whatever it says, it gives nothing; what it denies besides is gone; and
/// what it says can be shown.
pub fn ceiling(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let ceiling = match Ceiling::parse(text, SOURCE) {
        Ok(ceiling) => ceiling,
        Err(error) => {
            check_error(&error, text);
            return false;
        }
    };
    ceiling.message().into_iter().for_each(assert_line);
    let stricter = Ceiling::parse(&format!("{text}{DENIAL}"), SOURCE).ok();
    let denied = stricter.iter().flat_map(under).map(Some).chain(std::iter::repeat(None));
    for ((with, without), denied) in under(&ceiling).into_iter().zip(denied) {
        match &with {
            Ok(with) => assert_no_more(with, &without),
            Err(forbidden) => assert_lines(&told(forbidden)),
        }
        if let Some((Ok(less), _)) = denied {
            let more = with.expect("a denial admits nobody");
            assert_no_more(&less, &more);
            assert!(!less.reveal && !less.stores.contains("os"), "{less:?}");
        }
    }
    true
}

/// Ends of lines, and a few places in between.
fn cuts(text: &str) -> impl Iterator<Item = usize> {
    let lines = text.match_indices('\n').map(|(end, _)| end).take(MAX_CUTS);
    lines.chain((1..8).map(|eighth| text.len() * eighth / 8))
}

/// Every line of the cut text is one of the whole, and a limit is never lost alone.
fn assert_cut(cut: &[Line], whole: &[Line], start: &str) {
    for line in cut {
        assert!(whole.contains(line), "{line:?} is new in {start:?}");
    }
    let limits = |lines: &[Line]| lines.iter().filter(|line| line.capability == "limits").count();
    assert!(cut.is_empty() || limits(cut) == limits(whole), "a limit is lost in {start:?}");
}

fn check_lines(rules: &Rules, text: &str) {
    for line in rules.lines() {
        assert_line(&line.subject);
        assert_line(&line.place.source);
        assert!((1..=text.split('\n').count()).contains(&line.place.line), "{line:?}");
    }
}

/// The place and the problem on one line, then the cited line between two others.
fn check_error(error: &PolicyError, text: &str) {
    let shown = error.to_string();
    assert_lines(&shown);
    assert_lines(&told(error));
    assert_eq!(shown.lines().count(), 4, "{shown}");
    let place = error.place();
    assert!((1..=text.split('\n').count()).contains(&place.line), "{shown}");
    assert!(shown.starts_with(&format!("the\\u{{1b}}file:{}:", place.line)), "{shown}");
    assert!(shown.ends_with('^'), "{shown}");
}
