//! Values out of the bytes of D-Bus. Whoever sent them is not trusted to have written them well.

use std::collections::BTreeMap;

use super::encode::STRUCT;
use super::is_object_path;

/// The bytes are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Texts by names.
pub(crate) type TextsByName = BTreeMap<String, String>;

type Result<T> = std::result::Result<T, Malformed>;

/// Reads one value after the other.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().ok_or(Malformed)
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.align(4)?;
        let bytes = self.take(size_of::<u32>())?;
        Ok(u32::from_ne_bytes(*bytes.first_chunk().ok_or(Malformed)?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        self.align(8)?;
        let bytes = self.take(size_of::<u64>())?;
        Ok(u64::from_ne_bytes(*bytes.first_chunk().ok_or(Malformed)?))
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        match self.u32()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let length = self.u32()?;
        self.terminated(length)
    }

    pub(crate) fn object(&mut self) -> Result<&'a str> {
        Some(self.text()?).filter(|text| is_object_path(text)).ok_or(Malformed)
    }

    pub(crate) fn types(&mut self) -> Result<&'a str> {
        let length = self.byte()?;
        self.terminated(length.into())
    }

    pub(crate) fn array_of_bytes(&mut self) -> Result<&'a [u8]> {
        let length = self.u32()?;
        self.take(usize::try_from(length).map_err(|_| Malformed)?)
    }

    pub(crate) fn array_of_objects(&mut self) -> Result<Vec<&'a str>> {
        let mut objects = Vec::new();
        let end = self.array(4)?;
        while self.at < end {
            objects.push(self.object()?);
        }
        self.ends_at(end)?;
        Ok(objects)
    }

    pub(crate) fn array_of_texts(&mut self) -> Result<Vec<&'a str>> {
        let mut texts = Vec::new();
        let end = self.array(4)?;
        while self.at < end {
            texts.push(self.text()?);
        }
        self.ends_at(end)?;
        Ok(texts)
    }

    /// Texts by names, of which there are no two alike.
    pub(crate) fn texts_by_name(&mut self) -> Result<TextsByName> {
        let mut texts = TextsByName::new();
        let end = self.array(STRUCT)?;
        while self.at < end {
            self.structure()?;
            let name = self.text()?.to_owned();
            if texts.insert(name, self.text()?.to_owned()).is_some() {
                return Err(Malformed);
            }
        }
        self.ends_at(end)?;
        Ok(texts)
    }

    /// The beginning of an array whose values begin at multiples of `alignment`; where it ends.
    pub(crate) fn array(&mut self, alignment: usize) -> Result<usize> {
        let length = usize::try_from(self.u32()?).map_err(|_| Malformed)?;
        self.align(alignment)?;
        self.at.checked_add(length).filter(|end| *end <= self.bytes.len()).ok_or(Malformed)
    }

    /// The beginning of a structure.
    pub(crate) fn structure(&mut self) -> Result<()> {
        self.align(STRUCT)
    }

    /// Where the next value is looked for.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn ends_at(&self, end: usize) -> Result<()> {
        if self.at == end { Ok(()) } else { Err(Malformed) }
    }

    fn terminated(&mut self, length: u32) -> Result<&'a str> {
        let bytes = self.take(usize::try_from(length).map_err(|_| Malformed)?)?;
        match self.byte()? {
            0 if !bytes.contains(&0) => std::str::from_utf8(bytes).map_err(|_| Malformed),
            _ => Err(Malformed),
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let end = self.at.checked_add(count).ok_or(Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        Ok(taken)
    }

    fn align(&mut self, alignment: usize) -> Result<()> {
        let next = self.at.checked_next_multiple_of(alignment).ok_or(Malformed)?;
        let padding = self.take(next - self.at)?;
        if padding.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Body;
    use super::{Malformed, Reader};

    #[test]
    fn what_was_written_is_read() {
        let mut body = Body::of("ysoaoayb(s)a{ss}as");
        body.byte(3);
        body.text("a \u{e4}");
        body.text("/a/b");
        body.array(4, |body| {
            body.text("/");
            body.text("/c");
        });
        body.array_of_bytes(&[0, 255]);
        body.flag(false);
        body.structure();
        body.text("");
        body.texts_by_name(&[("server", "ghcr.io"), ("username", "")]);
        body.array(4, |body| {
            body.text("a");
            body.text("b c");
        });
        let mut reader = Reader::new(body.bytes());
        assert_eq!(reader.byte(), Ok(3));
        assert_eq!(reader.text(), Ok("a \u{e4}"));
        assert_eq!(reader.object(), Ok("/a/b"));
        assert_eq!(reader.array_of_objects(), Ok(vec!["/", "/c"]));
        assert_eq!(reader.array_of_bytes(), Ok(&[0, 255][..]));
        assert_eq!(reader.flag(), Ok(false));
        assert_eq!(reader.structure(), Ok(()));
        assert_eq!(reader.text(), Ok(""));
        let named: Vec<_> = reader.texts_by_name().unwrap().into_iter().collect();
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        assert_eq!(named, [pair("server", "ghcr.io"), pair("username", "")]);
        assert_eq!(reader.array_of_texts(), Ok(vec!["a", "b c"]));
        assert_eq!(reader.ends_at(body.bytes().len()), Ok(()));
        assert_eq!(reader.byte(), Err(Malformed));
    }

    fn number(value: u32) -> Vec<u8> {
        value.to_ne_bytes().to_vec()
    }

    #[test]
    fn lengths_and_padding_that_lie_are_refused() {
        for (bytes, what) in [
            ([number(3), b"ab\0".to_vec()].concat(), "a text that is not there"),
            ([number(u32::MAX), b"ab\0".to_vec()].concat(), "a text of four GiB"),
            ([number(2), b"abc".to_vec()].concat(), "a text without an end"),
            ([number(2), b"a\0\0".to_vec()].concat(), "a text with a zero"),
            ([number(1), b"\xff\0".to_vec()].concat(), "a text that is none"),
        ] {
            assert_eq!(Reader::new(&bytes).text(), Err(Malformed), "{what}");
        }
        let mut padded = Reader::new(&[1, 0, 9, 0, 1, 0, 0, 0]);
        assert_eq!(padded.byte(), Ok(1));
        assert_eq!(padded.u32(), Err(Malformed));
        let mut twice = Body::of("a{ss}");
        twice.texts_by_name(&[("server", "a"), ("server", "b")]);
        assert_eq!(Reader::new(twice.bytes()).texts_by_name(), Err(Malformed));
        let objects = [number(7), number(2), b"/a\0".to_vec()].concat();
        assert_eq!(Reader::new(&objects).array_of_objects(), Ok(vec!["/a"]));
        let short = [number(6), number(2), b"/a\0".to_vec()].concat();
        assert_eq!(Reader::new(&short).array_of_objects(), Err(Malformed));
        assert_eq!(Reader::new(&number(2)).flag(), Err(Malformed));
    }
}
