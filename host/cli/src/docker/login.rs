//! `lockgate docker login`, in docker's words. The registry is asked by this program itself, never by a
//! daemon.

use std::sync::Arc;

use lockgate_adapters::docker_config;
use lockgate_broker::{Accepted, NotAccepted, RegistryLogin};
use lockgate_core::{DOCKER_IDENTITY_TOKEN, LoginInput, Registry, Secret, escape};
use lockgate_registry::docker::{DockerConfig, login_server, mark, set_helper};

use super::options::{Given, Login};
use super::place::{OURSELVES, Place, Surroundings, is_kept, registry};
use super::requests::{get, store};
use super::{SHELL, grant, joined, prompt};
use crate::cargo::tell_notice;
use crate::error::CommandError;
use crate::shell::{output, to_stderr};

/// Logs in and keeps the login.
pub(super) fn login(options: Login) -> Result<(), CommandError> {
    let (server, given) = options.given()?;
    let here = Surroundings::load()?;
    let registry = registry(&login_server(server.as_deref()))?;
    here.tell_variable();
    let place = Place::of(&here.docker()?.0, registry.url())?;
    grant::offer(&here, &place, &registry)?;
    let login = One { here, registry, place, given };
    let (user, password) = match login.with_what_is_kept()? {
        Before::Accepted => return succeeded(),
        Before::User(user) => login.asked(user.as_deref())?,
    };
    let accepted = login.at_registry(&user, &password).map_err(|refused| {
        let mut messages = refused.messages.into_iter();
        CommandError::because(messages.next().unwrap_or_default(), messages.collect())
    })?;
    login.keep(user, password, accepted)?;
    succeeded()
}

fn succeeded() -> Result<(), CommandError> {
    Ok(output(b"Login Succeeded\n")?)
}

/// What came of the credentials that are kept.
enum Before {
    /// The registry takes them.
    Accepted,
    /// It does not, or there are none, or they are not tried; the user that they have.
    User(Option<String>),
}

/// One login.
struct One {
    here: Surroundings,
    registry: Registry,
    place: Place,
    given: Given,
}

impl One {
    /// Tries what is kept, unless a user or a password was given. As in docker, what cannot be read counts
    /// as nothing. Unlike in docker, nothing is stored again after a check that failed.
    fn with_what_is_kept(&self) -> Result<Before, CommandError> {
        if self.given.user.is_some() || self.given.password.is_some() {
            return Ok(Before::User(None));
        }
        let kept = get(&self.here, &self.place, &self.registry).ok().flatten();
        let has_name = |user: &String| !user.is_empty() && user != DOCKER_IDENTITY_TOKEN;
        let tried = kept.filter(|kept| !kept.secret.is_empty()).and_then(|kept| {
            let user = kept.user.filter(has_name)?;
            Some((user, kept.secret))
        });
        let Some((name, secret)) = tried else { return Ok(Before::User(self.user_of_file())) };
        to_stderr(&format!(
            "Authenticating with existing credentials... [Username: {}]\n\n Info -> To login with a \
             different account, run 'docker logout' followed by 'docker login'\n\n\n",
            escape(&name)
        ));
        match self.at_registry(&name, &secret) {
            Ok(accepted) if accepted.identity_token.is_some() => {
                self.keep(name, secret, accepted)?;
                Ok(Before::Accepted)
            }
            Ok(_) => Ok(Before::Accepted),
            Err(refused) => {
                to_stderr(&match refused.is_unauthorized {
                    true => "Stored credentials invalid or expired\n".to_owned(),
                    false => {
                        format!("Login did not succeed, error: {}\n", joined(&refused.messages))
                    }
                });
                Ok(Before::User(Some(name)))
            }
        }
    }

    /// The account beside an identity token in docker's own file, which keeps it there.
    fn user_of_file(&self) -> Option<String> {
        let config = self.here.docker().ok().filter(|_| self.place == Place::File)?.0;
        let user = config.entry(self.registry.url()).ok()??.username?;
        user.expose_text().map(str::to_owned).filter(|user| !user.is_empty())
    }

    fn asked(&self, default: Option<&str>) -> Result<(String, Secret), CommandError> {
        let Given { user, password, .. } = &self.given;
        prompt::ask(self.registry.url(), (user.clone(), password.clone()), default)
    }

    fn at_registry(&self, user: &str, password: &Secret) -> Result<Accepted, NotAccepted> {
        let login = RegistryLogin {
            registry: &self.registry,
            user,
            password,
            allowed_realms: &self.given.allowed_realms,
        };
        let accepted =
            self.here.machine.log_in(&login, Arc::new(|notice| tell_notice(SHELL, notice)));
        if accepted.as_ref().is_ok_and(|accepted| accepted.is_open) {
            SHELL.warning(
                "the registry did not ask who logs in, so that it would have accepted any password; \
                 nothing was checked",
            );
        }
        accepted
    }

    /// Keeps the login where docker would.
    fn keep(&self, user: String, password: Secret, accepted: Accepted) -> Result<(), CommandError> {
        let not_saved =
            |messages: Vec<String>| CommandError::because("Error saving credentials", messages);
        let input = match accepted.identity_token {
            Some(token) => LoginInput {
                identity: Some(DOCKER_IDENTITY_TOKEN.to_owned()),
                account: Some(user),
                secret: Some(token),
                ..LoginInput::default()
            },
            None => {
                LoginInput { identity: Some(user), secret: Some(password), ..LoginInput::default() }
            }
        };
        let before = self.here.docker()?.1;
        store(&self.here, &self.place, &self.registry, &input).map_err(not_saved)?;
        match self.place {
            Place::File => {
                if self.here.docker()?.1 != before {
                    self.warn_of_file();
                }
                Ok(())
            }
            _ => self.leave_mark().map_err(|error| not_saved(error.messages())),
        }
    }

    /// docker's own warning, which it leaves out for tokens, and who else may read the file.
    fn warn_of_file(&self) {
        let file = escape(&self.here.file.display().to_string());
        if docker_config::is_readable_by_others(&self.here.file).unwrap_or_default() {
            SHELL.warning(&format!("other users can read `{file}`; run `chmod go= {file}`"));
        }
        to_stderr(&format!(
            "\nWARNING! Your credentials are stored unencrypted in '{file}'.\nConfigure a credential \
             helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n"
        ));
    }

    /// An entry that says nothing, as docker leaves it where a helper has the credentials.
    fn leave_mark(&self) -> Result<(), CommandError> {
        let (file, server) = (&self.here.file, self.registry.url());
        let is_found = self.place == Place::OursFound;
        let changed = docker_config::change(file, |text| {
            let marked = mark(text, file, server)?;
            if !is_found {
                return Ok(marked);
            }
            // Nothing was said before, so that an entry is the login itself.
            if is_kept(&DockerConfig::parse(text, file)?, server) {
                return Ok(None);
            }
            let so_far = marked.as_ref().map_or(text, |marked| marked.as_str());
            Ok(set_helper(so_far, file, None, Some(OURSELVES))?.or(marked))
        });
        changed.map(drop).map_err(|error| CommandError::from_error(&error))
    }
}
