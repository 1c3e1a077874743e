//! What cargo itself warns of.

use std::fmt;
use std::path::PathBuf;

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
            Self::DeprecatedName { path } => write!(
                formatter,
                "`{}` is deprecated in favor of `config.toml`\n  |\n  = help: if you need to support cargo 1.38 or earlier, you can symlink `config` to `config.toml`",
                visible_path(path)
            ),
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
