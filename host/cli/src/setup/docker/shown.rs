//! docker's configuration without its secrets: everything but the names of helpers.

/// The members whose values are shown: names of programs.
const SHOWN: [&str; 2] = ["credsStore", "credHelpers"];

/// What stands for a value that may be a secret.
const HIDDEN: &str = "...";

/// The lines of a JSON text, of which only names of helpers and the keys are shown.
pub(super) fn shown_lines(text: &str) -> Vec<String> {
    let mut shown = String::with_capacity(text.len());
    let mut at = Place::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            c if c.is_whitespace() => c.len_utf8(),
            _ => rest.find([',', '}', ']', '\n', ' ', '\t', '\r']).unwrap_or(rest.len()).max(1),
        };
        let (token, behind) = rest.split_at_checked(length).unwrap_or((rest, ""));
        shown.push_str(at.shown(token));
        rest = behind;
    }
    let mut lines: Vec<_> = shown.split('\n').map(str::to_owned).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// The lines of a file that has no secrets.
pub(super) fn plain_lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// From its first quote to its last one.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Where in the value a token stands.
#[derive(Default)]
struct Place {
    /// The values around it, the outermost first: whether each is an object.
    around: Vec<bool>,
    expects_key: bool,
    /// Whether the member of the outermost object that it belongs to is shown.
    is_shown: bool,
}

impl Place {
    /// The token as it is shown.
    fn shown<'a>(&mut self, token: &'a str) -> &'a str {
        match token {
            "{" | "[" => {
                self.around.push(token == "{");
                self.expects_key = token == "{";
            }
            "}" | "]" => {
                self.around.pop();
                self.expects_key = false;
            }
            "," => self.expects_key = self.around.last().is_some_and(|is_object| *is_object),
            ":" => self.expects_key = false,
            _ if token.chars().all(char::is_whitespace) => {}
            _ if self.expects_key => {
                if self.around.len() == 1 {
                    self.is_shown = SHOWN.contains(&token.trim_matches('"'));
                }
            }
            "true" | "false" | "null" => {}
            _ if self.is_shown => {}
            _ => return HIDDEN,
        }
        token
    }
}

#[cfg(test)]
mod tests {
    use super::shown_lines;

    #[test]
    fn only_keys_and_helpers_are_shown() {
        let text = "{\n\t\"auths\": {\"a.example\": {\"auth\": \"SECRET=\", \"x\": [\"SECRET\", 5]}},\n\
                    \t\"HttpHeaders\": {\"X\": \"SE\\\"CRET\"}, \"credsStore\": \"pass\",\n\
                    \t\"credHelpers\": {\"b.example\": \"gcr\"}, \"experimental\": true\n}";
        let shown = shown_lines(text);
        assert_eq!(
            shown,
            [
                "{",
                "\t\"auths\": {\"a.example\": {\"auth\": ..., \"x\": [..., ...]}},",
                "\t\"HttpHeaders\": {\"X\": ...}, \"credsStore\": \"pass\",",
                "\t\"credHelpers\": {\"b.example\": \"gcr\"}, \"experimental\": true",
                "}"
            ]
        );
    }

    /// A member of that name inside of another one is not docker's.
    #[test]
    fn what_only_looks_like_a_helper_is_hidden() {
        let text = r#"{"auths":{"credsStore":"SECRET","a":{"credHelpers":{"b":"SECRET"}}},"credsStore":"x"}"#;
        let shown = shown_lines(text).join("\n");
        assert!(!shown.contains("SECRET") && shown.contains(r#""credsStore":"x""#), "{shown}");
    }

    #[test]
    fn what_is_no_json_has_as_many_lines_and_no_end_without_one() {
        for text in ["", "{", "\"", "\"\\", "{\"a\":\n\"SECRET", "x\n\ny", "\u{e9}\u{a0}\n"] {
            let shown = shown_lines(text);
            let lines = text.strip_suffix('\n').unwrap_or(text).split('\n').count();
            let expected = if text.is_empty() { 0 } else { lines };
            assert_eq!(shown.len(), expected, "{text:?}: {shown:?}");
            assert!(!shown.join("\n").contains("SECRET"), "{text:?}: {shown:?}");
        }
    }
}
