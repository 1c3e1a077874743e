//! One process, one request: the greeting, the request, the reply, the end.

use alloc::string::{String, ToString};

use lockgate_provider::process::{Child, Command};
use lockgate_provider::{Document, Failure, Format, Part, Problem};

use crate::reply::Reply;

/// With which cargo starts a credential provider.
const ARGUMENT: &str = "--cargo-plugin";
/// Versions of the protocol that are looked at in a greeting, as the manifest names them; one is
/// known to exist.
const MOST_VERSIONS: usize = 8;

/// Asks a program. What it writes behind its reply is read and dropped, and its reply counts only if
/// it ends well, as for cargo.
pub(crate) fn converse(program: &str, request: &[Part<'_>]) -> Result<Reply, Failure> {
    let child = Command::new(program).argument(ARGUMENT).start()?;
    greeted(&child)?;
    child.write(request)?;
    let line = child.read_line()?.ok_or_else(|| no_reply("it ended before its reply"))?;
    let reply = Reply::read(line)?;
    match child.finish()?.status {
        0 => Ok(reply),
        _ => Err(Failure::other(["credential process `", program, "` failed"].concat())),
    }
}

fn greeted(child: &Child) -> Result<(), Failure> {
    let bad = |cause: &str| Failure::other(cause).context("failed to deserialize hello");
    let hello = child.read_line()?.ok_or_else(|| bad("it ended before its greeting"))?;
    let mut versions = String::new();
    for index in 0..MOST_VERSIONS {
        let path = ["v".into(), index.to_string()];
        match hello.plain(Format::Json, &path) {
            Ok(_) if is_text(&hello, &path) => return Err(bad("its versions are no numbers")),
            Ok(version) if version == "1" => return Ok(()),
            Ok(version) => {
                versions.push_str(if index == 0 { "" } else { ", " });
                versions.push_str(&version);
            }
            Err(Problem::NoSuchField) if is_list(&hello) => break,
            Err(Problem::NoSuchField) => return Err(bad("it lists no versions")),
            Err(_) => return Err(bad("its first line is not JSON")),
        }
    }
    Err(Failure::other(
        [
            "credential provider supports protocol versions [",
            &versions,
            "], while Lockgate supports [1]",
        ]
        .concat(),
    ))
}

fn is_text(hello: &Document, path: &[String]) -> bool {
    hello.field(Format::Json, path).is_ok()
}

fn is_list(hello: &Document) -> bool {
    hello.inner(Format::Json, &["v".into()]).is_ok_and(|_| !is_text(hello, &["v".into()]))
}

pub(crate) fn no_reply(cause: &str) -> Failure {
    Failure::other(cause).context("failed to deserialize response")
}
