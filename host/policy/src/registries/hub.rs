//! Docker Hub is one registry with several names: who denies or allows it by one means all of them.

use lockgate_core::{DOCKER_HUB_HOSTS, Ecosystem, Registry};
use url::Host;

use super::{HTTPS, is_plain_path, server_of};
use crate::host::HostPattern;

/// The paths of Hub's own names, without a slash at the end.
const OWN_PATHS: [&str; 2] = ["", "/v1"];
/// Where docker keeps the tokens of Hub's web login. Who decides about Hub decides about them too.
const TOKEN_PATHS: [&str; 2] = ["/v1/access-token", "/v1/refresh-token"];

/// A name with one of Hub's hosts.
pub(super) struct OnHub<'a> {
    /// What stands behind the host, byte for byte.
    path: &'a str,
}

impl<'a> OnHub<'a> {
    pub(super) fn of(registry: &'a Registry) -> Option<Self> {
        if registry.ecosystem() != Ecosystem::Oci {
            return None;
        }
        let (host, port) = server_of(registry)?;
        let is_hubs =
            DOCKER_HUB_HOSTS.iter().any(|name| matches!(&host, Host::Domain(host) if host == name));
        let text = registry.url();
        let behind = text.split_once("://").map_or(text, |(_, behind)| behind);
        let path = behind.find(['/', '?', '#']).and_then(|start| behind.get(start..));
        (is_hubs && port == HTTPS).then_some(Self { path: path.unwrap_or_default() })
    }

    fn path(&self) -> &str {
        self.path.strip_suffix('/').unwrap_or(self.path)
    }

    fn is_hub(&self) -> bool {
        OWN_PATHS.contains(&self.path())
    }

    fn belongs_to_hub(&self) -> bool {
        self.is_hub() || TOKEN_PATHS.contains(&self.path())
    }
}

/// Whether the URL of a pattern and the registry mean the same of Hub's.
pub(super) fn is_named_by(url: &str, registry: &Registry) -> bool {
    both(url, registry, |pattern, asked| {
        (pattern.is_hub() && asked.belongs_to_hub()) || pattern.path == asked.path
    })
}

/// Whether the registry, by any of its names, is below the URL of a pattern.
pub(super) fn is_below(prefix: &str, registry: &Registry) -> bool {
    both(prefix, registry, |pattern, asked| {
        let below = |path: &str| path.strip_prefix(pattern.path).is_some_and(is_plain_path);
        let by_another_name = || OWN_PATHS.iter().any(|path| below(&format!("{path}/")));
        below(asked.path) || (asked.belongs_to_hub() && by_another_name())
    })
}

/// Whether all below the second URL is below the first one, by whichever of Hub's names.
pub(super) fn is_above(own: &str, prefix: &str) -> bool {
    let inner = Registry::new(Ecosystem::Oci, prefix);
    let begins = |own: &OnHub<'_>, inner: &OnHub<'_>| inner.path.starts_with(own.path);
    inner.is_ok_and(|inner| both(own, &inner, begins))
}

fn both(url: &str, registry: &Registry, compare: impl Fn(&OnHub<'_>, &OnHub<'_>) -> bool) -> bool {
    let Some(asked) = OnHub::of(registry) else { return false };
    let pattern = Registry::new(Ecosystem::Oci, url);
    pattern.is_ok_and(|pattern| OnHub::of(&pattern).is_some_and(|named| compare(&named, &asked)))
}

