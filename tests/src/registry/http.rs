//! As much of HTTP/1.1 as clients speak to a registry: one request for each connection.

use std::io::{self, BufRead, Read, Write};

/// Longest line of a request's head that is read, in bytes. Tokens go up to 64 KiB.
const MAX_LINE: u64 = 128 << 10;
/// Most header lines that are read.
const MAX_HEADERS: usize = 100;
/// Longest body that is read, in bytes: more than any package of a test.
const MAX_BODY: usize = 16 << 20;

/// What a client asks.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Reads one request; none if the client closed the connection without a word. `reply` is
    /// where a client that waits for it is told to go on with its body.
    pub(crate) fn read(
        input: &mut impl BufRead,
        mut reply: impl Write,
    ) -> io::Result<Option<Self>> {
        let first = line(input)?;
        if first.is_empty() {
            return Ok(None);
        }
        let mut words = first.split(' ');
        let (Some(method), Some(path)) = (words.next(), words.next()) else {
            return Err(io::Error::other(format!("not a request line: {first}")));
        };
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: headers(input)?,
            body: Vec::new(),
        };
        if request.header("expect").is_some() {
            reply.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        request.read_body(input)?;
        Ok(Some(request))
    }

    fn read_body(&mut self, input: &mut impl BufRead) -> io::Result<()> {
        if self.header("transfer-encoding") != Some("chunked") {
            let length = self.header("content-length").unwrap_or("0").to_owned();
            return read_part(input, 10, &length, &mut self.body).map(drop);
        }
        loop {
            let length = line(input)?;
            let goes_on = read_part(input, 16, &length, &mut self.body)?;
            line(input)?;
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// The value of a header, named in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads as many bytes as a text says, in this base, behind the body so far; false if there are none.
fn read_part(
    input: &mut impl BufRead,
    base: u32,
    length: &str,
    body: &mut Vec<u8>,
) -> io::Result<bool> {
    let length = usize::from_str_radix(length, base).map_err(io::Error::other)?;
    let start = body.len();
    if length > MAX_BODY - start {
        return Err(io::Error::other("the body is too long"));
    }
    body.resize(start + length, 0);
    input.read_exact(&mut body[start..])?;
    Ok(length > 0)
}

fn headers(input: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    while headers.len() < MAX_HEADERS {
        let header = line(input)?;
        if header.is_empty() {
            return Ok(headers);
        }
        let (name, value) = header.split_once(':').unwrap_or((&header, ""));
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    Err(io::Error::other("too many headers"))
}

fn line(input: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(MAX_LINE).read_until(b'\n', &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}

/// What the server says.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) challenge: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// A good answer.
    pub(super) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, challenge: None, body: body.into() }
    }

    /// A refusal in the form in which cargo shows its text.
    pub(super) fn error(status: u16, detail: &str) -> Self {
        let body = serde_json::json!({ "errors": [{ "detail": detail }] });
        Self { status, challenge: None, body: body.to_string().into() }
    }

    /// Writes it out.
    pub(super) fn write(&self, mut output: impl Write) -> io::Result<()> {
        let challenge = self
            .challenge
            .as_ref()
            .map_or_else(String::new, |value| format!("WWW-Authenticate: {value}\r\n"));
        let head = format!(
            "HTTP/1.1 {} {}\r\nContent-Length: {}\r\nConnection: close\r\n{challenge}\r\n",
            self.status,
            if self.status < 400 { "OK" } else { "Refused" },
            self.body.len(),
        );
        output.write_all(head.as_bytes())?;
        output.write_all(&self.body)?;
        output.flush()
    }
}
