//! The bridge to native credential helpers of docker's: which program a word means, what such programs
//! need, and what they cannot take.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use lockgate_core::{DOCKER_HUB, LoginInput, Operation, Registry, Request, escape};
use lockgate_registry::docker::{HELPER_PREFIX, aliases, helper_suffix, is_helper_suffix};

use super::{BridgeError, pass};
use crate::Choice;

/// The bridge to native credential helpers of docker's. Each program needs a grant.
pub const DOCKER_HELPER: &str = "lockgate:docker-helper";

/// What is left of this program's own name.
const OURSELVES: &str = "lockgate";

/// Further names of a server that a helper is asked for: each is a process, and as many spellings of
/// one server as clients have made.
const OTHER_NAMES: usize = 3;

/// Bytes of a line that the library of nearly all helpers does not read any more.
const TOO_LONG_LINE: usize = 64 << 10;
/// Longest secret that the Credential Manager of Windows takes, in bytes.
const LONGEST_FOR_WINDOWS: usize = 2560;

/// The setting by which a person says that their helper reads longer lines, and its one value.
const LONG_SECRETS: &str = "long-secrets";
const ALLOW: &str = "allow";

const OF_SECRET_SERVICE: &[&str] = &["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY"];
const OF_ECR: &[&str] = &[
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ECR_CACHE_DIR",
    "AWS_ECR_DISABLE_CACHE",
    "AWS_ECR_IGNORE_CREDS_STORAGE",
];
const OF_GCLOUD: &[&str] =
    &["CLOUDSDK_CONFIG", "CLOUDSDK_ACTIVE_CONFIG_NAME", "GOOGLE_APPLICATION_CREDENTIALS"];

/// The variables that a helper is known to need, by its suffix.
fn variables_of(suffix: Option<&str>) -> &'static [&'static str] {
    match suffix {
        // Docker Desktop's keeps its entries in `pass` where it runs on Linux.
        Some("pass" | "desktop") => pass::VARIABLES,
        Some("secretservice") => OF_SECRET_SERVICE,
        Some("ecr-login") => OF_ECR,
        Some("gcloud" | "gcr") => OF_GCLOUD,
        _ => &[],
    }
}

/// The `process` capability, as `lockgate provider grant` takes it, of a helper that is named by
/// nothing but its path: it gets what people log in with, and the variables that it is known to need.
/// None for what is no path alone.
#[must_use]
pub fn docker_helper_grant(path: &str) -> Option<String> {
    super::granted_with(path, variables_of(helper_suffix(path)))
}

/// The absolute path of the helper that a word of configuration means: what follows
/// `docker-credential-` in its name, or its absolute path.
///
/// # Errors
/// If it means none, or this very program.
pub fn docker_helper_program(word: &str) -> Result<String, BridgeError> {
    let choice = Choice {
        provider: DOCKER_HELPER.to_owned(),
        arguments: vec![word.to_owned()],
        trusted: false,
        exact: false,
    };
    let resolved = super::resolved(&choice)?;
    resolved.arguments.into_iter().next().ok_or(BridgeError::NoHelper)
}

/// What is searched for in PATH, or a path as it is.
pub(super) fn name_of(word: &str) -> Result<String, BridgeError> {
    if word.starts_with('/') {
        return Ok(word.to_owned());
    }
    match is_helper_suffix(word) {
        false => Err(BridgeError::NoSuffix { word: escape(word) }),
        true if word == OURSELVES => Err(BridgeError::Ourselves { program: escape(word) }),
        true => Ok(format!("{HELPER_PREFIX}{word}")),
    }
}

/// Refuses this very program, by whatever name: it would ask itself without end.
pub(super) fn refuse_ourselves(program: &str) -> Result<(), BridgeError> {
    let file = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
    let own = std::env::current_exe().ok().and_then(|own| file(&own));
    let is_own = own.is_some() && file(Path::new(program)) == own;
    match is_own || helper_suffix(program) == Some(OURSELVES) {
        true => Err(BridgeError::Ourselves { program: escape(program) }),
        false => Ok(()),
    }
}

