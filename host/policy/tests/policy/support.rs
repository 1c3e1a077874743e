//! Texts and requests that several tests decide about.

use std::path::Path;

use lockgate_core::{Ecosystem, Registry};
use lockgate_policy::{Ceiling, Decided, Facts, Grant, Identity, Manifest, NotServed, decide};

/// What a test decides about; the parts that are not said are the harmless ones.
pub(crate) struct Case<'a> {
    pub(crate) asked: &'a str,
    pub(crate) granted: &'a str,
    pub(crate) policy: &'a str,
    pub(crate) identity: Identity<'a>,
    pub(crate) registry: (Ecosystem, &'a str),
    pub(crate) token_variable: Option<&'a str>,
    pub(crate) home: Option<&'a Path>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Self {
            asked: "",
            granted: "",
            policy: "",
            identity: Identity::default(),
            registry: (Ecosystem::Cargo, "sparse+https://cargo.corp.example/index/"),
            token_variable: Some("CARGO_REGISTRIES_CORP_TOKEN"),
            home: Some(Path::new("/home/me")),
        }
    }
}

impl Case<'_> {
    pub(crate) fn decide(&self) -> Result<Decided, NotServed> {
        let registry = Registry::new(self.registry.0, self.registry.1).unwrap();
        let facts =
            Facts { registry: &registry, token_variable: self.token_variable, home: self.home };
        let ceiling = Ceiling::parse(self.policy, "/etc/lockgate/policy.toml").unwrap();
        decide(&manifest(self.asked), &grant(self.granted), &ceiling, &self.identity, &facts)
    }

    pub(crate) fn decided(&self) -> Decided {
        self.decide().unwrap()
    }
}

/// A manifest that asks for these lines, each with a reason.
pub(crate) fn manifest(lines: &str) -> Manifest {
    let keys = ["stores", "http", "process", "environment", "files", "prompt", "reveal"];
    let is_asked = |key: &&&str| {
        let start = format!("{key} = ");
        let of_key = lines.lines().filter(|line| line.starts_with(&start));
        of_key.clone().any(|line| !line.ends_with("= false") && !line.ends_with("= []"))
    };
    let reasons: String =
        keys.iter().filter(is_asked).map(|key| format!("{key} = 'needed'\n")).collect();
    let text = format!(
        "name = 'test'\nversion = '1'\ndescription = 'A test.'\n[capabilities]\n\
         registries = ['*']\n{lines}\n[reasons]\n{reasons}"
    );
    Manifest::parse(&text, "manifest").unwrap()
}

/// A grant of these lines for every registry.
pub(crate) fn grant(lines: &str) -> Grant {
    let text = match lines.starts_with("limits") {
        true => format!("{lines}\nregistries = ['*']\n"),
        false => format!("registries = ['*']\n{lines}\n"),
    };
    Grant::parse(&text, "grant").unwrap()
}
