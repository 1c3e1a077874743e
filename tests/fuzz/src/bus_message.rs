//! What comes over the session bus.

use crate::bus_wire::{Body, Malformed, Message, Reader, parse};

/// Longest message, as its length is told before the rest comes.
const LONGEST: usize = 1 << 20;

/// Bytes as the bus sends them, one message after the other: each is found where it stands however the
/// bytes arrive, and its values are read within it. What was read is, written again, the same bytes.
/// Taken is input that is nothing but whole messages.
pub fn bus_message(data: &[u8]) -> bool {
    let mut rest = data;
    let mut count = 0;
    while let Ok(Some((message, length))) = parse(rest) {
        assert!((1..=LONGEST).contains(&length) && length <= rest.len(), "{length}");
        check_pieces(rest, length);
        check_values(&message);
        rest = rest.get(length..).unwrap_or_default();
        count += 1;
    }
    rest.is_empty() && count > 0
}

/// No beginning of a message is one, or an error.
fn check_pieces(bytes: &[u8], length: usize) {
    let step = (length / 64).max(1);
    for cut in (0..length).step_by(step).chain([length - 1]) {
        let part = bytes.get(..cut).unwrap_or_default();
        assert!(matches!(parse(part), Ok(None)), "{cut} of {length} bytes");
    }
}

/// Each kind of value that is read of the service, from a message of that kind alone.
fn check_values(message: &Message) {
    let body = &message.body;
    let of = |signature: &str| message.values(signature);
    assert!(of("no such types").is_err() || message.signature == "no such types");
    again(of("as"), body, |read, written| {
        let texts = read.array_of_texts()?;
        written.array(4, |written| texts.iter().for_each(|text| written.text(text)));
        Ok(())
    });
    again(of("aoao"), body, |read, written| {
        objects(read, written)?;
        objects(read, written)
    });
    again(of("aoo"), body, |read, written| {
        objects(read, written)?;
        written.text(read.object()?);
        Ok(())
    });
    again(of("oo"), body, |read, written| {
        written.text(read.object()?);
        written.text(read.object()?);
        Ok(())
    });
    again(of("(oayays)"), body, |read, written| {
        read.structure()?;
        written.structure();
        written.text(read.object()?);
        written.array_of_bytes(read.array_of_bytes()?);
        written.array_of_bytes(read.array_of_bytes()?);
        written.text(read.text()?);
        Ok(())
    });
    again(of("v"), body, variant);
}

fn objects(read: &mut Reader<'_>, written: &mut Body) -> Result<(), Malformed> {
    let objects = read.array_of_objects()?;
    written.array(4, |written| objects.iter().for_each(|object| written.text(object)));
    Ok(())
}

fn variant(read: &mut Reader<'_>, written: &mut Body) -> Result<(), Malformed> {
    let types = read.types()?;
    written.types(types);
    match types {
        "b" => written.flag(read.flag()?),
        "s" => written.text(read.text()?),
        "ay" => written.array_of_bytes(read.array_of_bytes()?),
        "ao" => objects(read, written)?,
        // Names are kept in their own order, so that what was read is compared and not the bytes.
        "a{ss}" => {
            let texts = read.texts_by_name()?;
            let pairs = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            let mut body = Body::of("a{ss}");
            body.texts_by_name(&pairs.collect::<Vec<_>>());
            assert_eq!(Reader::new(body.bytes()).texts_by_name(), Ok(texts));
            return Err(Malformed);
        }
        _ => return Err(Malformed),
    }
    Ok(())
}

/// Reads values and writes them; if all could be read, the bytes are the same.
fn again(
    values: Result<Reader<'_>, Malformed>,
    body: &[u8],
    copy: impl Fn(&mut Reader<'_>, &mut Body) -> Result<(), Malformed>,
) {
    let Ok(mut values) = values else { return };
    let mut written = Body::empty();
    if copy(&mut values, &mut written).is_err() {
        return;
    }
    let end = values.position();
    assert!(end <= body.len(), "read {end} of {} bytes", body.len());
    assert_eq!(body.get(..end), Some(written.bytes()), "written again it is something else");
}
