//! Which type each key has that says something about registries, and which keys cargo knows.

use toml_edit::Item;

/// Keys of `[registries.NAME]` that cargo knows.
pub(crate) const REGISTRY_KEYS: [&str; 7] = [
    "index",
    "token",
    "credential-provider",
    "secret-key",
    "secret-key-subject",
    "protocol",
    "min-publish-age",
];
/// Keys of `[registry]` that cargo knows.
pub(crate) const GLOBAL_KEYS: [&str; 8] = [
    "index",
    "token",
    "credential-provider",
    "secret-key",
    "secret-key-subject",
    "default",
    "global-credential-providers",
    "global-min-publish-age",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Text,
    Words,
    List,
    Any,
}

/// Checks the type of one item, as cargo does when it reads the key.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn check(item: &Item, path: &[String]) -> Result<(), String> {
    let kind = kind(path);
    let fits = match kind {
        Kind::Any => true,
        Kind::Table => item.is_table_like(),
        Kind::Text => item.is_str(),
        Kind::Words => item.is_str() || is_list_of_texts(item),
        Kind::List => is_list_of_texts(item),
    };
    let key = crate::source::visible(&path.join("."));
    if !fits {
        let found = item.type_name();
        return Err(format!("`{key}` must be {}, but is of the type {found}", name(kind)));
    }
    let is_empty = match kind {
        Kind::Words => match item.as_str() {
            Some(text) => text.split_ascii_whitespace().next().is_none(),
            None => item.as_array().is_some_and(|array| array.is_empty()),
        },
        _ => false,
    };
    if is_empty {
        return Err(format!("invalid length 0 of `{key}`, expected at least one element"));
    }
    Ok(())
}

fn kind(path: &[String]) -> Kind {
    match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["registry" | "registries" | "credential-alias" | "source"] | ["registries", _] => {
            Kind::Table
        }
        ["registry", "index" | "default"] | ["registries", _, "index"] => Kind::Text,
        ["registry", "global-credential-providers"] => Kind::List,
        ["registry", key] | ["registries", _, key] => match *key {
            "token" | "secret-key" => Kind::Text,
            "credential-provider" => Kind::Words,
            _ => Kind::Any,
        },
        _ => Kind::Any,
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "a table",
        Kind::Text => "a string",
        Kind::Words => "a string or a list of strings",
        Kind::List => "a list of strings",
        Kind::Any => "anything",
    }
}

fn is_list_of_texts(item: &Item) -> bool {
    item.as_array().is_some_and(|array| array.iter().all(toml_edit::Value::is_str))
}

/// Whether the value of a key is a secret.
pub(crate) fn is_secret(path: &[String]) -> bool {
    path.last().is_some_and(|key| key == "token" || key == "secret-key")
}
