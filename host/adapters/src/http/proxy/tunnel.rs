//! CONNECT: a tunnel through the proxy, in which TLS is spoken with the target.

use std::io::Write as _;
use std::sync::Arc;

use ureq::unversioned::transport::{ConnectionDetails, Transport, TransportAdapter};
use zeroize::Zeroizing;

use super::answer::{Answer, MAX_ANSWER, parse};
use super::{PROXY_LOGIN, ProxyConnector, ProxyFailure};
use crate::http::tls::left;

impl ProxyConnector {
    /// Has the proxy connect to the target.
    pub(super) fn tunnel(
        &self,
        transport: Box<dyn Transport>,
        details: &ConnectionDetails<'_>,
        host: &str,
        target: &str,
    ) -> Result<Box<dyn Transport>, ureq::Error> {
        let mut socket = TransportAdapter::new(transport, Arc::clone(&details.current_time));
        socket.set_timeout(left(details));
        socket.write_all(&self.question(target))?;
        let mut transport = socket.into_inner();
        let proxy = self.proxy.to_string();
        let answer = self.answer(&mut *transport, details)?;
        match answer.status {
            _ if answer.is_success() => Ok(transport),
            PROXY_LOGIN => Err(ProxyFailure::login(proxy, self.proxy.login.is_some()).into()),
            status => {
                Err(ProxyFailure::NotConnected { proxy, host: host.to_owned(), status }.into())
            }
        }
    }

    fn question(&self, target: &str) -> Zeroizing<Vec<u8>> {
        let authorization = self.authorization();
        let secret = authorization.as_ref().map_or(&[][..], |value| value.expose());
        let mut line = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n");
        if !self.user_agent.is_empty() {
            line += &format!("user-agent: {}\r\n", self.user_agent);
        }
        let mut question = Zeroizing::new(Vec::with_capacity(line.len() + secret.len() + 32));
        question.extend(line.as_bytes());
        if !secret.is_empty() {
            question.extend(b"proxy-authorization: ");
            question.extend(secret);
            question.extend(b"\r\n");
        }
        question.extend(b"\r\n");
        question
    }

    /// Reads the answer. In a tunnel the client speaks first, so that what stands behind the answer is
    /// the proxy's own.
    fn answer(
        &self,
        transport: &mut dyn Transport,
        details: &ConnectionDetails<'_>,
    ) -> Result<Answer, ureq::Error> {
        let wrong = |what| ProxyFailure::Answer { proxy: self.proxy.to_string(), what };
        loop {
            let is_open = transport.await_input(left(details))?;
            let buffers = transport.buffers();
            let received = buffers.input().len();
            match parse(buffers.input()).map_err(wrong)? {
                Some(answer) if answer.is_success() && received > answer.length => {
                    return Err(wrong("has something behind it").into());
                }
                Some(answer) => {
                    buffers.input_consume(answer.length);
                    return Ok(answer);
                }
                None if !is_open => return Err(wrong("is cut short").into()),
                None if received > MAX_ANSWER => return Err(wrong("is endless").into()),
                None => {}
            }
        }
    }
}
