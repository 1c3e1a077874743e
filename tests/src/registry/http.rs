//! As much of HTTP/1.1 as cargo speaks to a registry: one request for each connection.

use std::io::{self, BufRead, Read, Write};

/// Longest line of a request's head that is read, in bytes. Tokens go up to 64 KiB.
const MAX_LINE: u64 = 128 << 10;
/// Most header lines that are read.
const MAX_HEADERS: usize = 100;
/// Longest body that is read, in bytes: more than any package of a test.
const MAX_BODY: usize = 16 << 20;

/// What a client asks.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// Reads one request; none if the client closed the connection without a word. `reply` is
    /// where a client that waits for it is told to go on with its body.
    pub(super) fn read(
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
        let length = request.header("content-length").map_or(Ok(0), str::parse::<usize>);
        let length = length.map_err(io::Error::other)?;
        if length > MAX_BODY {
            return Err(io::Error::other("the body is too long"));
        }
        request.body.resize(length, 0);
        input.read_exact(&mut request.body)?;
        Ok(Some(request))
    }

    /// The value of a header, named in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
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
