//! What a guest prints and logs.

use crate::limits::OUTPUT_BYTES;

/// Everything that a guest printed and logged in one call, untrusted and as it came.
#[derive(Debug, Default)]
pub struct Output {
    bytes: Vec<u8>,
    dropped: usize,
}

impl Output {
    /// Keeps as much of it as the cap allows.
    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let room = OUTPUT_BYTES.saturating_sub(self.bytes.len());
        let kept = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.bytes.extend_from_slice(kept);
        self.dropped = self.dropped.saturating_add(bytes.len() - kept.len());
    }

    /// The text with its control characters still in it: escape it before showing it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Bytes that did not fit.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Replaces each of `secrets` where it stands in the text.
    pub(crate) fn redact(&mut self, secrets: &[lockgate_core::Secret]) {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            replace(&mut self.bytes, secret.expose(), b"[redacted]");
        }
    }
}

pub(crate) fn replace(bytes: &mut Vec<u8>, needle: &[u8], replacement: &[u8]) {
    let mut from = 0;
    while let Some(found) = bytes
        .get(from..)
        .and_then(|rest| rest.windows(needle.len()).position(|window| window == needle))
    {
        let at = from + found;
        bytes.splice(at..at + needle.len(), replacement.iter().copied());
        from = at + replacement.len();
    }
}

#[cfg(test)]
mod tests {
    use super::Output;
    use lockgate_core::Secret;

    #[test]
    fn keeps_to_the_cap_and_counts_the_rest() {
        let mut output = Output::default();
        output.write(&[b'x'; 60 << 10]);
        output.write(&[b'y'; 60 << 10]);
        assert_eq!(output.text().len(), 64 << 10);
        assert_eq!(output.dropped(), 56 << 10);
    }

    #[test]
    fn redacts_every_occurrence() {
        let mut output = Output::default();
        output.write(b"abcSECRETdefSECRET");
        output.redact(&[Secret::from("SECRET"), Secret::default()]);
        assert_eq!(output.text(), "abc[redacted]def[redacted]");
    }
}
