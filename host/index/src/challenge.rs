//! `WWW-Authenticate`: where a registry that wants a token says that one is had.

use url::Url;

/// The parameter of a `Cargo` challenge.
const PARAMETER: &str = "login_url";

/// A login page that is none, in the words of cargo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid url `{text}`: {reason}")]
pub struct NotAUrl {
    /// What the registry sent.
    pub text: String,
    /// What the URL parser says.
    pub reason: url::ParseError,
}

/// The page that the challenges of the scheme `Cargo` name; the last one counts. Other schemes, and
/// what follows a mistake in a header, are passed over.
///
/// # Errors
/// If a page is no absolute URL.
pub fn login_url(challenges: &[String]) -> Result<Option<Url>, NotAUrl> {
    let mut page = None;
    for challenge in challenges.iter().flat_map(|header| parse(header)) {
        let is_page = |(name, _): &&(String, String)| name.eq_ignore_ascii_case(PARAMETER);
        if !challenge.scheme.eq_ignore_ascii_case("cargo") {
            continue;
        }
        for (_, text) in challenge.parameters.iter().filter(is_page) {
            let wrong = |reason| NotAUrl { text: text.clone(), reason };
            page = Some(Url::parse(text).map_err(wrong)?);
        }
    }
    Ok(page)
}

/// One challenge of a header.
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

/// The challenges of a header up to the first one with a mistake in it.
fn parse(header: &str) -> Vec<Challenge> {
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
    use super::{NotAUrl, login_url};

    fn page(headers: &[&str]) -> Result<Option<String>, NotAUrl> {
        let headers: Vec<String> = headers.iter().map(|&header| header.to_owned()).collect();
        login_url(&headers).map(|page| page.map(String::from))
    }

    /// What cargo 1.95 handed a provider for the same headers.
    #[test]
    fn the_page_is_the_one_that_cargo_finds() {
        for (headers, expected) in [
            (
                &["Cargo login_url=\"https://x.example/tokens\""][..],
                Some("https://x.example/tokens"),
            ),
            (
                &["Basic realm=\"x\", Cargo login_url=\"https://multi.example/t\""],
                Some("https://multi.example/t"),
            ),
            (
                &[
                    "Cargo login_url=\"https://one.example/\"",
                    "cargo LOGIN_URL=\"https://two.example/\\\"q\"",
                ],
                Some("https://two.example/%22q"),
            ),
            (&["Cargo login_url=https://un.example/"], None),
            (&["Cargo"], None),
            (&["Bearer login_url=\"https://x.example/\""], None),
            (
                &["Negotiate abc==, Cargo login_url=\"https://x.example/\""],
                Some("https://x.example/"),
            ),
            (
                &["Cargo realm=x , login_url = \"https://x.example/\" , a=b"],
                Some("https://x.example/"),
            ),
            (&["Cargo login_url=\"https://x.example/"], None),
            (&["\u{0}, Cargo login_url=\"https://x.example/\""], None),
            (&[], None),
        ] {
            assert_eq!(page(headers), Ok(expected.map(str::to_owned)), "{headers:?}");
        }
    }

    #[test]
    fn a_page_that_is_no_url_is_an_error_in_cargos_words() {
        let error = page(&["Cargo login_url=\"/tokens\""]).unwrap_err();
        assert_eq!(error.to_string(), "invalid url `/tokens`: relative URL without a base");
    }

    #[test]
    fn nonsense_is_read_to_its_end() {
        let all = "Cargo login_url=\"a\\\"b\", x=y,, ,= \\ é token68== Basic";
        for start in 0..all.len() {
            for end in start..=all.len() {
                let _ = all.get(start..end).map(|part| page(&[part]));
            }
        }
        let _ = page(&[&"a=b,".repeat(10_000)]);
    }
}
