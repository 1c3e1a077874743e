//! The frame around what a provider says, so that nobody takes its words for the host's.

use std::cell::Cell;
use std::fmt;

use lockgate_core::{AdapterError, Prompt, Secret, escape, may_be_opened};
use url::Url;

use super::PromptError;

/// Most questions and messages together in one call: a login with account, password, a second
/// factor and a few mistakes needs fewer, and a person answers no more with care.
const MAX_TEXTS: u32 = 8;
/// Longest question, message or link, in bytes: a dozen lines of a terminal.
const MAX_TEXT: usize = 1024;

/// One call's questions of one provider: each text begins with the provider's name, is one line
/// with everything escaped that acts on a terminal, is bounded, and counted.
pub struct FramedPrompt {
    inner: Box<dyn Prompt>,
    provider: String,
    texts: Cell<u32>,
}

impl FramedPrompt {
    /// Frames what `provider` says at `inner`, for one call.
    #[must_use]
    pub fn new(inner: impl Prompt + 'static, provider: String) -> Self {
        Self { inner: Box::new(inner), provider: escape(&provider), texts: Cell::new(0) }
    }

    fn count(&self) -> Result<(), PromptError> {
        let texts = self.texts.get();
        if texts == MAX_TEXTS {
            return Err(PromptError::TooMany { provider: self.provider.clone(), limit: MAX_TEXTS });
        }
        self.texts.set(texts + 1);
        Ok(())
    }

    fn frame(&self, verb: &str, text: &str) -> Result<String, PromptError> {
        if text.len() > MAX_TEXT {
            let provider = self.provider.clone();
            return Err(PromptError::TextTooLong { provider, limit: MAX_TEXT });
        }
        Ok(format!("{} {verb}: {}", self.provider, one_line(text)))
    }

    fn link(&self, link: &str) -> Result<String, PromptError> {
        let refused = || PromptError::Link { provider: self.provider.clone() };
        let url = Some(link).filter(|link| link.len() <= MAX_TEXT).map(Url::parse);
        let url = url.and_then(Result::ok).ok_or_else(refused)?;
        match may_be_opened(&url) {
            true => Ok(url.into()),
            false => Err(refused()),
        }
    }
}

impl Prompt for FramedPrompt {
    fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
        self.count()?;
        self.inner.ask(&(self.frame("asks", question)? + " "), hidden)
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        self.count()?;
        let link = link.map(|link| self.link(link)).transpose()?;
        self.inner.show(&self.frame("says", message)?, link.as_deref())
    }
}

impl fmt::Debug for FramedPrompt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FramedPrompt").field("provider", &self.provider).finish()
    }
}

/// Escaped, and with single spaces: long gaps would move text to a line of the terminal that seems
/// to have no frame.
fn one_line(text: &str) -> String {
    escape(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use lockgate_core::{AdapterError, Prompt, Secret};

    use super::{FramedPrompt, MAX_TEXT, MAX_TEXTS};

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<String>>>);

    impl Screen {
        fn lines(&self) -> Vec<String> {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    impl Prompt for Screen {
        fn ask(&self, question: &str, hidden: bool) -> Result<Secret, AdapterError> {
            self.0.lock().unwrap().push(format!("{question}[{hidden}]"));
            Ok(Secret::from("answer"))
        }

        fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
            self.0.lock().unwrap().push(format!("{message} {}", link.unwrap_or("-")));
            Ok(())
        }
    }

    fn framed() -> (FramedPrompt, Screen) {
        let screen = Screen::default();
        (FramedPrompt::new(screen.clone(), "corp-sso".into()), screen)
    }

    #[test]
    fn each_text_begins_with_the_provider() {
        let (prompt, screen) = framed();
        let answer = prompt.ask("Password:", true).unwrap();
        assert_eq!(answer.expose_text(), Some("answer"));
        prompt.ask("Account: ", false).unwrap();
        prompt.show("Enter ABCD-EFGH", Some("https://sso.example/device")).unwrap();
        prompt.show("Waiting", None).unwrap();
        let expected = [
            "corp-sso asks: Password: [true]",
            "corp-sso asks: Account: [false]",
            "corp-sso says: Enter ABCD-EFGH https://sso.example/device",
            "corp-sso says: Waiting -",
        ];
        assert_eq!(screen.lines(), expected);
    }

    #[test]
    fn a_text_cannot_leave_its_frame() {
        let (prompt, screen) = framed();
        prompt.ask("x\r\n\u{1b}[2Jcrates.io\u{202e} password:\u{9b}", true).unwrap();
        let gap = format!("x{}crates.io password:", " ".repeat(80));
        prompt.ask(&gap, true).unwrap();
        prompt.show(&gap.replace(' ', "\u{3000}"), None).unwrap();
        let expected = [
            "corp-sso asks: x\\u{d}\\u{a}\\u{1b}[2Jcrates.io\\u{202e} password:\\u{9b} [true]",
            "corp-sso asks: x crates.io password: [true]",
            "corp-sso says: x crates.io password: -",
        ];
        assert_eq!(screen.lines(), expected);
        let screen = Screen::default();
        FramedPrompt::new(screen.clone(), "a\n\u{1b}b".into()).ask("?", true).unwrap();
        assert_eq!(screen.lines(), ["a\\u{a}\\u{1b}b asks: ? [true]"]);
    }

    #[test]
    fn texts_are_bounded_and_counted() {
        let (prompt, screen) = framed();
        let long = "a".repeat(MAX_TEXT + 1);
        let error = prompt.ask(&long, false).unwrap_err().to_string();
        assert_eq!(error, "`corp-sso` wanted to show more than 1024 bytes at once");
        assert!(prompt.show(&long, None).is_err());
        assert!(screen.lines().is_empty());
        prompt.ask(&long[1..], false).unwrap();
        let (prompt, screen) = framed();
        for number in 0..MAX_TEXTS {
            match number % 2 {
                0 => drop(prompt.ask("?", false).unwrap()),
                _ => prompt.show("!", None).unwrap(),
            }
        }
        assert_eq!(screen.lines().len(), MAX_TEXTS as usize);
        let error = prompt.ask("?", false).unwrap_err().to_string();
        assert_eq!(error, "`corp-sso` asked or said something more than 8 times in one call");
        assert!(prompt.show("!", None).is_err());
        assert!(screen.lines().is_empty());
    }

    #[test]
    fn a_link_leads_to_the_host_that_it_shows() {
        for (link, shown) in [
            ("https://sso.example/device?code=A", Some("https://sso.example/device?code=A")),
            ("https://crаtes.io/", Some("https://xn--crtes-5ve.io/")),
            ("https://a.example/\u{202e}x", Some("https://a.example/%E2%80%AEx")),
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080/")),
            ("http://localhost/", Some("http://localhost/")),
            ("http://sso.example/", None),
            ("https://crates.io@evil.example/", None),
            ("https://:word@evil.example/", None),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("sso.example/device", None),
            ("", None),
        ] {
            let (prompt, screen) = framed();
            assert_eq!(prompt.show("Open", Some(link)).is_ok(), shown.is_some(), "{link}");
            let expected: Vec<_> =
                shown.map(|shown| format!("corp-sso says: Open {shown}")).into_iter().collect();
            assert_eq!(screen.lines(), expected, "{link}");
        }
        let (prompt, _) = framed();
        assert!(prompt.show("Open", Some(&format!("https://a/{}", "b".repeat(1024)))).is_err());
    }
}
