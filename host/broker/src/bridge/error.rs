//! What keeps a bridge from starting a program.

use super::{CARGO_PLUGIN, DOCKER_HELPER, PASS, TOKEN_FROM_STDOUT};

/// Why a bridge does not start a program.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// Nothing to start. In the words of cargo.
    #[error(
        "The first argument to `{TOKEN_FROM_STDOUT}` must be a command that prints a token on stdout"
    )]
    NoCommand,
    /// The same of the other bridge.
    #[error("the first argument to `{CARGO_PLUGIN}` has to be the path of a credential provider")]
    NoPlugin,
    /// The same of the one for docker's.
    #[error(
        "the first argument to `{DOCKER_HELPER}` has to be the name of a credential helper, such as `pass` or `secretservice`, or its absolute path"
    )]
    NoHelper,
    /// More words than a helper can be told.
    #[error("`{DOCKER_HELPER}` takes one word: the name of a credential helper, or its path")]
    NotOneWord,
    /// No name of a credential helper.
    #[error(
        "`{word}` names no credential helper; write what follows `docker-credential-` in its name, or its absolute path"
    )]
    NoSuffix {
        /// As it was named, escaped.
        word: String,
    },
    /// It would start itself without end.
    #[error(
        "`{program}` is this program itself, which answers in process and is not started as a helper; name the provider that keeps the entries instead"
    )]
    Ourselves {
        /// As it was named, escaped.
        program: String,
    },
    /// Most helpers read lines that are no longer than this.
    #[error(
        "the secret is too long for `{program}`: native credential helpers read a line of at most 65,535 bytes, and nothing was stored; keep it with another provider, or, if this helper reads longer lines, put `long-secrets = \"allow\"` under `[provider.\"{DOCKER_HELPER}\".settings]` in Lockgate's config.toml"
    )]
    TooLong {
        /// The helper, escaped.
        program: String,
    },
    /// The Credential Manager takes no more.
    #[error(
        "the secret is too long for `{program}`: the Credential Manager of Windows takes at most 2,560 bytes, and nothing was stored; keep it with another provider"
    )]
    TooLongForWindows {
        /// The helper, escaped.
        program: String,
    },
    /// A setting that says nothing that is known.
    #[error("the setting `long-secrets` of `{DOCKER_HELPER}` can be `allow`, or stand nowhere")]
    Setting,
    /// More words than there is a program for.
    #[error("`{PASS}` takes one word at most: the absolute path of the program")]
    NotOnePass,
    /// It would be a path.
    #[error(
        "`{user}` cannot be kept: a user's name is the name of a file in the store of `pass`, which can have no `/` in it; keep it with another provider"
    )]
    NoEntryName {
        /// As it was given, escaped.
        user: String,
    },
    /// It would come back without.
    #[error(
        "the secret ends with a line end, which docker's own helper would not read from the store of `pass`; nothing was stored; log in without it, or keep it with another provider"
    )]
    LineEnd,
    /// No place for entries.
    #[error(
        "it is not known where `pass` keeps its entries: set PASSWORD_STORE_DIR to an absolute path, or HOME"
    )]
    NoPassStore,
    /// A path from the working directory, which may be a project's.
    #[error("`{program}` is no absolute path; a program is named by one, or by its name alone")]
    Relative {
        /// As it was named, escaped.
        program: String,
    },
    /// A name that stands for nothing.
    #[error("no folder of PATH has the program `{program}`")]
    Missing {
        /// As it was named, escaped.
        program: String,
    },
    /// The user did not grant it.
    #[error(
        "`{program}` is a native program, which no sandbox holds, and you have not granted it; if you trust it, run\n`{command}`"
    )]
    NotGranted {
        /// Its absolute path, escaped.
        program: String,
        /// The command that grants it.
        command: String,
    },
    /// Its words may be a project's.
    #[error(
        "a program and its arguments are chosen by your own configuration alone, and that does not have `{words}` for this registry; if this is your choice, put it into the config.toml of cargo's home directory"
    )]
    NotYours {
        /// The words, escaped.
        words: String,
    },
}
