//! cargo's variables as configuration: `a.b-c` is `CARGO_A_B_C`.

use std::collections::{BTreeMap, BTreeSet};

use lockgate_core::{PROXY_VARIABLES, Secret};

use super::Definition;

/// The variable of `http.proxy`, which may have a password in it.
pub(crate) const PROXY: &str = "CARGO_HTTP_PROXY";
/// What cargo reads besides `http.timeout`.
pub(crate) const TIMEOUT: &str = "HTTP_TIMEOUT";

/// cargo's variables. The values of those that hold tokens are not kept.
#[derive(Default)]
pub(crate) struct Environment {
    values: BTreeMap<String, String>,
    secrets: BTreeSet<String>,
    /// That of `http.proxy`, and those that cargo leaves to curl.
    proxies: BTreeMap<String, Secret>,
}

impl Environment {
    pub(crate) fn new(variables: &BTreeMap<String, String>) -> Self {
        let mut environment = Self::default();
        for (name, value) in variables {
            if name.ends_with("_TOKEN") || name.ends_with("_SECRET_KEY") {
                environment.secrets.insert(name.clone());
            } else if name == PROXY || PROXY_VARIABLES.contains(&name.as_str()) {
                environment.proxies.insert(name.clone(), Secret::from(value.as_str()));
            } else if name == TIMEOUT || is_cargos(name) {
                environment.values.insert(name.clone(), value.clone());
            }
        }
        environment
    }

    /// The value of the variable for a key. One that is set and empty counts, as cargo does.
    pub(crate) fn get(&self, key: &[&str]) -> Option<(&str, Definition)> {
        let name = variable_name(key);
        let value = self.values.get(&name)?;
        Some((value, Definition::Environment(name)))
    }

    /// The value of a variable of this very name, of those that name no key.
    pub(crate) fn named(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of a variable that is about proxies.
    pub(crate) fn proxy(&self, name: &str) -> Option<&Secret> {
        self.proxies.get(name)
    }

    /// Whether a variable that holds a secret is set.
    pub(crate) fn has_secret(&self, name: &str) -> bool {
        self.secrets.contains(name)
    }

    /// Every `CARGO_REGISTRIES_<X>_INDEX`: `<X>` in lower case (its dashes are lost), the value
    /// and the variable.
    pub(crate) fn indexes(&self) -> impl Iterator<Item = (String, &str, Definition)> {
        self.values.iter().filter_map(|(variable, value)| {
            let name = variable.strip_prefix("CARGO_REGISTRIES_")?.strip_suffix("_INDEX")?;
            Some((name.to_lowercase(), value.as_str(), Definition::Environment(variable.clone())))
        })
    }

    /// A variable that would be the one for this key if it were written in upper case.
    pub(crate) fn miscased(&self, key: &[&str]) -> Option<&str> {
        let name = variable_name(key);
        self.values
            .keys()
            .find(|known| **known != name && known.to_uppercase().replace('-', "_") == name)
            .map(String::as_str)
    }
}

fn is_cargos(name: &str) -> bool {
    name.get(..6).is_some_and(|prefix| prefix.eq_ignore_ascii_case("CARGO_"))
}

/// The variable for a key.
pub(crate) fn variable_name(key: &[&str]) -> String {
    let mut name = String::from("CARGO");
    for part in key {
        name.push('_');
        name.push_str(&part.to_uppercase().replace('-', "_"));
    }
    name
}

/// Whether two registry names share their variables.
pub(crate) fn share_variables(one: &str, other: &str) -> bool {
    fn in_variables(name: &str) -> impl Iterator<Item = char> {
        let upper = name.chars().flat_map(char::to_uppercase);
        upper.map(|character| if character == '-' { '_' } else { character })
    }
    in_variables(one).eq(in_variables(other))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Environment, share_variables, variable_name};

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment::new(&pairs.iter().map(owned).collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn maps_keys_to_variables() {
        for (key, expected) in [
            (&["registries", "my-reg", "index"][..], "CARGO_REGISTRIES_MY_REG_INDEX"),
            (&["registry", "default"], "CARGO_REGISTRY_DEFAULT"),
            (
                &["registry", "global-credential-providers"],
                "CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS",
            ),
            (&["credential-alias", "my-al"], "CARGO_CREDENTIAL_ALIAS_MY_AL"),
            (&["registries", "stra\u{df}e", "token"], "CARGO_REGISTRIES_STRASSE_TOKEN"),
        ] {
            assert_eq!(variable_name(key), expected);
        }
        assert!(share_variables("My-Corp", "my_corp") && !share_variables("my-corp", "mycorp"));
    }

    #[test]
    fn only_upper_case_counts_and_empty_is_set() {
        let known = environment(&[
            ("cargo_registries_q_index", "https://q/"),
            ("CARGO_REGISTRIES_E_INDEX", ""),
        ]);
        assert!(known.get(&["registries", "q", "index"]).is_none());
        assert_eq!(known.miscased(&["registries", "q", "index"]), Some("cargo_registries_q_index"));
        assert_eq!(known.get(&["registries", "e", "index"]).unwrap().0, "");
        assert_eq!(known.miscased(&["registries", "e", "index"]), None);
    }

    /// A variable meant for the registry `a-token` is no token of the registry `a`.
    #[test]
    fn a_longer_name_is_another_registry() {
        let known = environment(&[("CARGO_REGISTRIES_A_TOKEN_INDEX", "https://t/")]);
        assert!(!known.has_secret("CARGO_REGISTRIES_A_TOKEN"));
        let names: Vec<_> = known.indexes().map(|(name, ..)| name).collect();
        assert_eq!(names, ["a_token"]);
    }

    #[test]
    fn values_of_secrets_are_not_kept() {
        let known = environment(&[
            ("CARGO_REGISTRY_TOKEN", "canary"),
            ("CARGO_REGISTRIES_A_TOKEN", "canary"),
            ("CARGO_REGISTRIES_A_SECRET_KEY", "canary"),
            ("GITHUB_TOKEN", "canary"),
            ("OTHER", "canary"),
        ]);
        assert!(known.values.is_empty());
        assert!(known.has_secret("CARGO_REGISTRY_TOKEN"));
    }
}
