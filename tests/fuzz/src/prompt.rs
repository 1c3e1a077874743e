//! What a provider says to the person at the terminal.

use std::sync::{Arc, Mutex, PoisonError};

use lockgate_adapters::FramedPrompt;
use lockgate_core::{AdapterError, Prompt, Secret, escape, escape_lines, shorten};

use crate::first_line;
use crate::shown::{assert_line, assert_lines, told};

/// Takes what would be shown.
#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<String>>>);

impl Screen {
    fn add(&self, line: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Prompt for Screen {
    fn ask(&self, question: &str, _: bool) -> Result<Secret, AdapterError> {
        self.add(question);
        Ok(Secret::default())
    }

    fn show(&self, message: &str, link: Option<&str>) -> Result<(), AdapterError> {
        self.add(message);
        link.into_iter().for_each(|link| self.add(link));
        Ok(())
    }
}

/// A provider's name, a link and, after them, a text: what is shown has nothing hidden in it, stays
/// behind the provider's name, and can be read back. Taken is what all of is shown.
pub fn prompt_text(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    check_escapes(&text);
    let (name, rest) = first_line(&text);
    let (link, message) = first_line(rest);
    let screen = Screen::default();
    let prompt = FramedPrompt::new(screen.clone(), name.to_owned());
    let asked = prompt.ask(message, true).map(drop);
    check_frame(&screen.take(), name, "asks");
    let link = Some(link).filter(|link| !link.is_empty());
    let shown = prompt.show(message, link);
    check_frame(&screen.take(), name, "says");
    for error in [&asked, &shown].into_iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_line(&told(error.as_ref()).replace('\n', " "));
    }
    asked.is_ok() && shown.is_ok()
}

/// One line with the provider's name before it, and no gap to a second one that seems to have none;
/// then, if there is one, a link that leads where it says.
fn check_frame(lines: &[String], name: &str, verb: &str) {
    let Some(line) = lines.first() else { return };
    assert_line(line);
    let start = format!("{} {verb}: ", escape(name));
    let said = line.strip_prefix(&start).unwrap_or_else(|| panic!("{line:?} without {start:?}"));
    assert!(!said.trim_end().contains("  ") && !said.contains('\u{3000}'), "{said:?}");
    if let Some(link) = lines.get(1) {
        assert!(link.is_ascii(), "{link:?}");
        assert_line(link);
        let (scheme, rest) = link.split_once("://").expect("a host");
        let authority = rest.split('/').next().unwrap_or_default();
        let local = ["localhost", "127.", "[::1]"].iter().any(|start| authority.starts_with(start));
        assert!(scheme == "https" || (scheme == "http" && local), "{link:?}");
        assert!(!authority.contains('@'), "{link:?}");
    }
}

fn check_escapes(text: &str) {
    let (line, lines) = (escape(text), escape_lines(text));
    assert_line(&line);
    assert_lines(&lines);
    assert_eq!(escape(&line), line, "escaping what is escaped changes it");
    assert_eq!(lines.split('\n').count(), text.split('\n').count());
    let limit = text.len() / 2;
    let short = shorten(text, limit);
    let kept = short.strip_suffix('…').filter(|kept| kept.len() <= limit).unwrap_or(&short);
    assert!(text.starts_with(kept), "{short:?} is not the beginning");
    assert!(kept.len() <= limit || kept == text, "{short:?} is too long");
}
