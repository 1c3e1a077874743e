//! JSON strings as docker's own helpers write them: scripts that pick an answer apart without a JSON
//! parser were written for those. What acts on a terminal or hides from the eye is escaped beside, for
//! people who look at an answer there.

use lockgate_core::is_hidden;

/// Hands the text of a JSON string, with its quotes, to `push` piece by piece.
pub(crate) fn string(text: &str, push: &mut impl FnMut(&[u8])) {
    push(b"\"");
    for character in text.chars() {
        match short(character) {
            Some(letter) => push(&[b'\\', letter]),
            None if is_escaped(character) => {
                character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| push(&number(*unit)));
            }
            None => push(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    push(b"\"");
}

fn short(character: char) -> Option<u8> {
    Some(match character {
        '"' | '\\' => character as u8,
        '\u{8}' => b'b',
        '\t' => b't',
        '\n' => b'n',
        '\u{c}' => b'f',
        '\r' => b'r',
        _ => return None,
    })
}

/// Go escapes what would act in HTML; the rest is ours.
fn is_escaped(character: char) -> bool {
    matches!(character, '<' | '>' | '&') || is_hidden(character)
}

fn number(unit: u16) -> [u8; 6] {
    let digit = |shift: u16| {
        let digit = char::from_digit(u32::from((unit >> shift) & 0xf), 16);
        digit.map_or(b'0', |digit| digit as u8)
    };
    [b'\\', b'u', digit(12), digit(8), digit(4), digit(0)]
}

#[cfg(test)]
mod tests {
    use super::string;

    fn written(text: &str) -> String {
        let mut bytes = Vec::new();
        string(text, &mut |piece| bytes.extend_from_slice(piece));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn is_what_docker_writes() {
        for (text, expected) in [
            ("", r#""""#),
            ("<token>", r#""\u003ctoken\u003e""#),
            ("a&b", r#""a\u0026b""#),
            ("\"\\/", r#""\"\\/""#),
            ("\t\r\n", r#""\t\r\n""#),
            ("\u{8}\u{c}\u{0}\u{1f}", r#""\b\f\u0000\u001f""#),
            ("\u{2028}\u{2029}", r#""\u2028\u2029""#),
            ("jürgen 🦀", r#""jürgen 🦀""#),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    #[test]
    fn nothing_acts_on_a_terminal() {
        assert_eq!(written("\u{1b}[2J\u{9b}\u{7f}"), r#""\u001b[2J\u009b\u007f""#);
        assert_eq!(written("\u{202e}\u{e0041}"), r#""\u202e\udb40\udc41""#);
    }

    #[test]
    fn every_character_means_itself() {
        let all: Vec<char> = ('\0'..=char::MAX).collect();
        for characters in all.chunks(1000) {
            let text: String = characters.iter().collect();
            assert_eq!(serde_json::from_str::<String>(&written(&text)).unwrap(), text);
        }
    }
}
