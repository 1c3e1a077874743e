//! The encodings that secrets are written in.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use lockgate_core::Secret;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// Everything but letters, digits and what RFC 3986 calls unreserved.
const PERCENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How bytes become text and back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Encoding {
    Base64,
    Base64Url,
    Hex,
    Percent,
    JsonString,
}

/// The text that stands for `bytes`; `None` if a JSON string cannot hold them.
pub(crate) fn encode(encoding: Encoding, bytes: &[u8]) -> Option<Secret> {
    let text = match encoding {
        Encoding::Base64 => STANDARD.encode(bytes),
        Encoding::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        Encoding::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Encoding::Percent => percent_encode(bytes, PERCENT).to_string(),
        Encoding::JsonString => {
            let quoted = serde_json::to_string(std::str::from_utf8(bytes).ok()?).ok()?;
            return Some(Secret::from(quoted.strip_prefix('"')?.strip_suffix('"')?));
        }
    };
    Some(Secret::from(text))
}

/// The bytes that `text` stands for; `None` if it is not of that encoding.
pub(crate) fn decode(encoding: Encoding, text: &[u8]) -> Option<Secret> {
    let bytes = match encoding {
        Encoding::Base64 => base64(&STANDARD, &STANDARD_NO_PAD, text)?,
        Encoding::Base64Url => base64(&URL_SAFE, &URL_SAFE_NO_PAD, text)?,
        Encoding::Hex => hex(text)?,
        Encoding::Percent => percent_decode(text).collect(),
        Encoding::JsonString => {
            let quoted = format!("\"{}\"", std::str::from_utf8(text).ok()?);
            serde_json::from_str::<String>(&quoted).ok()?.into_bytes()
        }
    };
    Some(Secret::new(bytes))
}

/// With or without padding: files of both kinds exist.
fn base64(padded: &GeneralPurpose, unpadded: &GeneralPurpose, text: &[u8]) -> Option<Vec<u8>> {
    padded.decode(text).or_else(|_| unpadded.decode(text)).ok()
}

fn hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok().filter(|text| !text.starts_with('+'))?;
        u8::from_str_radix(text, 16).ok()
    };
    text.len().is_multiple_of(2).then(|| text.chunks(2).map(digits).collect())?
}

#[cfg(test)]
mod tests {
    use super::{Encoding, decode, encode};

    const ALL: [Encoding; 5] = [
        Encoding::Base64,
        Encoding::Base64Url,
        Encoding::Hex,
        Encoding::Percent,
        Encoding::JsonString,
    ];

    #[test]
    fn every_encoding_comes_back() {
        for encoding in ALL {
            for text in ["", "a", "\"", "\"\"", "user:päss\n\\\"", "~-._ +/=%"] {
                let encoded = encode(encoding, text.as_bytes()).unwrap();
                let decoded = decode(encoding, encoded.expose()).unwrap();
                assert_eq!(decoded.expose(), text.as_bytes(), "{encoding:?} {text:?}");
            }
        }
    }

    #[test]
    fn what_is_not_of_the_encoding_is_refused() {
        for (encoding, text) in [
            (Encoding::Base64, "a b"),
            (Encoding::Base64Url, "a+b/"),
            (Encoding::Hex, "abc"),
            (Encoding::Hex, "+f"),
            (Encoding::JsonString, "a\"b"),
        ] {
            assert!(decode(encoding, text.as_bytes()).is_none(), "{encoding:?} {text:?}");
        }
        assert!(encode(Encoding::JsonString, &[0xff]).is_none());
    }

    #[test]
    fn known_texts() {
        let text =
            |encoding| encode(encoding, b"AB?>\"").unwrap().expose_text().unwrap().to_owned();
        assert_eq!(text(Encoding::Base64), "QUI/PiI=");
        assert_eq!(text(Encoding::Base64Url), "QUI_PiI");
        assert_eq!(text(Encoding::Hex), "41423f3e22");
        assert_eq!(text(Encoding::Percent), "AB%3F%3E%22");
        assert_eq!(text(Encoding::JsonString), "AB?>\\\"");
    }
}
