//! Whole messages: calls that are sent, and answers and signals that come.

use zeroize::Zeroizing;

use super::encode::STRUCT;
use super::{Body, Malformed, Reader};

/// Longest message that is taken, in bytes: far more than the longest secret and the longest list of
/// entries that anybody has.
const MAX_MESSAGE: usize = 1 << 20;

/// What stands before the fields of a header, in bytes, with the length of the fields.
const FIXED: usize = 16;

const OWN_ORDER: u8 = if cfg!(target_endian = "little") { b'l' } else { b'B' };
const VERSION: u8 = 1;
const CALL: u8 = 1;

const PATH: u8 = 1;
const INTERFACE: u8 = 2;
const MEMBER: u8 = 3;
const ERROR_NAME: u8 = 4;
const REPLY_SERIAL: u8 = 5;
const DESTINATION: u8 = 6;
const SENDER: u8 = 7;
const SIGNATURE: u8 = 8;

/// A call of a method.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) destination: &'a str,
    pub(crate) path: &'a str,
    pub(crate) interface: &'a str,
    pub(crate) member: &'a str,
    pub(crate) body: Body,
}

impl Call<'_> {
    /// The message, to which an answer will have this number.
    pub(crate) fn encode(&self, serial: u32) -> Zeroizing<Vec<u8>> {
        let body = self.body.bytes();
        let mut header = Body::of("yyyyuua(yv)");
        for byte in [OWN_ORDER, CALL, 0, VERSION] {
            header.byte(byte);
        }
        header.u32(u32::try_from(body.len()).unwrap_or(u32::MAX));
        header.u32(serial);
        header.array(STRUCT, |fields| {
            field(fields, PATH, "o", self.path);
            field(fields, INTERFACE, "s", self.interface);
            field(fields, MEMBER, "s", self.member);
            field(fields, DESTINATION, "s", self.destination);
            if !self.body.signature().is_empty() {
                fields.structure();
                fields.byte(SIGNATURE);
                fields.types("g");
                fields.types(self.body.signature());
            }
        });
        header.structure();
        let mut message = Zeroizing::new(Vec::with_capacity(header.bytes().len() + body.len()));
        message.extend_from_slice(header.bytes());
        message.extend_from_slice(body);
        message
    }
}

fn field(fields: &mut Body, code: u8, types: &str, text: &str) {
    fields.structure();
    fields.byte(code);
    fields.types(types);
    fields.text(text);
}

/// What sort of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Return,
    Error,
    Signal,
    /// A call of us, which offer nothing.
    Other,
}

/// A message that came.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// The number of the call that it answers.
    pub(crate) answers: Option<u32>,
    /// Who sent it: the bus says so and cannot be misled.
    pub(crate) sender: String,
    pub(crate) path: String,
    pub(crate) interface: String,
    pub(crate) member: String,
    pub(crate) error: String,
    pub(crate) signature: String,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Message {
    /// Its values, if they are of these types.
    pub(crate) fn values(&self, signature: &str) -> Result<Reader<'_>, Malformed> {
        match self.signature == signature {
            true => Ok(Reader::new(&self.body)),
            false => Err(Malformed),
        }
    }
}

/// The first message in the bytes and its length; nothing if it is not all there.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Message, usize)>, Malformed> {
    let Some(fixed) = bytes.get(..FIXED) else { return Ok(None) };
    let mut reader = Reader::new(fixed);
    let [order, kind, _, version] =
        [reader.byte()?, reader.byte()?, reader.byte()?, reader.byte()?];
    if order != OWN_ORDER || version != VERSION {
        return Err(Malformed);
    }
    let body = size(reader.u32()?)?;
    let serial = reader.u32()?;
    let fields = size(reader.u32()?)?;
    let header = (FIXED + fields).next_multiple_of(STRUCT);
    let whole = header + body;
    if whole > MAX_MESSAGE || serial == 0 {
        return Err(Malformed);
    }
    let (Some(head), Some(body)) = (bytes.get(..header), bytes.get(header..whole)) else {
        return Ok(None);
    };
    let kind = match kind {
        2 => Kind::Return,
        3 => Kind::Error,
        4 => Kind::Signal,
        _ => Kind::Other,
    };
    let mut message = Message::new(kind, body);
    message.fields(head, FIXED + fields)?;
    Ok(Some((message, whole)))
}

fn size(number: u32) -> Result<usize, Malformed> {
    usize::try_from(number).ok().filter(|size| *size <= MAX_MESSAGE).ok_or(Malformed)
}

impl Message {
    fn new(kind: Kind, body: &[u8]) -> Self {
        Self {
            kind,
            answers: None,
            sender: String::new(),
            path: String::new(),
            interface: String::new(),
            member: String::new(),
            error: String::new(),
            signature: String::new(),
            body: Zeroizing::new(body.to_vec()),
        }
    }

    fn fields(&mut self, head: &[u8], end: usize) -> Result<(), Malformed> {
        let mut reader = Reader::new(head);
        // To the length of the fields, which was looked at before.
        for _ in 0..FIXED - size_of::<u32>() {
            reader.byte()?;
        }
        reader.array(STRUCT)?;
        while reader.position() < end {
            reader.structure()?;
            self.field(&mut reader)?;
        }
        reader.ends_at(end)
    }

    fn field(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let code = reader.byte()?;
        let types = reader.types()?;
        let known = match types {
            "u" => return self.number(code, reader.u32()?),
            "g" => reader.types()?,
            "s" => reader.text()?,
            "o" => reader.object()?,
            _ => return Err(Malformed),
        };
        let place = match (code, types) {
            (PATH, "o") => &mut self.path,
            (INTERFACE, "s") => &mut self.interface,
            (MEMBER, "s") => &mut self.member,
            (ERROR_NAME, "s") => &mut self.error,
            (SENDER, "s") => &mut self.sender,
            (SIGNATURE, "g") => &mut self.signature,
            // Of later versions, and to whom it is.
            (DESTINATION.., _) => return Ok(()),
            _ => return Err(Malformed),
        };
        known.clone_into(place);
        Ok(())
    }

    fn number(&mut self, code: u8, number: u32) -> Result<(), Malformed> {
        match code {
            REPLY_SERIAL => self.answers = Some(number),
            // How many descriptors come with it, of which none is asked for.
            SIGNATURE.. => {}
            _ => return Err(Malformed),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
