//! A buffer for secrets that grows without leaving copies behind.

use lockgate_core::Secret;
use zeroize::Zeroizing;

/// Most tokens and responses fit into this many bytes, so the buffer rarely grows.
const FIRST_CAPACITY: usize = 4096;

/// Bytes on their way into a [`Secret`]. When the room is used up they move to a larger place and
/// the old one is zeroed, which a growing `Vec` does not do.
pub(crate) struct SecretBuffer(Zeroizing<Vec<u8>>);

impl SecretBuffer {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(FIRST_CAPACITY)))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(self.0.capacity() * 2)));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(bytes);
    }

    /// Removes the last byte.
    pub(crate) fn pop(&mut self) -> Option<u8> {
        self.0.pop()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn into_secret(mut self) -> Secret {
        Secret::new(std::mem::take(&mut *self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_CAPACITY, SecretBuffer};

    #[test]
    fn keeps_every_byte_while_it_grows() {
        let mut buffer = SecretBuffer::new();
        let expected: Vec<u8> =
            (0..FIRST_CAPACITY * 5 + 3).map(|index| (index % 251) as u8).collect();
        for part in expected.chunks(777) {
            buffer.push(part);
        }
        assert_eq!(buffer.into_secret().expose(), expected);
    }
}
