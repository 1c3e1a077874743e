//! What is given to `lockgate docker login` on the command line and on standard input.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use clap::Args;
use lockgate_core::Secret;
use lockgate_system::read_all;
use url::Url;

use crate::error::CommandError;
use crate::shell::to_stderr;

/// Longest password on standard input, in bytes: the longest that is kept, and its line end.
const MAX_PASSWORD: usize = (1 << 20) + 2;
/// How many bytes are read at first: passwords are short.
const USUAL_PASSWORD: usize = 4 << 10;
/// As a password: it is on standard input.
const AT_INPUT: &str = "-";

/// The options of docker's command, and one of our own.
#[derive(Args)]
pub(crate) struct Login {
    /// Username
    #[arg(short, long, value_name = "string", overrides_with = "username")]
    username: Option<String>,
    /// Password or Personal Access Token (PAT); anybody on the machine can read it there
    #[arg(short, long, value_name = "string", overrides_with = "password")]
    password: Option<String>,
    /// Take the Password or Personal Access Token (PAT) from stdin
    #[arg(long, overrides_with = "password_stdin")]
    password_stdin: bool,
    /// Let the registry send the password on to this server of another domain
    #[arg(long, value_name = "URL")]
    allow_realm: Vec<String>,
    /// The registry's server; Docker Hub without it
    pub(super) server: Option<String>,
}

/// What was given, after docker's own checks.
pub(super) struct Given {
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) allowed_realms: Vec<Url>,
}

impl Login {
    /// Checks the options in docker's order, and reads a password that is on standard input.
    pub(super) fn given(self) -> Result<(Option<String>, Given), CommandError> {
        let refuse = |message: &str| Err(CommandError::new(message));
        let at_input = self.password_stdin || self.password.as_deref() == Some(AT_INPUT);
        let password = self.password.filter(|given| given != AT_INPUT).map(Secret::from);
        if at_input && password.is_some() {
            return refuse(
                "conflicting options: cannot specify both --password and --password-stdin",
            );
        }
        if at_input && self.username.is_none() {
            return refuse("the --password-stdin option requires --username to be set");
        }
        if self.username.as_deref() == Some("") {
            return refuse("username is empty");
        }
        if password.as_ref().is_some_and(Secret::is_empty) {
            return refuse("password is empty");
        }
        let allowed_realms = self.allow_realm.iter().map(|text| realm(text));
        let allowed_realms = allowed_realms.collect::<Result<_, _>>()?;
        if password.is_some() {
            to_stderr("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
        }
        let password = if at_input { password_at_input()? } else { password };
        Ok((self.server, Given { user: self.username, password, allowed_realms }))
    }
}

fn realm(text: &str) -> Result<Url, CommandError> {
    let parsed = Url::parse(text).ok().filter(|url| url.scheme() == "https");
    parsed.ok_or_else(|| {
        let message = format!("`--allow-realm {text}` is no address such as `https://HOST`");
        CommandError::new(message)
    })
}

/// All of standard input without one line end behind it; none if there is nothing but blanks, as in
/// docker.
fn password_at_input() -> Result<Option<Secret>, CommandError> {
    let failed = |error: io::Error| {
        CommandError::because("the password cannot be read", vec![error.to_string()])
    };
    let input = File::from(io::stdin().as_fd().try_clone_to_owned().map_err(failed)?);
    let read = read_all(input, USUAL_PASSWORD, MAX_PASSWORD).map_err(failed)?;
    let read = read.ok_or_else(|| {
        CommandError::new(format!("the password is longer than {} bytes", MAX_PASSWORD - 2))
    })?;
    let password = without_line_end(&read);
    let text = std::str::from_utf8(password)
        .map_err(|_| CommandError::new("the password is not UTF-8 text"))?;
    Ok(Some(text).filter(|text| !text.trim().is_empty()).map(Secret::from))
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let ends: [&[u8]; 3] = [b"\r\n", b"\n", b"\r"];
    ends.iter().find_map(|end| bytes.strip_suffix(*end)).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::without_line_end;

    #[test]
    fn one_line_end_is_removed_and_nothing_else() {
        for (given, kept) in [
            ("s3cret", "s3cret"),
            ("s3cret\n", "s3cret"),
            ("my password\r\n", "my password"),
            ("  my password\nwith spaces  \r\n\r\n", "  my password\nwith spaces  \r\n"),
            ("a\r", "a"),
            ("\u{feff}a\n\n", "\u{feff}a\n"),
            ("\n", ""),
        ] {
            assert_eq!(without_line_end(given.as_bytes()), kept.as_bytes(), "{given:?}");
        }
    }
}
