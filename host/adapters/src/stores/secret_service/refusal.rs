//! What the errors of the bus and of the service mean.

use lockgate_core::{escape, shorten};

use super::connection::BUS;
use super::error::SecretServiceError as Error;
use super::wire::Message;

/// Most of a name or message that is shown, in bytes.
const SHOWN: usize = 200;

/// The error of an answer that is one.
pub(super) fn refusal(message: &Message) -> Error {
    let of_bus = |name| message.error.strip_prefix("org.freedesktop.DBus.Error.") == Some(name);
    // Who could not be started is told by the bus, and who starts others by names of its own.
    let not_started = message.error.starts_with("org.freedesktop.DBus.Error.Spawn");
    if message.sender == BUS && (of_bus("ServiceUnknown") || not_started) {
        return Error::NoService;
    }
    if of_bus("NameHasNoOwner") {
        return Error::NoService;
    }
    // The bus answers for somebody who ended before an answer.
    if of_bus("NoReply") || of_bus("Disconnected") {
        return Error::Vanished;
    }
    match message.error.as_str() {
        "org.freedesktop.Secret.Error.IsLocked" => Error::Locked,
        _ => Error::Refused { name: shown(&message.error), message: shown(text_of(message)) },
    }
}

/// Whether the service knows nothing of what it was asked for.
pub(super) fn is_not_supported(error: &Error) -> bool {
    matches!(error, Error::Refused { name, .. } if name == "org.freedesktop.DBus.Error.NotSupported")
}

/// Whether an entry was not there any more.
pub(super) fn is_gone(error: &Error) -> bool {
    const GONE: [&str; 3] = [
        "org.freedesktop.Secret.Error.NoSuchObject",
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownMethod",
    ];
    matches!(error, Error::Refused { name, .. } if GONE.contains(&name.as_str()))
}

fn text_of(message: &Message) -> &str {
    let first = message.signature.starts_with('s');
    let text =
        first.then(|| message.values(&message.signature).and_then(|mut values| values.text()));
    text.and_then(Result::ok).unwrap_or("it does not say why")
}

pub(super) fn shown(text: &str) -> String {
    escape(&shorten(text, SHOWN))
}