/// The words for the provider: the program, and other names of the server under which it may have the
/// entry. What native helpers cannot take is refused before one is started.
pub(super) fn completed(
    mut choice: Choice,
    request: &Request,
    settings: &BTreeMap<String, String>,
) -> Result<Choice, BridgeError> {
    let [program] = choice.arguments.as_slice() else {
        return Err(BridgeError::NotOneWord);
    };
    if let Operation::Login(input) = &request.operation {
        check_length(program, &request.registry, input, settings)?;
    }
    if !choice.exact {
        choice.arguments.extend(other_names(request.registry.url()));
    }
    Ok(choice)
}

/// Who is asked in a logout for one more key of a server: native helpers for this very key alone, and not
/// again where they were asked for it already. `erased` is the server, and who erased it by all of its
/// names.
#[must_use]
pub fn choices_beside(
    choices: Vec<Choice>,
    key: &Registry,
    erased: Option<(&Registry, &[Choice])>,
) -> Vec<Choice> {
    let was_asked = |choice: &Choice| {
        erased.is_some_and(|(server, all)| {
            choice.provider == DOCKER_HELPER
                && all.contains(choice)
                && other_names(server.url()).iter().any(|name| name == key.url())
        })
    };
    let left = choices.into_iter().filter(|choice| !was_asked(choice));
    left.map(|choice| Choice { exact: true, ..choice }).collect()
}

fn other_names(server: &str) -> Vec<String> {
    let others = aliases(server);
    let is_hub = server == DOCKER_HUB || others.iter().any(|other| other == DOCKER_HUB);
    // Of Docker Hub there are too many spellings.
    let likely = |other: &String| !is_hub || other == DOCKER_HUB || !other.contains('/');
    others.into_iter().filter(likely).take(OTHER_NAMES).collect()
}

fn check_length(
    program: &str,
    registry: &Registry,
    input: &LoginInput,
    settings: &BTreeMap<String, String>,
) -> Result<(), BridgeError> {
    match settings.get(LONG_SECRETS).map(String::as_str) {
        Some(ALLOW) => return Ok(()),
        Some(_) => return Err(BridgeError::Setting),
        None => {}
    }
    let Some(secret) = &input.secret else { return Ok(()) };
    if helper_suffix(program) == Some("wincred") && secret.len() > LONGEST_FOR_WINDOWS {
        return Err(BridgeError::TooLongForWindows { program: escape(program) });
    }
    let user = input.identity.as_deref().unwrap_or_default();
    let texts = [registry.url(), user, secret.expose_text().unwrap_or_default()];
    let frame = r#"{"ServerURL":,"Username":,"Secret":}"#.len();
    match frame + texts.into_iter().map(length_in_json).sum::<usize>() >= TOO_LONG_LINE {
        true => Err(BridgeError::TooLong { program: escape(program) }),
        false => Ok(()),
    }
}

