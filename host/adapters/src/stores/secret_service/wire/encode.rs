//! Values in the bytes of D-Bus, in the order of this machine.

use zeroize::Zeroizing;

/// What a message carries; each value is added in the order of the signature.
#[derive(Debug)]
pub(crate) struct Body {
    signature: &'static str,
    bytes: Zeroizing<Vec<u8>>,
}

impl Body {
    /// A body whose values will be of these types.
    pub(crate) fn of(signature: &'static str) -> Self {
        Self { signature, bytes: Zeroizing::default() }
    }

    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self::of("")
    }

    pub(crate) fn signature(&self) -> &'static str {
        self.signature
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A number of one byte.
    pub(crate) fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// A number of four bytes.
    pub(crate) fn u32(&mut self, value: u32) {
        self.align(4);
        self.bytes.extend(value.to_ne_bytes());
    }

    /// A number of eight bytes.
    #[cfg(test)]
    pub(crate) fn u64(&mut self, value: u64) {
        self.align(8);
        self.bytes.extend(value.to_ne_bytes());
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, value: bool) {
        self.u32(value.into());
    }

    /// A text or the path of an object. There are none in this program that its field is too short
    /// for.
    pub(crate) fn text(&mut self, text: &str) {
        self.u32(length(text.len()));
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
    }

    /// Types of values.
    pub(crate) fn types(&mut self, signature: &str) {
        self.bytes.push(u8::try_from(signature.len()).unwrap_or(u8::MAX));
        self.bytes.extend_from_slice(signature.as_bytes());
        self.bytes.push(0);
    }

    /// Bytes.
    pub(crate) fn array_of_bytes(&mut self, bytes: &[u8]) {
        self.u32(length(bytes.len()));
        self.bytes.extend_from_slice(bytes);
    }

    /// Values that `fill` adds, each of which begins at a multiple of `alignment`.
    pub(crate) fn array(&mut self, alignment: usize, fill: impl FnOnce(&mut Self)) {
        self.u32(0);
        let place = self.bytes.len() - size_of::<u32>();
        self.align(alignment);
        let start = self.bytes.len();
        fill(self);
        let filled = length(self.bytes.len() - start);
        if let Some(field) = self.bytes.get_mut(place..place + size_of::<u32>()) {
            field.copy_from_slice(&filled.to_ne_bytes());
        }
    }

    /// Texts by names.
    pub(crate) fn texts_by_name(&mut self, pairs: &[(&str, &str)]) {
        self.array(STRUCT, |body| {
            for (name, text) in pairs {
                body.align(STRUCT);
                body.text(name);
                body.text(text);
            }
        });
    }

    /// The beginning of a structure.
    pub(crate) fn structure(&mut self) {
        self.align(STRUCT);
    }

    fn align(&mut self, alignment: usize) {
        let padded = self.bytes.len().next_multiple_of(alignment);
        self.bytes.resize(padded, 0);
    }
}

/// Where structures begin.
pub(crate) const STRUCT: usize = 8;

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Body, STRUCT};

    #[test]
    fn values_stand_where_d_bus_expects_them() {
        let mut body = Body::of("ybsa{ss}ay");
        body.byte(7);
        body.flag(true);
        body.text("hi");
        body.texts_by_name(&[("k", "v")]);
        body.array_of_bytes(&[1, 2]);
        let number = |value: u32| value.to_ne_bytes().to_vec();
        let expected = [
            vec![7, 0, 0, 0],
            number(1),
            number(2),
            b"hi\0\0".to_vec(),
            number(14),
            vec![0; 4],
            number(1),
            b"k\0\0\0".to_vec(),
            number(1),
            b"v\0".to_vec(),
            vec![0; 2],
            number(2),
            vec![1, 2],
        ];
        assert_eq!(body.bytes(), expected.concat());
    }

    #[test]
    fn the_length_of_an_array_is_without_what_is_before_its_first_value() {
        let mut body = Body::of("a{ss}");
        body.array(STRUCT, |_| {});
        assert_eq!(body.bytes(), [0; 8]);
    }
}
