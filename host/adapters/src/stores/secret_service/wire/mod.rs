//! Messages of D-Bus: as much of them as the secret service needs.

mod decode;
mod encode;
mod message;

pub(super) use decode::{Malformed, Reader, TextsByName};
pub(super) use encode::Body;
pub(super) use message::{Call, Kind, Message, parse};

/// The paths of objects that are named by others are compared and passed on, and never opened; they
/// hold what D-Bus allows in one.
pub(super) fn is_object_path(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text == "/" || text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(part))
}

#[cfg(test)]
mod tests {
    use super::is_object_path;

    #[test]
    fn object_paths_hold_nothing_else() {
        for path in ["/", "/org/freedesktop/secrets/collection/login/1", "/a/_2d"] {
            assert!(is_object_path(path), "{path}");
        }
        for path in ["", "a", "/a/", "//", "/a//b", "/a b", "/a-b", "/\u{e4}", "/a\n"] {
            assert!(!is_object_path(path), "{path:?}");
        }
    }
}
