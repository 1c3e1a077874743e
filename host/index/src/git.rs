//! `config.json` out of a git repository, with the user's own `git`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lockgate_core::{
    AdapterError, Process, ProcessGrant, ProcessRequest, Secret, escape_lines, shorten,
};
use url::Url;

use crate::MAX_CONFIG;

/// The longest that a repository is fetched, which is the last commit of one branch.
pub const FETCH_DEADLINE: Duration = Duration::from_secs(120);
/// Most bytes of git's own words in an error.
const MAX_SAID: usize = 4 << 10;

/// Where cargo keeps what it fetched last.
const FETCHED_BY_CARGO: &str = "refs/remotes/origin/HEAD";
/// Where a fresh copy has it.
const FETCHED: &str = "HEAD";
const FILE: &str = "config.json";

/// What every command is told, whatever the user's own configuration of git says: no hook, no
/// question, no program in the background.
const ALWAYS: [&str; 9] = [
    "core.hooksPath=/dev/null",
    "core.askPass=",
    "core.fsmonitor=false",
    "credential.interactive=never",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    FOLLOW_NOBODY,
    "maintenance.auto=false",
    "protocol.allow=never",
];
/// A server sends a fetch to no other, which nobody judged.
const FOLLOW_NOBODY: &str = "http.followRedirects=false";
/// What a URL of the user's may be rewritten to by the user's own `url.*.insteadOf`, as companies have
/// it. Never a program, nor a file unless the index itself is one.
const REWRITTEN_TO: [&str; 2] = ["https", "ssh"];
/// The commit, its folder and the files in it, from servers that can leave out the rest.
const ENOUGH: &str = "--filter=tree:2";

/// The user's `git`.
pub struct Git<'a> {
    /// What starts it.
    pub process: &'a dyn Process,
    /// Which program it is.
    pub grant: &'a ProcessGrant,
}

/// How a server is reached over https.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Through which proxy.
    pub through: Through,
    /// A file of authorities that the server is believed by.
    pub authorities: Option<PathBuf>,
    /// The same of the proxy.
    pub proxy_authorities: Option<PathBuf>,
}

/// The proxy of a fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Through {
    /// The one that the user's own configuration of git names, if any.
    #[default]
    Gits,
    /// None.
    Nothing,
    /// The one at this address, which has no password: everybody on the machine sees it.
    Address(String),
    /// The one whose address is in this variable of git's.
    Variable(&'static str),
}

/// Why there is no `config.json`.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// git does not start, or takes too long.
    #[error("`git` did not do its work")]
    Process(#[source] AdapterError),
    /// git says why.
    #[error("`git` failed with status {status}{}", behind_colon(.said))]
    Failed {
        /// Its exit status.
        status: i32,
        /// The last of what it wrote to standard error, escaped.
        said: String,
    },
}

fn behind_colon(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(":\n{words}") }
}

impl Git<'_> {
    /// The file out of cargo's own copy, whose `.git` this is; `None` if it is not in there.
    ///
    /// # Errors
    /// If git does not start.
    pub fn read_clone(&self, repository: &Path) -> Result<Option<Secret>, GitError> {
        match self.read(repository, FETCHED_BY_CARGO) {
            Err(GitError::Failed { .. }) => Ok(None),
            Err(other) => Err(other),
            Ok(file) => Ok(Some(file)),
        }
    }

    /// Where git would really go for a URL: the user's own `url.*.insteadOf` may lead elsewhere.
    /// `None` if that is no server.
    ///
    /// # Errors
    /// If git does not start, or does not tell.
    pub fn rewritten(&self, url: &Url) -> Result<Option<Url>, GitError> {
        let mut words = settings();
        words.extend(["ls-remote", "--get-url", "--", url.as_str()].map(str::to_owned));
        let told = self.run(words)?;
        Ok(told.expose_text().and_then(|told| server_of(told.trim_end())))
    }

    /// Fetches the last commit of a repository into a folder without `copy`, and reads the file out of
    /// it; `None` if it is not in there. `reached` is where git goes for the URL, and how.
    ///
    /// # Errors
    /// If git does not start, or cannot fetch it.
    pub fn fetch(
        &self,
        url: &Url,
        reached: Option<(&Url, &Reach)>,
        folder: &Path,
    ) -> Result<Option<Secret>, GitError> {
        let copy = folder.join("copy");
        let mut words = settings();
        for scheme in REWRITTEN_TO.into_iter().chain([url.scheme()]) {
            words.extend(["-c".to_owned(), format!("protocol.{scheme}.allow=always")]);
        }
        words.extend(reached.into_iter().flat_map(|(url, reach)| reach.settings(url)));
        let clone =
            ["clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", ENOUGH];
        words.extend(clone.map(str::to_owned));
        words.extend(["--template=", "--", url.as_str()].map(str::to_owned));
        words.push(copy.display().to_string());
        self.run(words)?;
        match self.read(&copy, FETCHED) {
            Err(GitError::Failed { .. }) => Ok(None),
            Err(other) => Err(other),
            Ok(file) => Ok(Some(file)),
        }
    }

    /// Without the network, whatever the copy's own configuration says.
    fn read(&self, repository: &Path, commit: &str) -> Result<Secret, GitError> {
        let mut words = settings();
        words.push(format!("--git-dir={}", repository.display()));
        words.extend(["cat-file", "blob"].map(str::to_owned));
        words.push(format!("{commit}:{FILE}"));
        self.run(words)
    }

    fn run(&self, arguments: Vec<String>) -> Result<Secret, GitError> {
        let grant = self.grant.clone();
        let request = ProcessRequest { grant, arguments, environment: Vec::new() };
        let mut program = self.process.start(request).map_err(GitError::Process)?;
        let end = program.finish(MAX_CONFIG).map_err(GitError::Process)?;
        if end.status == 0 {
            return Ok(end.output);
        }
        let words = String::from_utf8_lossy(&program.diagnostics()).trim().to_owned();
        let said = escape_lines(&shorten(&words, MAX_SAID));
        Err(GitError::Failed { status: end.status, said })
    }
}

