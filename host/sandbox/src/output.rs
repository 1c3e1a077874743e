//! What a guest prints and logs.

use lockgate_core::Secret;

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

    /// Hides `secrets` where they stand in the text.
    pub(crate) fn redact(&mut self, secrets: &[Secret]) {
        self.bytes = redacted(&self.bytes, secrets);
    }
}

/// The text with `[redacted]` in place of every run of bytes that belong to one of `secrets`. All are
/// looked for in the text as it was: a secret such as `e`, replaced in what replaced another, would
/// let the text grow without end.
pub(crate) fn redacted(text: &[u8], secrets: &[Secret]) -> Vec<u8> {
    let mut hidden = vec![false; text.len()];
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        hide(text, secret, &mut hidden);
    }
    let mut shown = Vec::with_capacity(text.len());
    let mut in_secret = false;
    for (byte, hidden) in text.iter().zip(hidden) {
        match (hidden, in_secret) {
            (true, false) => shown.extend_from_slice(b"[redacted]"),
            (true, true) => {}
            (false, _) => shown.push(*byte),
        }
        in_secret = hidden;
    }
    shown
}

fn hide(text: &[u8], secret: &[u8], hidden: &mut [bool]) {
    let mut from = 0;
    while let Some(found) = text
        .get(from..)
        .and_then(|rest| rest.windows(secret.len()).position(|window| window == secret))
    {
        let end = from + found + secret.len();
        if let Some(run) = hidden.get_mut(from + found..end) {
            run.fill(true);
        }
        from = end;
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

    #[test]
    fn what_replaces_a_secret_is_not_replaced_again() {
        let mut output = Output::default();
        output.write(b"a[e]b abcab");
        let secrets = ["[", "e", "d", "]", "bca", "ab"].map(Secret::from);
        output.redact(&[secrets.as_slice(), &secrets].concat());
        assert_eq!(output.text(), "a[redacted]b [redacted]");
    }
}
