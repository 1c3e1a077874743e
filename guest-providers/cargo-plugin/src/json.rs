//! Writing JSON: what is sent is small, and of a fixed shape.

use alloc::string::String;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends a string in its quotes.
pub(crate) fn push_string(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            control if control < ' ' => {
                text.push_str("\\u00");
                let code = control as usize;
                let digits = [code >> 4, code & 15].map(|digit| HEX.get(digit).copied());
                text.extend(digits.into_iter().flatten().map(char::from));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// Appends `,"key":"value"`.
pub(crate) fn push_field(text: &mut String, key: &str, value: &str) {
    push_key(text, key);
    push_string(text, value);
}

/// Appends `,"key":[...]`, or nothing if there are no values: cargo leaves an empty list out.
pub(crate) fn push_list<'a>(
    text: &mut String,
    key: &str,
    mut values: impl Iterator<Item = &'a str>,
) {
    let Some(first) = values.next() else { return };
    push_key(text, key);
    text.push('[');
    push_string(text, first);
    for value in values {
        text.push(',');
        push_string(text, value);
    }
    text.push(']');
}

fn push_key(text: &mut String, key: &str) {
    text.push(',');
    push_string(text, key);
    text.push(':');
}

#[cfg(test)]
mod tests {
    use super::{push_list, push_string};

    #[test]
    fn what_would_end_a_string_or_a_line_is_escaped() {
        let mut text = String::new();
        push_string(&mut text, "a\"b\\c\n\u{1f}\u{7f}é\u{10ffff}");
        assert_eq!(text, "\"a\\\"b\\\\c\\u000a\\u001f\u{7f}é\u{10ffff}\"");
    }

    #[test]
    fn an_empty_list_is_left_out() {
        let mut text = String::new();
        push_list(&mut text, "args", [].into_iter());
        assert_eq!(text, "");
        push_list(&mut text, "args", ["a", ""].into_iter());
        assert_eq!(text, r#","args":["a",""]"#);
    }
}
