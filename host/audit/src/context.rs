//! Whom and what the lines of one request are about.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use lockgate_core::{Operation, Purpose, Registry, escape, shorten};

/// Most decisions of one request that are recorded. An honest provider makes a handful; a hostile
/// one shall not push older lines out of the trail.
pub(crate) const MAX_USES: u32 = 200;

/// Longest name of a provider, in bytes.
const MAX_NAME: usize = 128;

/// Longest other text, in bytes: a path or a URL as people write them.
pub(crate) const MAX_TEXT: usize = 512;

/// The number of this process's last request, so that lines of one request can be told apart.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Whom and what the lines of one request are about, with the count of its lines.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) request: String,
    pub(crate) caller: u32,
    pub(crate) program: Option<String>,
    pub(crate) registry: String,
    pub(crate) operation: &'static str,
    pub(crate) purpose: Option<&'static str>,
    pub(crate) provider: Option<String>,
    pub(crate) digest: Option<String>,
    uses: Arc<AtomicU32>,
}

/// What becomes of one more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    Left,
    /// This is the first one that is not recorded.
    Ended,
    None,
}

impl Context {
    /// A request of the process `caller`, whose executable is `program` where that is known.
    #[must_use]
    pub fn new(
        caller: u32,
        program: Option<&Path>,
        registry: &Registry,
        operation: &Operation,
    ) -> Self {
        let number = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
        let ecosystem = registry.ecosystem();
        Self {
            request: format!("{}-{number}", std::process::id()),
            caller,
            program: program.map(|path| clean(&path.to_string_lossy(), MAX_TEXT)),
            registry: clean(&format!("{ecosystem}:{}", without_user(registry.url())), MAX_TEXT),
            operation: operation.name(),
            purpose: purpose(operation),
            provider: None,
            digest: None,
            uses: Arc::default(),
        }
    }

    /// The same request, as this provider is asked; `digest` is its component's.
    #[must_use]
    pub fn for_provider(&self, name: &str, digest: Option<&str>) -> Self {
        Self {
            provider: Some(clean(name, MAX_NAME)),
            digest: digest.map(|digest| clean(digest, MAX_NAME)),
            ..self.clone()
        }
    }

    /// Counts one more use.
    pub(crate) fn count_use(&self) -> Room {
        let counted = self.uses.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |uses| {
            (uses <= MAX_USES).then_some(uses + 1)
        });
        match counted {
            Ok(before) if before < MAX_USES => Room::Left,
            Ok(_) => Room::Ended,
            Err(_) => Room::None,
        }
    }
}

/// Text for a line: cut, then with nothing in it that acts on a terminal.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    escape(&shorten(text, limit))
}

fn purpose(operation: &Operation) -> Option<&'static str> {
    match operation {
        Operation::Get(Purpose::Read) => Some("read"),
        Operation::Get(Purpose::Publish(_)) => Some("publish"),
        Operation::Get(Purpose::Yank(_)) => Some("yank"),
        Operation::Get(Purpose::Unyank(_)) => Some("unyank"),
        Operation::Get(Purpose::Owners(_)) => Some("owners"),
        Operation::Get(Purpose::Other(_)) => Some("other"),
        Operation::Login(_) | Operation::Logout => None,
    }
}

/// The URL without a user, a query and a fragment: people put tokens there.
fn without_user(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = match bare.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), bare),
    };
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, String::new()),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}{host}{path}")
}

#[cfg(test)]
mod tests {
    use lockgate_core::{Ecosystem, Operation, Registry};

    use super::{Context, MAX_USES, Room, without_user};

    #[test]
    fn a_token_inside_a_url_is_not_recorded() {
        for (url, kept) in [
            ("sparse+https://hunter2@a.example/i/", "sparse+https://a.example/i/"),
            ("https://u:hunter2@a.example:8443/i?t=hunter2#hunter2", "https://a.example:8443/i"),
            ("hunter2@ghcr.io", "ghcr.io"),
            ("https://a.example/@scope/", "https://a.example/@scope/"),
        ] {
            assert_eq!(without_user(url), kept);
        }
    }

    #[test]
    fn providers_of_one_request_share_its_count() {
        let registry = Registry::new(Ecosystem::Cargo, "https://a.example/").unwrap();
        let request = Context::new(1, None, &registry, &Operation::Logout);
        let (first, second) = (request.for_provider("a", None), request.for_provider("b", None));
        for _ in 0..MAX_USES {
            assert_eq!(first.count_use(), Room::Left);
        }
        assert_eq!(second.count_use(), Room::Ended);
        assert_eq!(first.count_use(), Room::None);
        let other = Context::new(1, None, &registry, &Operation::Logout);
        assert_eq!(other.count_use(), Room::Left);
        assert_ne!(other.request, request.request);
    }
}
