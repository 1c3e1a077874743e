//! The arguments of a program: fixed text, what the host fills in, and what a provider may choose.

use std::fmt;

use lockgate_core::{ArgumentPart, ArgumentTemplate, Registry};

const HOST_HOLE: &str = "{registry.host}";
const URL_HOLE: &str = "{registry.url}";

/// One argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Never empty, and never beside another one.
    Text(String),
    /// The host of the registry in hand.
    Host,
    /// Its URL.
    Url,
    /// `*`
    Word,
    /// `**`
    Path,
}

impl Template {
    /// # Errors
    /// The rest of a sentence that begins with the argument.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}', '*']) {
            let (fixed, hole) = rest.split_at(at);
            push_text(&mut parts, fixed);
            let (part, word) = [
                (Part::Host, HOST_HOLE),
                (Part::Url, URL_HOLE),
                (Part::Path, "**"),
                (Part::Word, "*"),
            ]
            .into_iter()
            .find(|(_, word)| hole.starts_with(word))
            .ok_or("has a brace that is neither `{registry.host}` nor `{registry.url}`")?;
            rest = hole.strip_prefix(word).unwrap_or_default();
            parts.push(part);
        }
        push_text(&mut parts, rest);
        let free = parts.iter().filter(|part| matches!(part, Part::Word | Part::Path)).count();
        match free {
            0 | 1 => Ok(Self(parts)),
            _ => Err("has more than one `*` or `**`; one is all that an argument may have"),
        }
    }

    /// The argument with what is known of the registry.
    ///
    /// # Errors
    /// The rest of a sentence that begins with the program.
    pub(crate) fn filled(&self, registry: &Registry) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        for part in &self.0 {
            let value = match part {
                Part::Text(text) => {
                    push_text(&mut parts, text);
                    continue;
                }
                Part::Word | Part::Path => {
                    parts.push(part.clone());
                    continue;
                }
                Part::Host => {
                    registry.host().ok_or("needs the registry's host, which has none")?.to_string()
                }
                Part::Url => registry.url().to_owned(),
            };
            if parts.is_empty() && value.starts_with('-') {
                return Err("would get an option where the registry's name is expected");
            }
            if !is_harmless(&value) {
                return Err("would get a registry's name with blanks, or `..`, in an argument");
            }
            push_text(&mut parts, &value);
        }
        Ok(Self(parts))
    }

    /// The argument with anything where the host would fill in what it knows.
    pub(crate) fn open(&self) -> Self {
        let open = |part: &Part| match part {
            Part::Host => Part::Word,
            Part::Url => Part::Path,
            known => known.clone(),
        };
        Self(self.0.iter().map(open).collect())
    }

    /// What both allow, of templates that have been filled: of a fixed text and one that covers it
    /// the text, of a word and a path the word; none if that is nothing.
    pub(crate) fn meet(&self, other: &Self) -> Option<Self> {
        if self.covers(other) {
            return Some(other.clone());
        }
        other.covers(self).then(|| self.clone())
    }

    fn covers(&self, other: &Self) -> bool {
        if let Some(text) = other.fixed() {
            return self == other || self.clone().into_argument().covers(text);
        }
        let wider = |(own, other): (&Part, &Part)| {
            own == other || matches!((own, other), (Part::Path, Part::Word))
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(wider)
    }

    fn fixed(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Bytes of fixed text, and holes.
    pub(crate) fn size(&self) -> (usize, usize) {
        self.0.iter().fold((0, 0), |(bytes, holes), part| match part {
            Part::Text(text) => (bytes + text.len(), holes),
            _ => (bytes, holes + 1),
        })
    }

    /// A hole that was not filled stands for anything of its kind.
    pub(crate) fn into_argument(self) -> ArgumentTemplate {
        let part = |part| match part {
            Part::Text(text) => ArgumentPart::Text(text),
            Part::Host | Part::Word => ArgumentPart::Word,
            Part::Url | Part::Path => ArgumentPart::Path,
        };
        ArgumentTemplate(self.0.into_iter().map(part).collect())
    }
}

/// Joined to the text before it, so that two templates that mean the same are equal.
fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        _ if text.is_empty() => {}
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// Whether a registry's name, which somebody else may have chosen, stays inside of the place that
/// an argument has for it.
fn is_harmless(value: &str) -> bool {
    let steps = value.split('/').all(|step| step != "." && step != "..");
    steps && value.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Display for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| {
            formatter.write_str(match part {
                Part::Text(text) => text,
                Part::Host => HOST_HOLE,
                Part::Url => URL_HOLE,
                Part::Word => "*",
                Part::Path => "**",
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Registry};

    use super::Template;

    fn filled(template: &str, ecosystem: Ecosystem, url: &str) -> Result<String, &'static str> {
        let registry = Registry::new(ecosystem, url).unwrap();
        Template::parse(template).unwrap().filled(&registry).map(|filled| filled.to_string())
    }

    #[test]
    fn a_template_prints_as_it_is_written() {
        for text in [
            "",
            "read",
            "op://corp/*",
            "op://{registry.host}/**",
            "{registry.url}",
            "--x={registry.host}",
        ] {
            assert_eq!(Template::parse(text).unwrap().to_string(), text);
        }
        for bad in ["{registry.name}", "{", "}", "a{b}c", "{registry.token}", "*/*", "***", "**a*"]
        {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_host_fills_what_it_knows() {
        let sparse = "sparse+https://Cargo.Example/index/";
        for (template, expected) in [
            ("op://{registry.host}/token", "op://cargo.example/token"),
            ("{registry.host}", "cargo.example"),
            ("--url={registry.url}", "--url=sparse+https://Cargo.Example/index/"),
            ("plain", "plain"),
        ] {
            assert_eq!(filled(template, Ecosystem::Cargo, sparse).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_registry_cannot_make_an_option_or_leave_its_folder() {
        let oci = |template: &str, url: &str| filled(template, Ecosystem::Oci, url);
        assert!(oci("{registry.host}", "-x.example").unwrap_err().contains("option"));
        assert!(oci("{registry.url}", "--config=x").unwrap_err().contains("option"));
        assert!(oci("a/{registry.url}", "../secret").unwrap_err().contains("`..`"));
        assert!(oci("a/{registry.url}", "a b").unwrap_err().contains("blanks"));
        // The twins: the same names where they do no harm.
        assert_eq!(oci("--host={registry.host}", "-x.example").unwrap(), "--host=-x.example");
        assert_eq!(oci("a/{registry.url}", "..secret").unwrap(), "a/..secret");
        let none = filled("{registry.host}", Ecosystem::Cargo, "file:///index");
        assert!(none.is_err(), "{none:?}");
    }

    #[test]
    fn two_arguments_meet_in_the_narrower_one() {
        for (one, two, met) in [
            ("read", "read", Some("read")),
            ("read", "write", None),
            ("op://corp/*", "op://corp/token", Some("op://corp/token")),
            ("op://corp/*", "op://corp/a/token", None),
            ("op://corp/**", "op://corp/a/token", Some("op://corp/a/token")),
            ("op://corp/**", "op://corp/*", Some("op://corp/*")),
            ("op://corp/*", "op://evil/*", None),
            ("op://*", "op://corp*", None),
            ("*", "--config", None),
            ("*", "", None),
        ] {
            let (one, two) = (Template::parse(one).unwrap(), Template::parse(two).unwrap());
            let shown = |met: Option<Template>| met.map(|met| met.to_string());
            assert_eq!(shown(one.meet(&two)).as_deref(), met, "{one} and {two}");
            assert_eq!(shown(two.meet(&one)).as_deref(), met, "{two} and {one}");
        }
    }
}
