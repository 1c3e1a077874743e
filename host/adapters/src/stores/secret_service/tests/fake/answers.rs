//! What comes over the bus, as bytes.

use crate::stores::secret_service::wire::Body;

/// What the bus itself says.
pub(super) fn of_bus(member: &str, (owned, startable): (bool, bool)) -> Body {
    match member {
        "NameHasOwner" => {
            let mut body = Body::of("b");
            body.flag(owned);
            body
        }
        "ListActivatableNames" => {
            let mut body = Body::of("as");
            body.array(4, |body| {
                body.text("org.freedesktop.DBus");
                if startable {
                    body.text("org.freedesktop.secrets");
                }
            });
            body
        }
        _ => named(":1.9"),
    }
}

pub(super) fn named(text: &str) -> Body {
    let mut body = Body::of("s");
    body.text(text);
    body
}

pub(super) fn completed(dismissed: bool) -> Body {
    let mut body = Body::of("bv");
    body.flag(dismissed);
    body.types("ao");
    body.array(4, |_| {});
    body
}

pub(super) fn field(fields: &mut Body, code: u8, types: &str, text: &str) {
    fields.structure();
    fields.byte(code);
    fields.types(types);
    fields.text(text);
}

pub(super) fn message(
    kind: u8,
    serial: u32,
    body: &Body,
    fields: impl FnOnce(&mut Body),
) -> Vec<u8> {
    let mut header = Body::of("yyyyuua(yv)");
    let order = if cfg!(target_endian = "little") { b'l' } else { b'B' };
    [order, kind, 0, 1].into_iter().for_each(|byte| header.byte(byte));
    header.u32(body.bytes().len().try_into().unwrap());
    header.u32(serial);
    header.array(8, |header| {
        fields(header);
        header.structure();
        header.byte(8);
        header.types("g");
        header.types(body.signature());
    });
    header.structure();
    [header.bytes(), body.bytes()].concat()
}
