//! What people are told when the secret service does not do what it was asked for.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why the secret service did not answer. Never holds anything secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretServiceError {
    /// The session has no bus.
    #[error(
        "there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set and XDG_RUNTIME_DIR has no `bus`; \
         log in to a desktop, or run the command under `dbus-run-session` with a keyring"
    )]
    NoBus,
    /// The bus is not where one may be connected to.
    #[error(
        "the session bus at `{address}` is not connected to: {why}; \
         set DBUS_SESSION_BUS_ADDRESS to `unix:path=...`"
    )]
    Address {
        /// The address, escaped.
        address: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The socket belongs to somebody else.
    #[error(
        "the session bus at `{address}` is run by user {owner} and not by you (user {expected}); \
         nothing was sent to it"
    )]
    ForeignBus {
        /// Where.
        address: String,
        /// Who runs it.
        owner: u32,
        /// The user who runs this process.
        expected: u32,
    },
    /// The file of the socket belongs to somebody else.
    #[error("`{}` belongs to user {owner} and not to you (user {expected})", .path.display())]
    ForeignSocket {
        /// The socket.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// The user who runs this process.
        expected: u32,
    },
    /// The socket does not answer.
    #[error("the session bus at `{address}` cannot be connected to; is the session still there?")]
    Connect {
        /// Where.
        address: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// The bus does not let this user in.
    #[error("the session bus does not let you in; is it another user's?")]
    NotLetIn,
    /// The connection broke.
    #[error("the connection to the session bus was lost; try again")]
    Lost(#[source] io::Error),
    /// Nobody offers the service.
    #[error(
        "no program on the session bus keeps secrets; install and start one that has the Secret Service \
         (GNOME Keyring, KWallet, KeePassXC), or name another provider for the registry"
    )]
    NoService,
    /// The service ended or was replaced in the middle.
    #[error("the secret service ended before it answered; try again")]
    Vanished,
    /// The service takes too long.
    #[error(
        "the secret service did not answer within {} s; see whether it waits for something, or start it again",
        .0.as_secs()
    )]
    Late(Duration),
    /// It would show the secret to whoever listens on the bus.
    #[error(
        "the secret service has no encrypted sessions; if its bus may see your secrets, set `plain-session = \"allow\"` \
         in the provider's settings in Lockgate's config.toml"
    )]
    NotEncrypted,
    /// Locked, and nobody was there to unlock it.
    #[error(
        "the keyring is locked and there is nobody to unlock it; unlock it (by logging in to the desktop, or with \
         `gnome-keyring-daemon --unlock`) and try again"
    )]
    Locked,
    /// Locked, and the question was turned down.
    #[error(
        "the keyring is still locked: the question for its password was dismissed, or could not be shown; \
         unlock it and try again"
    )]
    Dismissed,
    /// Nobody answered the question.
    #[error(
        "the keyring is still locked: nobody answered the question for its password within {} s; \
         unlock it and try again",
        .0.as_secs()
    )]
    PromptLate(Duration),
    /// More than one entry.
    #[error(
        "{count} entries in the keyring are for this registry, and it is not known which one is right: {}; \
         remove all but one, or log out and in again",
        .items.join(", ")
    )]
    Ambiguous {
        /// How many there are.
        count: usize,
        /// The first few of them, by label and path.
        items: Vec<String>,
    },
    /// A new entry would stand beside one in another keyring.
    #[error(
        "the entry for this registry is in another keyring than the default one: {item}; \
         log out to remove it, then log in again"
    )]
    Elsewhere {
        /// Its label and path.
        item: String,
    },
    /// There is no keyring that new entries go to.
    #[error(
        "there is no default keyring to keep the entry in; make one, for example with `seahorse`, \
         or start `gnome-keyring-daemon --unlock`"
    )]
    NoDefault,
    /// The entry is not a token.
    #[error("the entry in the keyring is not text but `{kind}`; remove it and log in again")]
    NotText {
        /// Its content type, escaped.
        kind: String,
    },
    /// More than the service takes.
    #[error(
        "a secret of {length} bytes is too long for the keyring, which is asked to keep at most {limit}"
    )]
    TooLong {
        /// Its length.
        length: usize,
        /// The most.
        limit: usize,
    },
    /// cargo's entries have a token and nothing else.
    #[error("an entry for a registry of cargo's has no account name in the keyring")]
    NoAccounts,
    /// docker's entries have one each.
    #[error("an entry for a server of docker's needs an account name; log in with one")]
    NoAccount,
    /// It cannot stand in an entry.
    #[error(
        "the account name is empty, not text, longer than {limit} bytes or has a zero byte, and cannot be kept \
         in the keyring"
    )]
    BadAccount {
        /// The most bytes there may be.
        limit: usize,
    },
    /// Other programs would see only what stands before it.
    #[error("a secret with a zero byte cannot be kept in the keyring")]
    ZeroByte,
    /// The entry has been removed, or something that was still there after its removal.
    #[error(
        "the keyring says that the entry was removed, and it is still there; remove it by hand"
    )]
    NotRemoved,
    /// The service refused.
    #[error("the secret service says: {message} ({name})")]
    Refused {
        /// The name of the error.
        name: String,
        /// Its message, escaped.
        message: String,
    },
    /// It does not keep to its protocol.
    #[error("the secret service gave an answer that is not understood: {0}")]
    Malformed(&'static str),
    /// No random numbers.
    #[error("the operating system gives no random numbers")]
    NoRandom,
}
