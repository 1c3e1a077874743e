//! What cargo itself warns of.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Definition;
use crate::source::{visible, visible_path};

/// A warning in cargo's words, without the prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Only the name without an extension is there.
    DeprecatedName {
        /// The file.
        path: PathBuf,
    },
    /// Both names are there and are two files.
    TwoNames {
        /// The one that is read.
        used: PathBuf,
        /// The one that is not.
        other: PathBuf,
    },
    /// The settings of another name are taken, since that has the same index.
    OtherName {
        /// The index.
        url: String,
        /// The name.
        name: String,
    },
    /// A key that cargo does not know.
    UnusedKey {
        /// The key.
        key: String,
        /// Where it is.
        defined: Definition,
    },
    /// An alias with the name of a built-in provider, which is not heeded.
    ShadowedBuiltIn {
        /// The name.
        alias: String,
        /// Where the alias is.
        defined: Definition,
    },
    /// A secret that the configured providers do not look at.
    IgnoredSecret {
        /// The registry's name or URL.
        registry: String,
        /// `token` or `secret-key`.
        secret: &'static str,
        /// Where it is.
        defined: Definition,
        /// The registry's own provider, if that is why.
        provider: Option<String>,
    },
    /// A setting among the tokens, which cargo heeds there.
    NotInTokens {
        /// The key.
        key: String,
        /// Where it is.
        defined: Definition,
    },
    /// A token of the command line's, which counts more than a variable for cargo as long as none is
    /// kept.
    OutrankedToken {
        /// The registry's name.
        registry: String,
        /// Where the token is.
        defined: Definition,
        /// The variable that counts more.
        variable: String,
    },
}

impl Warning {
    /// Whether cargo calls it a note.
    pub fn is_note(&self) -> bool {
        matches!(self, Self::OtherName { .. })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeprecatedName { path } => {
                let name = path.file_name().map(Path::new).unwrap_or(path);
                let (path, name) = (visible_path(path), visible_path(name));
                write!(
                    formatter,
                    "`{path}` is deprecated in favor of `{name}.toml`\n  |\n  = help: if you need to support cargo 1.38 or earlier, you can symlink `{name}` to `{name}.toml`"
                )
            }
            Self::TwoNames { used, other } => {
                let (used, other) = (visible_path(used), visible_path(other));
                write!(formatter, "both `{used}` and `{other}` exist. Using `{used}`")
            }
            Self::OtherName { url, name } => {
                let (url, name) = (visible(url), visible(name));
                write!(formatter, "name of alternative registry `{url}` set to `{name}`")
            }
            Self::UnusedKey { key, defined } => {
                let (key, place) = (visible(key), defined.without_line());
                write!(formatter, "unused config key `{key}` in `{place}`")
            }
            Self::ShadowedBuiltIn { alias, defined } => write!(
                formatter,
                "credential-alias `{alias}` (defined in `{}`) will be ignored because it would shadow a built-in credential-provider",
                defined.without_line()
            ),
            Self::NotInTokens { key, defined } => write!(
                formatter,
                "`{}` in {defined} is not heeded: that is a file of tokens; write it into the `config.toml` beside it",
                visible(key)
            ),
            Self::OutrankedToken { registry, defined, variable } => write!(
                formatter,
                "the token of registry `{}` in {defined} is not used: environment variable `{variable}` counts more",
                visible(registry)
            ),
            Self::IgnoredSecret { registry, secret, defined, provider } => {
                write!(
                    formatter,
                    "registry `{}` has a {secret} configured in {} that will be ignored because ",
                    visible(registry),
                    defined.without_line()
                )?;
                match provider {
                    Some(provider) => write!(
                        formatter,
                        "this registry is configured to use credential-provider `{}`",
                        visible(provider)
                    ),
                    None => formatter.write_str(
                        "the `cargo:token` credential provider is not listed in `registry.global-credential-providers`",
                    ),
                }
            }
        }
    }
}
