//! `WWW-Authenticate`: where a registry that wants a token says that one is had.

use lockgate_handshake::challenges;
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
pub fn login_url(headers: &[String]) -> Result<Option<Url>, NotAUrl> {
    let mut page = None;
    for challenge in headers.iter().flat_map(|header| challenges(header)) {
        if !challenge.is("cargo") {
            continue;
        }
        for text in challenge.values(PARAMETER) {
            let wrong = |reason| NotAUrl { text: text.to_owned(), reason };
            page = Some(Url::parse(text).map_err(wrong)?);
        }
    }
    Ok(page)
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
