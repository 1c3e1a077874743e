//! HTTP: the choke point that every request of a guest passes.

use std::time::Duration;

use lockgate_core::{
    HeaderError, HttpRequest, HttpResponse, Origin, Origins, Refusal, Secret, Sink, check_header,
};
use percent_encoding::percent_decode_str;
use url::Url;
use wasmtime::Result;

use crate::bindings::provider::lockgate::provider::http::{self, Header, Request, Response};
use crate::bindings::provider::lockgate::provider::secrets::Part;
use crate::bindings::provider::lockgate::provider::types::Failure;
use crate::limits::{DOCUMENT_BYTES, HTTP_HEADERS, HTTP_SECONDS, RETRY_SECONDS};
use crate::output::redacted;
use crate::state::{State, Violation, absent};

impl http::Host for State {
    fn send(&mut self, request: Request) -> Result<Result<Response, Failure>> {
        let decided = self.decided(request)?;
        // Without the query, which may hold anything.
        let subject = decided.as_ref().map(|(HttpRequest { method, url, .. }, _)| {
            format!("{method} {}{}", url.origin().ascii_serialization(), url.path())
        });
        let subject = subject.unwrap_or_default();
        let (request, mut origins) = match self.decide("http", &subject, decided) {
            Ok(decided) => decided,
            Err(failure) => return Ok(Err(failure)),
        };
        // A server may echo what it was sent, so a response is from there too.
        origins.extend(&Origins::of(Origin::Http(request.url.origin().ascii_serialization())));
        let Some(adapter) = &self.adapters.http else { return Ok(Err(absent("HTTP"))) };
        match adapter.send(request) {
            Ok(response) => self.response(response, origins),
            Err(error) => Ok(Err(self.fail(&error))),
        }
    }
}

impl State {
    /// The whole policy: address, method, headers, and where each secret in them may go. With the
    /// origins of all that the request carries.
    fn decided(&self, request: Request) -> Result<Result<(HttpRequest, Origins), Refusal>> {
        let refuse = |reason: String| Refusal::new("http", request.url.clone(), reason);
        let method = request.method.to_ascii_uppercase();
        let mut url = match Url::parse(&request.url) {
            Ok(url) => url,
            Err(error) => return Ok(Err(refuse(error.to_string()))),
        };
        url.set_fragment(None);
        if self.saw_part_of(url.as_str()) {
            return Ok(Err(refuse("a secret is never sent in a URL".to_owned())));
        }
        let grant = match self.capabilities.http(&method, &url) {
            Ok(grant) => grant,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if request.headers.len() > HTTP_HEADERS {
            return Ok(Err(refuse(format!("it has more than {HTTP_HEADERS} headers"))));
        }
        let sink = Sink::Http(grant, &url);
        let mut carried = Origins::default();
        let mut composed = |parts: &[Part]| -> Result<Result<Secret, Refusal>> {
            let (bytes, origins) = self.gather(parts)?;
            carried.extend(&origins);
            Ok(sink.accepts(&origins, &self.registry).map(|()| bytes))
        };
        let mut headers = Vec::with_capacity(request.headers.len());
        for (name, parts) in &request.headers {
            let value = match composed(parts)? {
                Ok(value) => value,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let name = name.to_ascii_lowercase();
            match check_header(&name, &value) {
                Ok(()) => {}
                // What depends on the value is not told: it would be told about a secret.
                Err(HeaderError::TooLong(_) | HeaderError::ControlCharacter(_)) => {
                    return Err(Violation::HeaderValue.into());
                }
                Err(error) => return Ok(Err(refuse(error.to_string()))),
            }
            headers.push((name, value));
        }
        let body = match composed(&request.body)? {
            Ok(body) => body,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let request = HttpRequest {
            method,
            private_network: grant.private_network,
            client_certificate: grant.client_certificate.clone(),
            url,
            headers,
            body,
            deadline: Duration::from_secs(HTTP_SECONDS).min(self.deadline.left()),
            max_body: DOCUMENT_BYTES,
        };
        Ok(Ok((request, carried)))
    }

    /// Whether a text has a secret in it that the guest saw, as it is or percent-encoded.
    fn saw_part_of(&self, text: &str) -> bool {
        let decoded: Vec<u8> = percent_decode_str(text).collect();
        let shows = |bytes: &[u8]| redacted(bytes, &self.revealed) != bytes;
        !self.revealed.is_empty() && (shows(text.as_bytes()) || shows(&decoded))
    }

    fn response(
        &mut self,
        response: HttpResponse,
        origins: Origins,
    ) -> Result<Result<Response, Failure>> {
        let plain = |wanted: &str| {
            let value =
                response.headers.iter().find(|(name, _)| name == wanted)?.1.expose_text()?;
            Some(value.to_owned())
        };
        let content_type = plain("content-type").as_deref().and_then(known_media_type);
        let retry_after = plain("retry-after")
            .and_then(|value| value.trim().parse().ok())
            .map(|seconds: u64| seconds.min(RETRY_SECONDS));
        let body = match self.entered_with(response.body, origins.clone())? {
            Ok(body) => body,
            Err(failure) => return Ok(Err(failure)),
        };
        let mut headers = Vec::with_capacity(response.headers.len());
        for (name, value) in response.headers {
            let listed = self.capabilities.is_plain("header", std::slice::from_ref(&name));
            let plain = value.expose_text().filter(|_| listed).map(str::to_owned);
            match self.entered_with(value, origins.clone())? {
                Ok(value) => headers.push(Header { name, value, plain }),
                Err(failure) => return Ok(Err(failure)),
            }
        }
        Ok(Ok(Response { status: response.status, content_type, retry_after, headers, body }))
    }
}

/// The media types that a guest is told of. Any other text could be a secret that a server echoes.
const MEDIA_TYPES: [&str; 8] = [
    "application/json",
    "application/problem+json",
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "application/xml",
    "text/html",
    "text/plain",
    "text/xml",
];

fn known_media_type(value: &str) -> Option<String> {
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    MEDIA_TYPES.contains(&essence.as_str()).then_some(essence)
}
