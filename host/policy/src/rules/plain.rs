//! `plain`: fields of documents that may be read in the clear.

use lockgate_core::PlainField;

use super::Speaker;
use crate::ceiling::{CapList, Caps};
use crate::error::{PolicyError, Problem};
use crate::meet::Rule;
use crate::reader::Node;

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlainRule(pub(crate) PlainField);

impl PlainRule {
    fn parse(text: &str) -> Result<Self, Problem> {
        let refuse = |reason| Err(Problem::value(text, reason));
        let (format, rest) = text.split_once(':').unwrap_or_default();
        let path = match format {
            "header" => header(rest),
            "json" | "toml" | "ini" | "form" => pointer(rest),
            _ => {
                return refuse(
                    "does not begin with `json:`, `toml:`, `ini:`, `form:` or `header:`",
                );
            }
        };
        let Some(path) = path else {
            return refuse(
                "does not name a field; write `json:/a/b` or `header:name` in lower case",
            );
        };
        if path.last().is_some_and(|step| step == "*") {
            return refuse("ends in `*`; the field itself has to be named");
        }
        let steps = match format {
            "ini" => path.len() == 2,
            "form" => path.len() == 1,
            _ => true,
        };
        if !steps {
            return refuse(
                "has another number of steps than the format: `ini:/section/key`, `form:/name`",
            );
        }
        Ok(Self(PlainField { format: format.to_owned(), path }))
    }
}

fn header(name: &str) -> Option<Vec<String>> {
    let is_token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (!name.is_empty() && name.bytes().all(is_token)).then(|| vec![name.to_owned()])
}

/// The steps of a JSON pointer (RFC 6901): `~1` is a slash in a step, `~0` a tilde.
fn pointer(text: &str) -> Option<Vec<String>> {
    let steps = text.strip_prefix('/')?.split('/');
    let steps: Vec<_> = steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    steps.last().is_some_and(|step| !step.is_empty()).then_some(steps)
}

impl Rule for PlainRule {
    const KEY: &'static str = "plain";

    fn read(node: &Node<'_>, _: Speaker) -> Result<Self, PolicyError> {
        Self::parse(node.text()?).map_err(|problem| node.error(problem))
    }

    fn meet(&self, other: &Self) -> Option<Self> {
        let (one, two) = (&self.0, &other.0);
        if one.format != two.format || one.path.len() != two.path.len() {
            return None;
        }
        let path = one.path.iter().zip(&two.path).map(|steps| match steps {
            (star, step) | (step, star) if star == "*" => Some(step.clone()),
            (one, two) => (one == two).then(|| one.clone()),
        });
        Some(Self(PlainField { format: one.format.clone(), path: path.collect::<Option<_>>()? }))
    }

    fn subject(&self) -> String {
        let PlainField { format, path } = &self.0;
        if format == "header" {
            return format!("header:{}", path.concat());
        }
        let step = |step: &String| format!("/{}", step.replace('~', "~0").replace('/', "~1"));
        format!("{format}:{}", path.iter().map(step).collect::<String>())
    }

    fn capped(caps: &Caps) -> Option<&CapList<Self>> {
        caps.plain.as_ref()
    }

    fn concerns(&self, subject: &str) -> bool {
        Self::parse(subject).is_ok_and(|field| self.meet(&field).is_some())
    }

    fn risks(&self) -> Vec<&'static str> {
        vec!["it reads this field in the clear"]
    }
}

#[cfg(test)]
mod tests {
    use super::PlainRule;
    use crate::meet::Rule;

    #[test]
    fn a_field_is_read_and_prints_as_it_is_written() {
        for (text, steps) in [
            ("json:/expires_in", vec!["expires_in"]),
            ("json:/a~1b/*/c~0d", vec!["a/b", "*", "c~d"]),
            ("toml:/registries/0/name", vec!["registries", "0", "name"]),
            ("ini://key", vec!["", "key"]),
            ("form:/scope", vec!["scope"]),
            ("header:link", vec!["link"]),
            ("header:x-oauth-2", vec!["x-oauth-2"]),
        ] {
            let rule = PlainRule::parse(text).unwrap();
            assert_eq!(rule.0.path, steps, "{text}");
            assert_eq!(rule.subject(), text);
        }
        for bad in [
            "",
            "json",
            "json:",
            "json:a",
            "json:/",
            "json:/*",
            "json:/a/*",
            "xml:/a",
            "ini:/key",
            "form:/a/b",
            "header:",
            "header:Link",
            "header:/link",
            "plain:/a",
        ] {
            assert!(PlainRule::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn two_fields_meet_step_by_step() {
        let meet = |one: &str, two: &str| {
            let (one, two) = (PlainRule::parse(one).unwrap(), PlainRule::parse(two).unwrap());
            one.meet(&two).map(|met| met.subject())
        };
        assert_eq!(meet("json:/a/*/c", "json:/*/b/c").as_deref(), Some("json:/a/b/c"));
        assert_eq!(meet("json:/*/c", "json:/*/c").as_deref(), Some("json:/*/c"));
        assert_eq!(meet("json:/a", "toml:/a"), None);
        assert_eq!(meet("json:/a", "json:/a/b"), None);
        assert_eq!(meet("json:/a/c", "json:/b/c"), None);
    }
}