/// Whether one of Hub's hosts is meant.
pub(super) fn is_covered(host: &HostPattern) -> bool {
    DOCKER_HUB_HOSTS.iter().any(|name| host.covers(&Host::Domain((*name).to_owned())))
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Registry};

    use crate::meet::Rule;
    use crate::registries::RegistryPattern;

    const PATTERNS: [&str; 12] = [
        "oci:docker.io",
        "oci:index.docker.io",
        "oci:registry-1.docker.io",
        "oci:DOCKER.io:443",
        "oci:*.docker.io",
        "oci:https://index.docker.io/v1/",
        "oci:https://index.docker.io/v1",
        "oci:https://docker.io",
        "oci:https://Registry-1.Docker.io/",
        "oci:https://docker.io/*",
        "oci:https://index.docker.io/v1/*",
        "oci:https://registry-1.docker.io:443/*",
    ];
    /// As clients and people write it.
    const HUB: [&str; 10] = [
        "https://index.docker.io/v1/",
        "https://index.docker.io/v1",
        "index.docker.io",
        "docker.io",
        "Docker.IO",
        "docker.io:443",
        "docker.io/",
        "registry-1.docker.io",
        "https://registry-1.docker.io/",
        "https://docker.io/v1/",
    ];

    fn matches(pattern: &str, server: &str) -> bool {
        let registry = Registry::new(Ecosystem::Oci, server).unwrap();
        RegistryPattern::parse(pattern).unwrap().matches(&registry)
    }

    #[test]
    fn docker_hub_is_one_registry_by_all_of_its_names() {
        for pattern in PATTERNS {
            for server in HUB {
                assert!(matches(pattern, server), "{pattern} and {server}");
            }
            for token in ["access-token", "refresh-token", "access-token/"] {
                let key = format!("https://index.docker.io/v1/{token}");
                assert!(matches(pattern, &key), "{pattern} and {key}");
            }
        }
    }

    #[test]
    fn what_is_not_docker_hub_is_not_matched_by_its_names() {
        for pattern in PATTERNS {
            for server in [
                "http://docker.io",
                "docker.io:5000",
                "https://index.docker.io:8443/v1/",
                "docker.io.evil.example",
                "user@docker.io",
                "evil.example/docker.io",
                "evil.example#docker.io",
                "https://evil.example/https://index.docker.io/v1/",
                "docker.io.",
                "ghcr.io",
            ] {
                assert!(!matches(pattern, server), "{pattern} and {server}");
            }
            let cargo = Registry::new(Ecosystem::Cargo, "https://docker.io/").unwrap();
            assert!(!RegistryPattern::parse(pattern).unwrap().matches(&cargo), "{pattern}");
        }
    }

    #[test]
    fn a_part_of_docker_hub_is_not_the_whole() {
        let part = "oci:https://docker.io/library/*";
        for (pattern, server, expected) in [
            (part, "index.docker.io/library/rust", true),
            (part, "https://docker.io/library/../v1/", false),
            (part, "docker.io/other", false),
            (part, "docker.io", false),
            ("oci:https://index.docker.io/v1/", "docker.io/library/rust", false),
            ("oci:https://index.docker.io/v1/access-token", "docker.io", false),
            (
                "oci:https://index.docker.io/v1/access-token",
                "https://docker.io/v1/access-token",
                true,
            ),
            ("oci:docker.io", "index.docker.io/library/rust", true),
            ("oci:auth.docker.io", "docker.io", false),
            ("oci:docker.io", "auth.docker.io", false),
        ] {
            assert_eq!(matches(pattern, server), expected, "{pattern} and {server}");
        }
    }

    #[test]
    fn a_grant_of_docker_hub_by_one_name_is_what_was_asked_for_by_another() {
        let parse = |text| RegistryPattern::parse(text).unwrap();
        for (one, other, meet) in [
            ("oci:docker.io", "oci:index.docker.io", true),
            ("oci:docker.io", "oci:https://index.docker.io/v1/", true),
            ("oci:*.docker.io", "oci:docker.io", true),
            ("oci:docker.io", "oci:docker.io:5000", false),
            ("oci:docker.io", "oci:ghcr.io", false),
            ("oci:https://docker.io/*", "oci:https://index.docker.io/*", true),
            ("oci:https://docker.io/*", "oci:https://index.docker.io/v1/*", true),
            ("oci:https://docker.io/library/*", "oci:https://index.docker.io/other/*", false),
            ("oci:https://docker.io/*", "oci:https://ghcr.io/*", false),
        ] {
            assert_eq!(parse(one).meet(&parse(other)).is_some(), meet, "{one} and {other}");
            assert_eq!(parse(other).meet(&parse(one)).is_some(), meet, "{other} and {one}");
        }
    }
}
