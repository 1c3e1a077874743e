//! What docker asks a person, in its words and on standard output.

use lockgate_adapters::{PromptError, ask_at_input};
use lockgate_core::{DOCKER_HUB, Secret, escape};

use crate::error::CommandError;
use crate::shell::{input_is_terminal, output, to_stderr};

const HUB_WELCOME: &str = "Log in with your Docker ID or email address to push and pull images from Docker Hub. If you don't have a Docker ID, head over to https://hub.docker.com/ to create one.\n";
const HUB_HINT: &str = "You can log in with your password or a Personal Access Token (PAT). Using a limited-scope PAT grants better security and is required for organizations using SSO. Learn more at https://docs.docker.com/go/access-tokens/\n\n";
const HUB_TOKEN: &str = "\n Info -> A Personal Access Token (PAT) can be used instead.\n         To create a PAT, visit https://app.docker.com/settings\n         \n         \n";

/// docker's switch for its hints.
const HINTS: &str = "DOCKER_CLI_HINTS";

/// Asks for what is missing of user and password. `default` is the user of the login before.
pub(super) fn ask(
    server: &str,
    (user, password): (Option<String>, Option<Secret>),
    default: Option<&str>,
) -> Result<(String, Secret), CommandError> {
    // As in docker, the white space around a user is no part of it.
    let user = user.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty());
    if let (Some(user), Some(password)) = (&user, &password) {
        return Ok((user.clone(), password.clone()));
    }
    if !input_is_terminal() {
        let message = "Error: Cannot perform an interactive login from a non TTY device";
        return Err(CommandError::new(message));
    }
    let user = match user {
        Some(user) => user,
        None => ask_user(server, default)?,
    };
    let password = match password {
        Some(password) => password,
        None => ask_password(server)?,
    };
    Ok((user, password))
}

fn ask_user(server: &str, default: Option<&str>) -> Result<String, CommandError> {
    if server == DOCKER_HUB {
        output(HUB_WELCOME.as_bytes())?;
        if shows_hints() {
            output(HUB_HINT.as_bytes())?;
        }
    }
    let question = match default {
        Some(default) => format!("Username ({}): ", escape(default)),
        None => "Username: ".to_owned(),
    };
    let answer = typed(&question, false)?;
    let answer = Some(answer.expose_text().unwrap_or_default().trim());
    let user = answer.filter(|user| !user.is_empty()).or(default);
    user.map(str::to_owned).ok_or_else(|| CommandError::new("Error: Non-null Username Required"))
}

fn ask_password(server: &str) -> Result<Secret, CommandError> {
    if server == DOCKER_HUB {
        to_stderr(HUB_TOKEN);
    }
    let answer = typed("Password: ", true)?;
    let password = answer.expose_text().unwrap_or_default().trim();
    match password.is_empty() {
        true => Err(CommandError::new("Error: Password Required")),
        false => Ok(Secret::from(password)),
    }
}

/// The next line that is typed; an end of the input is an empty one.
fn typed(question: &str, hidden: bool) -> Result<Secret, CommandError> {
    match ask_at_input(anstream::stdout(), question, hidden) {
        Err(PromptError::Closed) => Ok(Secret::default()),
        answer => answer.map_err(|error| CommandError::from_error(&error)),
    }
}

/// As Go reads a truth: what is none counts as unset.
#[allow(clippy::disallowed_methods, reason = "this is the edge")]
fn shows_hints() -> bool {
    let value = std::env::var_os(HINTS);
    let value = value.as_ref().and_then(|value| value.to_str()).unwrap_or_default();
    !matches!(value, "0" | "f" | "F" | "false" | "FALSE" | "False")
}
