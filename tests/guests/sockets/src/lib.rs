//! Connects by itself, without the `http` capability. The host has no such import, so this one is
//! refused before it runs.

use std::net::TcpStream;

use lockgate_provider::{Credential, Failure, GetRequest, Lifetime, Provider, Secret};

struct Sockets;

impl Provider for Sockets {
    fn get(request: GetRequest) -> Result<Credential, Failure> {
        let address = request.arguments.first().map_or("127.0.0.1:1", String::as_str);
        match TcpStream::connect(address) {
            Ok(_) => Ok(Credential {
                identity: None,
                secret: Secret::seal(b"connected"),
                lifetime: Lifetime::Once,
                any_purpose: false,
            }),
            Err(error) => Err(Failure::other(error.to_string())),
        }
    }
}

lockgate_provider::export!(Sockets, manifest = "../manifest.toml");
