//! One request and its response, within the deadline and the caps.

use std::time::Duration;

use lockgate_core::{HttpRequest, HttpResponse, Secret};
use lockgate_system::read_all;
use ureq::http::{HeaderMap, HeaderValue, Request, Response};
use ureq::{Agent, Body, Timeout};

use super::HttpError;
use super::error::Via;

/// Most bytes of a response's status line and headers together; common servers send at most 8 to
/// 16 KiB.
pub(super) const MAX_RESPONSE_HEADER_BYTES: usize = 32 << 10;
/// Most headers of a response. ureq itself ends at 128.
const MAX_RESPONSE_HEADERS: usize = 100;
/// Room for a body from the start: token responses have a few KiB.
const USUAL_BODY: usize = 8 << 10;

pub(super) fn exchange(
    agent: &Agent,
    request: &HttpRequest,
    host: &str,
    via: &Via,
) -> Result<HttpResponse, HttpError> {
    let stall = agent.config().timeout_per_read().unwrap_or(request.deadline);
    let failed = |error| failure(error, request, stall, host, via);
    let mut response = run(agent, request).map_err(failed)?;
    if response.headers().len() > MAX_RESPONSE_HEADERS {
        return Err(too_many_headers(host));
    }
    let too_large = || HttpError::Body { host: host.to_owned(), limit: request.max_body };
    let mut body = read_all(response.body_mut().as_reader(), USUAL_BODY, request.max_body)
        .map_err(|error| failed(ureq::Error::from(error)))?
        .ok_or_else(too_large)?;
    Ok(HttpResponse {
        status: response.status().as_u16(),
        headers: collect(response.headers()),
        body: Secret::new(std::mem::take(&mut *body)),
    })
}

fn run(agent: &Agent, request: &HttpRequest) -> Result<Response<Body>, ureq::Error> {
    let mut builder = Request::builder().method(request.method.as_str()).uri(request.url.as_str());
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_bytes(value.expose()).map_err(ureq::http::Error::from)?;
        value.set_sensitive(true);
        builder = builder.header(name, value);
    }
    // Servers want a length with these even when there is no body, and none with the others.
    let has_body = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
    match request.body.is_empty() && !has_body {
        true => agent.run(builder.body(())?),
        false => agent.run(builder.body(request.body.expose())?),
    }
}

fn collect(headers: &HeaderMap) -> Vec<(String, Secret)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), Secret::new(value.as_bytes().to_vec())))
        .collect()
}

fn failure(
    error: ureq::Error,
    request: &HttpRequest,
    stall: Duration,
    host: &str,
    via: &Via,
) -> HttpError {
    let (host, via) = (host.to_owned(), via.clone());
    match error {
        ureq::Error::Timeout(
            Timeout::Resolve | Timeout::Connect | Timeout::PerRead | Timeout::PerWrite,
        ) => HttpError::Stalled { host, via, limit: stall },
        ureq::Error::Timeout(_) => HttpError::Deadline { host, via, deadline: request.deadline },
        ureq::Error::LargeResponseHeader(..) => too_many_headers(&host),
        ureq::Error::HostNotFound => HttpError::NoAddress { host },
        ureq::Error::Io(error) => match error.downcast::<rustls::Error>() {
            Ok(error) => HttpError::of_tls(error, host, via),
            Err(error) => HttpError::Exchange { host, via, source: error.into() },
        },
        ureq::Error::Other(error) => match error.downcast() {
            Ok(refusal) => *refusal,
            Err(source) => HttpError::Exchange { host, via, source },
        },
        error => HttpError::Exchange { host, via, source: error.into() },
    }
}

fn too_many_headers(host: &str) -> HttpError {
    HttpError::ResponseHeaders {
        host: host.to_owned(),
        count: MAX_RESPONSE_HEADERS,
        bytes: MAX_RESPONSE_HEADER_BYTES,
    }
}