/// Bytes of the text as a string of JSON, with its quotes. No copy of it is made.
fn length_in_json(text: &str) -> usize {
    struct Counter(usize);
    impl Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    // Counting cannot fail.
    let _ = serde_json::to_writer(&mut counter, text);
    counter.0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lockgate_core::{Ecosystem, LoginInput, Registry, Secret};

    use super::{check_length, docker_helper_grant, name_of, other_names, refuse_ourselves};
    use crate::BridgeError;

    #[test]
    fn a_word_is_what_follows_the_prefix_or_a_path() {
        assert_eq!(name_of("pass").unwrap(), "docker-credential-pass");
        assert_eq!(name_of("desktop.exe").unwrap(), "docker-credential-desktop.exe");
        assert_eq!(name_of("/opt/x/helper").unwrap(), "/opt/x/helper");
        for wrong in ["", "-x", "../x", "a/b", "a\\b", "a..b", "a b", "a\0b", "a\nb"] {
            let refused = name_of(wrong);
            assert!(matches!(refused, Err(BridgeError::NoSuffix { .. })), "{wrong:?} {refused:?}");
        }
        assert!(matches!(name_of("lockgate"), Err(BridgeError::Ourselves { .. })));
    }

    #[test]
    fn this_program_is_known_by_every_name() {
        let own = std::env::current_exe().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("docker-credential-other");
        std::os::unix::fs::symlink(&own, &link).unwrap();
        for path in [own, link] {
            let refused = refuse_ourselves(path.to_str().unwrap());
            assert!(matches!(refused, Err(BridgeError::Ourselves { .. })), "{refused:?}");
        }
        assert!(refuse_ourselves("/elsewhere/docker-credential-lockgate").is_err());
        assert!(refuse_ourselves("/bin/sh").is_ok());
        assert!(refuse_ourselves("/nowhere").is_ok());
    }

    #[test]
    fn a_known_helper_is_granted_the_variables_that_it_needs() {
        let pass = docker_helper_grant("/usr/bin/docker-credential-pass").unwrap();
        for part in ["PASSWORD_STORE_DIR", "GNUPGHOME", "receives = [\"login\", \"prompt\"]"] {
            assert!(pass.contains(part), "{pass}");
        }
        let other = docker_helper_grant("/usr/bin/docker-credential-corp").unwrap();
        assert!(!other.contains("environment"), "{other}");
        for suffix in ["pass", "secretservice", "ecr-login", "gcloud", "desktop", "corp"] {
            let grant = docker_helper_grant(&format!("/usr/bin/docker-credential-{suffix}"));
            assert!(lockgate_policy::Change::parse(&grant.unwrap()).is_ok(), "{suffix}");
        }
        assert_eq!(docker_helper_grant("/usr/bin/x get"), None);
        assert_eq!(docker_helper_grant("{ program = \"/x\" }"), None);
    }

    #[test]
    fn of_a_servers_other_names_the_likely_ones_are_asked_for() {
        for (server, others) in [
            ("ghcr.io", ["https://ghcr.io", "https://ghcr.io/", "ghcr.io/"].as_slice()),
            (
                "https://index.docker.io/v1/",
                &["docker.io", "index.docker.io", "registry-1.docker.io"],
            ),
            (
                "docker.io",
                &["https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"],
            ),
            ("http://127.0.0.1:5000", &["http://127.0.0.1:5000/"]),
            ("https://index.docker.io/v1/access-token", &[]),
        ] {
            assert_eq!(other_names(server), others, "{server}");
        }
    }

    fn fits(program: &str, secret: &str, settings: &[(&str, &str)]) -> Result<(), BridgeError> {
        let registry = Registry::new(Ecosystem::Oci, "h").unwrap();
        let input = LoginInput {
            identity: Some("u".to_owned()),
            secret: Some(Secret::from(secret)),
            ..LoginInput::default()
        };
        let settings: BTreeMap<String, String> =
            settings.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        check_length(program, &registry, &input, &settings)
    }

    #[test]
    fn a_line_that_helpers_do_not_read_is_refused_before_one_is_started() {
        let longest = 65_535 - r#"{"ServerURL":"h","Username":"u","Secret":""}"#.len();
        let helper = "/usr/bin/docker-credential-x";
        assert!(fits(helper, &"a".repeat(longest), &[]).is_ok());
        let refused = fits(helper, &"a".repeat(longest + 1), &[]);
        assert!(matches!(refused, Err(BridgeError::TooLong { .. })), "{refused:?}");
        // A quote takes two bytes.
        assert!(fits(helper, &("\"".to_owned() + &"a".repeat(longest - 2)), &[]).is_ok());
        assert!(fits(helper, &("\"".to_owned() + &"a".repeat(longest - 1)), &[]).is_err());
        let allowed = [("long-secrets", "allow")];
        assert!(fits(helper, &"a".repeat(longest + 1), &allowed).is_ok());
        let unknown = fits(helper, "a", &[("long-secrets", "yes")]);
        assert!(matches!(unknown, Err(BridgeError::Setting)), "{unknown:?}");
    }

    #[test]
    fn the_store_of_windows_takes_2560_bytes() {
        let helper = "/mnt/c/docker-credential-wincred.exe";
        assert!(fits(helper, &"a".repeat(2560), &[]).is_ok());
        let refused = fits(helper, &"a".repeat(2561), &[]);
        assert!(matches!(refused, Err(BridgeError::TooLongForWindows { .. })), "{refused:?}");
        assert!(fits("/usr/bin/docker-credential-x", &"a".repeat(2561), &[]).is_ok());
    }
}
