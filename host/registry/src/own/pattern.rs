//! Names of `[docker.servers]` with a `*` in them.

/// Servers that are alike. In the host a `*` stands for one or more characters of one part between two
/// dots; at the end of a path for everything below. Scheme, port and the number of parts count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ServerPattern {
    is_http: bool,
    labels: Vec<String>,
    port: Option<String>,
    /// What the path begins with, which ends in `/`; without it there must be no path.
    below: Option<String>,
}

impl ServerPattern {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let parts = Parts::of(text).ok_or("this is not a host with a port and a path")?;
        let labels: Vec<String> = parts.host.split('.').map(str::to_owned).collect();
        if labels.iter().any(|label| label.is_empty() || label.matches('*').count() > 1) {
            return Err("a part of the host is empty, or has more than one `*`");
        }
        if parts.port.is_some_and(|port| port.contains('*')) {
            return Err("a port is written out; `*` cannot stand for one");
        }
        let below = match parts.path.strip_suffix('*') {
            None if parts.path.is_empty() => None,
            Some(below) if below.ends_with('/') && !below.contains('*') => Some(below.to_owned()),
            _ => return Err("in a path `*` can only be the whole last part: `gcr.io/project/*`"),
        };
        if below.is_none() && labels.iter().all(|label| label.contains('*')) {
            return Err(
                "this is for every host with as many parts; the list of all others is `providers` in `[docker]`",
            );
        }
        let port = parts.port.map(str::to_owned);
        Ok(Self { is_http: parts.is_http, labels, port, below })
    }

    /// Whether a server is one of these, by the key that stands for its spellings.
    pub(super) fn matches(&self, server: &str) -> bool {
        let Some(parts) = Parts::of(server) else { return false };
        let labels = parts.host.split('.').count() == self.labels.len()
            && parts.host.split('.').zip(&self.labels).all(|(part, label)| is_like(part, label));
        let path = match (&self.below, parts.path) {
            (None, path) => path.is_empty(),
            (Some(below), path) => {
                let rest = path.strip_prefix(below.as_str());
                rest.is_some_and(|rest| !rest.is_empty()) && has_no_dots(path)
            }
        };
        labels && path && parts.is_http == self.is_http && parts.port == self.port.as_deref()
    }
}

/// What a server or a pattern is made of.
struct Parts<'a> {
    is_http: bool,
    host: &'a str,
    port: Option<&'a str>,
    /// With the slash before it, and without one at its end.
    path: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` for what two programs could read differently.
    fn of(text: &'a str) -> Option<Self> {
        let (is_http, rest) = match text.split_once("://") {
            Some(("https", rest)) => (false, rest),
            Some(("http", rest)) => (true, rest),
            Some(_) => return None,
            None => (false, text),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let odd = |c: char| matches!(c, '?' | '#' | '@' | '\\' | '%' | '[' | ']');
        if rest.contains("//") || rest.ends_with('/') || rest.contains(odd) {
            return None;
        }
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match host.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host, None),
        };
        let port_is_odd = port.is_some_and(|port| port.is_empty() || port.contains(':'));
        (!host.is_empty() && !port_is_odd).then_some(Self { is_http, host, port, path })
    }
}

/// Whether a part of a host is like one of a pattern, byte for byte.
fn is_like(part: &str, label: &str) -> bool {
    match label.split_once('*') {
        None => part == label,
        Some((start, end)) => {
            let middle = part.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
            middle.is_some_and(|middle| !middle.is_empty())
        }
    }
}

fn has_no_dots(path: &str) -> bool {
    !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::ServerPattern;

    #[test]
    fn a_star_stands_for_one_part_of_the_host_or_for_what_is_below_a_path() {
        for (pattern, like, unlike) in [
            (
                "*.dkr.ecr.*.amazonaws.com",
                &["123.dkr.ecr.eu-west-1.amazonaws.com"][..],
                &[
                    "dkr.ecr.eu-west-1.amazonaws.com",
                    ".dkr.ecr.eu-west-1.amazonaws.com",
                    "1.2.dkr.ecr.eu-west-1.amazonaws.com",
                    "123.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
                    "evil.example/123.dkr.ecr.eu-west-1.amazonaws.com",
                    "123.dkr.ecr.evil.example#.amazonaws.com",
                    "123.dkr.ecr.u@evil.amazonaws.com",
                    "http://123.dkr.ecr.eu-west-1.amazonaws.com",
                    "123.dkr.ecr.eu-west-1.amazonaws.com:443",
                    "123.dkr.ecr.eu-west-1.amazonaws.com/v2",
                    "123.DKR.ecr.eu-west-1.amazonaws.com",
                ][..],
            ),
            (
                "*.corp.example:5000",
                &["a.corp.example:5000"],
                &["a.corp.example", "a.corp.example:50"],
            ),
            ("reg-*-x.example", &["reg-1-x.example"], &["reg--x.example", "reg-1-y.example"]),
            ("http://*.local", &["http://a.local"], &["a.local", "https://a.local"]),
            (
                "gcr.io/project/*",
                &["gcr.io/project/image", "gcr.io/project/a/b", "https://gcr.io/project/a"],
                &[
                    "gcr.io",
                    "gcr.io/project",
                    "gcr.io/projects/image",
                    "gcr.io/project/../other/image",
                    "gcr.io/project//image",
                    "gcr.io:443/project/image",
                ],
            ),
            (
                "*.pkg.dev/p/*",
                &["eu.pkg.dev/p/a"],
                &["eu.pkg.dev", "pkg.dev/p/a", "eu.pkg.dev/q/a"],
            ),
            ("gcr.io/*", &["gcr.io/a", "gcr.io/a/b"], &["gcr.io", "gcr.io.evil.example/a"]),
        ] {
            let parsed = ServerPattern::parse(pattern).unwrap();
            for server in like {
                assert!(parsed.matches(server), "{pattern} {server}");
            }
            for server in unlike {
                assert!(!parsed.matches(server), "{pattern} {server}");
            }
        }
    }

    #[test]
    fn what_would_stand_for_more_than_people_see_is_refused() {
        for pattern in [
            "*",
            "*.*",
            "**.example",
            "a*b*.example",
            "h:*",
            "*..example",
            "ftp://*.example",
            "h/*/image",
            "h/a*",
            "h/*x",
            "*.example?x",
            "u@*.example",
            "[*]",
            "*.h//",
            "*:",
        ] {
            assert!(ServerPattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
