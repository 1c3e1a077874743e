//! What the fake keyring tells of its entries.

use super::{Answer, Body, Reader, Script};

/// The attributes among the properties of a new entry.
pub(super) fn kept_attributes(values: &mut Reader<'_>) -> Vec<(String, String)> {
    let end = values.array(8).unwrap();
    let mut attributes = Vec::new();
    while values.position() < end {
        values.structure().unwrap();
        values.text().unwrap();
        match values.types().unwrap() {
            "s" => assert!(values.text().is_ok()),
            "a{ss}" => attributes.extend(values.texts_by_name().unwrap()),
            other => panic!("{other}"),
        }
    }
    attributes
}

pub(super) fn found(script: &Script) -> Body {
    let mut body = Body::of("aoao");
    for locked in [false, true] {
        body.array(4, |body| {
            let hidden = script.finds_none || (script.hides && script.locked);
            let items = script.items.iter().filter(|item| item.locked == locked && !hidden);
            items.for_each(|item| body.text(&item.path));
        });
    }
    body
}

pub(super) fn property(script: &Script, path: &str, values: &mut Reader<'_>) -> Answer {
    values.text().unwrap();
    let mut body = Body::of("v");
    match values.text().unwrap() {
        "Locked" if script.no_default => return Err("org.freedesktop.DBus.Error.UnknownObject"),
        "Locked" => {
            body.types("b");
            body.flag(script.locked);
        }
        "Items" => {
            body.types("ao");
            body.array(4, |body| {
                let items = script.items.iter().filter(|_| !script.hides);
                items.for_each(|item| body.text(&item.path));
            });
        }
        "Attributes" => {
            let item = script.items.iter().find(|item| item.path == path).unwrap();
            let pairs = item.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            body.types("a{ss}");
            body.texts_by_name(&pairs.collect::<Vec<_>>());
        }
        "Modified" => {
            let item = script.items.iter().find(|item| item.path == path).unwrap();
            body.types("t");
            body.u64(item.modified);
        }
        "Label" => {
            body.types("s");
            body.text(script.items.iter().find(|item| item.path == path).unwrap().label);
        }
        other => panic!("{other}"),
    }
    Ok(body)
}