impl Reach {
    /// Said of the very URL, since of two settings git takes the one whose URL is nearer.
    fn settings(&self, url: &Url) -> Vec<String> {
        // A word ends a setting's name at its first `=`.
        let whole = Some(url.as_str()).filter(|url| !url.contains('='));
        let scope = whole.map_or_else(|| url.origin().ascii_serialization(), str::to_owned);
        let said =
            |key: &str, value: &str| ["-c".to_owned(), format!("http.{scope}.{key}={value}")];
        let mut words = Vec::from(said("followRedirects", "false"));
        match &self.through {
            Through::Gits => {}
            Through::Nothing => words.extend(said("proxy", "")),
            Through::Address(address) => words.extend(said("proxy", address)),
            Through::Variable(name) => {
                words.push(format!("--config-env=http.{scope}.proxy={name}"));
            }
        }
        let files = [("sslCAInfo", &self.authorities), ("proxySSLCAInfo", &self.proxy_authorities)];
        for (key, file) in files {
            words.extend(file.iter().flat_map(|file| said(key, &file.display().to_string())));
        }
        words
    }
}

/// The server of what git calls a URL: one, or `USER@HOST:PATH`.
fn server_of(told: &str) -> Option<Url> {
    if let Ok(url) = Url::parse(told)
        && told.contains("://")
    {
        return Some(url);
    }
    let (host, path) = told.split_once(':')?;
    match host.contains('/') {
        true => None,
        false => Url::parse(&format!("ssh://{host}/{path}")).ok(),
    }
}

fn settings() -> Vec<String> {
    ALWAYS.iter().flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Reach, Through, server_of};

    #[test]
    fn what_git_calls_a_url_has_a_server() {
        for (told, host) in [
            ("https://h.example/i", Some("h.example")),
            ("ssh://git@h.example:22/i", Some("h.example")),
            ("git@h.example:i/j", Some("h.example")),
            ("h.example:i", Some("h.example")),
            ("/srv/i", None),
            ("./a:b", None),
            ("", None),
        ] {
            let server = server_of(told);
            assert_eq!(server.as_ref().and_then(|url| url.host_str()), host, "{told}");
        }
    }

    #[test]
    fn settings_are_of_the_very_url_and_no_password_is_a_word() {
        let url = "https://h.example/i".parse().unwrap();
        let words = |through| Reach { through, ..Reach::default() }.settings(&url).join(" ");
        let first = "-c http.https://h.example/i.followRedirects=false";
        assert_eq!(words(Through::Gits), first);
        let nothing = format!("{first} -c http.https://h.example/i.proxy=");
        assert_eq!(words(Through::Nothing), nothing);
        let variable = format!("{first} --config-env=http.https://h.example/i.proxy=P");
        assert_eq!(words(Through::Variable("P")), variable);
        let queried = "https://h.example/i?a=b".parse().unwrap();
        let words = Reach::default().settings(&queried);
        assert_eq!(words, ["-c", "http.https://h.example.followRedirects=false"]);
    }
}
