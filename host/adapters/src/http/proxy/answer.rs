//! What a proxy answers to CONNECT: a status line, and headers that nobody needs.

/// Longest answer, in bytes: several times what proxies send.
pub(super) const MAX_ANSWER: usize = 16 << 10;

/// A whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// In bytes, up to and with the empty line.
    pub(super) length: usize,
}

impl Answer {
    /// Whether there is a tunnel.
    pub(super) fn is_success(self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Reads an answer; `None` if it is not whole yet. Interim answers before it are passed over.
///
/// # Errors
/// What is wrong with it, to be said behind "its answer".
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Answer>, &'static str> {
    const NOT_HTTP: &str = "is not HTTP";
    let mut start = 0;
    loop {
        let rest = bytes.get(start..).unwrap_or_default();
        let begins = rest.iter().zip(b"HTTP/1.").all(|(found, wanted)| found == wanted);
        if !begins {
            return Err(NOT_HTTP);
        }
        let head = rest.get(..MAX_ANSWER.saturating_sub(start)).unwrap_or(rest);
        let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let status = status_of(rest).ok_or(NOT_HTTP)?;
        start += end + 4;
        if !(100..200).contains(&status) {
            return Ok(Some(Answer { status, length: start }));
        }
    }
}

/// The three digits of `HTTP/1.1 200 Connection established`.
fn status_of(head: &[u8]) -> Option<u16> {
    let digits = head.get(9..12).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let is_apart = head.get(8) == Some(&b' ') && matches!(head.get(12), Some(b' ' | b'\r'));
    let status = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (is_apart && (100..600).contains(&status)).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::{Answer, MAX_ANSWER, parse};

    #[test]
    fn an_answer_is_its_status_and_ends_at_the_empty_line() {
        for (text, status) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", 200),
            ("HTTP/1.0 200\r\nVia: x\r\n\r\n", 200),
            ("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\n\r\n", 407),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 200),
        ] {
            let whole = Answer { status, length: text.len() };
            assert_eq!(parse(text.as_bytes()), Ok(Some(whole)));
            assert_eq!(parse(format!("{text}more").as_bytes()), Ok(Some(whole)));
            for cut in 0..text.len() {
                assert_eq!(parse(&text.as_bytes()[..cut]), Ok(None), "{text:?} {cut}");
            }
        }
    }

    #[test]
    fn what_is_not_http_is_told_at_once_and_an_endless_one_has_an_end() {
        for text in
            ["S", "\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 x\r\n\r\n"]
        {
            assert_eq!(parse(text.as_bytes()), Err("is not HTTP"), "{text:?}");
        }
        assert_eq!(parse(b"HTTP/1.1 999 x\r\n\r\n"), Err("is not HTTP"));
        let long = format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(MAX_ANSWER));
        assert_eq!(parse(long.as_bytes()), Ok(None));
        let interim = "HTTP/1.1 100 Continue\r\n\r\n".repeat(MAX_ANSWER);
        assert_eq!(parse(interim.as_bytes()), Ok(None));
    }
}
