//! `WWW-Authenticate`: what a registry wants before it answers.

use lockgate_core::HttpResponse;

/// Most challenges that are kept, and the longest, in bytes: what the provider interface promises.
const MAX_CHALLENGES: usize = 16;
const MAX_CHALLENGE: usize = 8 << 10;
/// Most bytes of all challenges together: what fits into a pipe twice.
const MAX_ALL_CHALLENGES: usize = 24 << 10;

/// One challenge of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// As it is written: its case says nothing.
    pub scheme: String,
    /// Names, of which the case says nothing either, and values, in their order.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Whether it is of this scheme.
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The values of a parameter.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = move |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.parameters.iter().filter(named).map(|(_, value)| value.as_str())
    }
}

/// The challenges of a header up to the first one with a mistake in it.
pub fn challenges(header: &str) -> Vec<Challenge> {
    let mut reader = Reader { rest: header };
    let mut challenges = Vec::new();
    loop {
        reader.skip(|c| is_blank(c) || c == ',');
        if reader.rest.is_empty() {
            return challenges;
        }
        match reader.challenge() {
            Some(challenge) => challenges.push(challenge),
            None => return challenges,
        }
    }
}

/// The challenges of an answer, each a header, as far as they are text of a sensible length.
pub fn sent_challenges(response: &HttpResponse) -> Vec<String> {
    let mut left = MAX_ALL_CHALLENGES;
    let all = response.headers.iter().filter(|(name, _)| name == "www-authenticate");
    let text = all.filter_map(|(_, value)| value.expose_text());
    let sound = text.filter(|text| {
        text.len() <= MAX_CHALLENGE && !text.chars().any(|c| c.is_control() && c != '\t')
    });
    sound
        .take(MAX_CHALLENGES)
        .take_while(|text| left.checked_sub(text.len()).map(|rest| left = rest).is_some())
        .map(|text| text.trim_matches([' ', '\t']).to_owned())
        .collect()
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        self.rest = self.rest.trim_start_matches(skipped);
    }

    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self, letters: impl Fn(char) -> bool) -> Option<&'a str> {
        let end = self.rest.find(|c| !letters(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// A scheme with its parameters, up to the end or the comma behind it.
    fn challenge(&mut self) -> Option<Challenge> {
        let scheme = self.word(is_token)?.to_owned();
        let mut parameters = Vec::new();
        if !self.is_at_end() && !self.rest.starts_with(is_blank) {
            return None;
        }
        self.skip(is_blank);
        if let Some(rest) = self.behind_token68() {
            self.rest = rest;
            return Some(Challenge { scheme, parameters });
        }
        while self.is_parameter() {
            parameters.push(self.parameter()?);
            self.skip(is_blank);
            if !self.is_at_end() {
                return None;
            }
            self.skip(|c| is_blank(c) || c == ',');
        }
        Some(Challenge { scheme, parameters })
    }

    fn is_at_end(&self) -> bool {
        self.rest.is_empty() || self.rest.starts_with(',')
    }

    /// What follows the one word that some schemes have in the place of parameters.
    fn behind_token68(&self) -> Option<&'a str> {
        let mut ahead = Reader { rest: self.rest };
        ahead.word(|c| c.is_ascii_alphanumeric() || "-._~+/".contains(c))?;
        ahead.skip(|c| c == '=');
        ahead.skip(is_blank);
        ahead.is_at_end().then_some(ahead.rest)
    }

    /// Whether a parameter follows, and not the next scheme.
    fn is_parameter(&self) -> bool {
        let mut ahead = Reader { rest: self.rest };
        ahead.word(is_token).is_some() && {
            ahead.skip(is_blank);
            ahead.take('=')
        }
    }

    fn parameter(&mut self) -> Option<(String, String)> {
        let name = self.word(is_token)?.to_owned();
        self.skip(is_blank);
        self.take('=');
        self.skip(is_blank);
        let value = match self.take('"') {
            true => self.quoted()?,
            false => self.word(is_token)?.to_owned(),
        };
        Some((name, value))
    }

    /// Up to the closing quote, without the backslashes that protect a character.
    fn quoted(&mut self) -> Option<String> {
        let mut value = String::new();
        let mut letters = self.rest.char_indices();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(value);
                }
                '\\' => value.push(letters.next()?.1),
                letter => value.push(letter),
            }
        }
        None
    }
}

fn is_blank(letter: char) -> bool {
    matches!(letter, ' ' | '\t')
}

fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::challenges;

    #[test]
    fn a_header_may_have_several_challenges() {
        let header = r#"Bearer realm="https://a.example/t",Service="s, \"x\"", Basic REALM=x"#;
        let [bearer, basic] = challenges(header).try_into().unwrap();
        assert!(bearer.is("bearer") && basic.is("BASIC"));
        let values = |name| bearer.values(name).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(values("realm"), ["https://a.example/t"]);
        assert_eq!(values("service"), ["s, \"x\""]);
        assert_eq!(basic.values("realm").next(), Some("x"));
        assert_eq!(values("none"), [""; 0]);
    }
}
