//! Requests without TLS through a proxy: the request line has the whole address, and the proxy is told
//! who asks.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use lockgate_core::Secret;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};
use zeroize::Zeroizing;

/// A connection on which the first request is written in the proxy's form. There is no second one.
pub(super) struct AbsoluteForm {
    buffers: LazyBuffers,
    socket: TransportAdapter<Box<dyn Transport>>,
    /// What is still to be written into the request's first line, and the line that follows it.
    pending: Option<(String, Option<Secret>)>,
}

impl AbsoluteForm {
    pub(super) fn new(
        transport: Box<dyn Transport>,
        details: &ConnectionDetails<'_>,
        origin: &str,
        authorization: Option<Secret>,
    ) -> Self {
        let config = details.config;
        Self {
            buffers: LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size()),
            socket: TransportAdapter::new(transport, Arc::clone(&details.current_time)),
            pending: Some((origin.to_owned(), authorization)),
        }
    }
}

/// `GET /path HTTP/1.1` and what follows, as `GET http://host/path HTTP/1.1`, with a further header.
/// `None` if it does not begin with a whole request line.
fn rewritten(
    output: &[u8],
    origin: &str,
    authorization: Option<&Secret>,
) -> Option<Zeroizing<Vec<u8>>> {
    let end = output.windows(2).position(|window| window == b"\r\n")? + 2;
    let (line, headers) = output.split_at_checked(end)?;
    let method = line.iter().position(|byte| *byte == b' ')? + 1;
    let (method, path) = line.split_at_checked(method)?;
    let added = authorization.map_or(0, Secret::len) + 64;
    let mut text = Zeroizing::new(Vec::with_capacity(output.len() + origin.len() + added));
    text.extend(method);
    text.extend(origin.as_bytes());
    text.extend(path);
    if let Some(authorization) = authorization {
        text.extend(b"proxy-authorization: ");
        text.extend(authorization.expose());
        text.extend(b"\r\n");
    }
    text.extend(headers);
    Some(text)
}

impl Transport for AbsoluteForm {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.socket.set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        let Some((origin, authorization)) = self.pending.take() else {
            return Ok(self.socket.write_all(output)?);
        };
        let text = rewritten(output, &origin, authorization.as_ref())
            .ok_or(ureq::Error::ConnectionFailed)?;
        Ok(self.socket.write_all(&text)?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.socket.set_timeout(timeout);
        let amount = self.socket.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.socket.get_mut().is_open()
    }
}

impl fmt::Debug for AbsoluteForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AbsoluteForm(..)")
    }
}
