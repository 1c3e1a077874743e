use super::super::{Body, Malformed};
use super::{Call, Kind, MAX_MESSAGE, parse};

fn call() -> Vec<u8> {
    let mut body = Body::of("sa{ss}");
    body.text("hi");
    body.texts_by_name(&[("url", "sparse+https://a/")]);
    let call =
        Call { destination: "org.a", path: "/a/b", interface: "org.a.I", member: "Do", body };
    call.encode(7).to_vec()
}

#[test]
fn a_call_is_a_message_that_is_read_again() {
    let bytes = call();
    let (message, length) = parse(&bytes).unwrap().unwrap();
    assert_eq!(length, bytes.len());
    assert_eq!((message.kind, message.path.as_str()), (Kind::Other, "/a/b"));
    assert_eq!((message.interface.as_str(), message.member.as_str()), ("org.a.I", "Do"));
    assert_eq!(message.values("s").unwrap_err(), Malformed);
    let mut values = message.values("sa{ss}").unwrap();
    assert_eq!(values.text(), Ok("hi"));
}

#[test]
fn a_part_of_a_message_is_waited_for_and_what_follows_is_left() {
    let bytes = call();
    for end in 0..bytes.len() {
        assert!(parse(&bytes[..end]).unwrap().is_none(), "{end}");
    }
    let two = [bytes.clone(), bytes.clone()].concat();
    assert_eq!(parse(&two).unwrap().unwrap().1, bytes.len());
}

#[test]
fn a_message_that_claims_too_much_is_refused_before_it_is_there() {
    for place in [4, 12] {
        let mut bytes = call();
        let claimed = u32::try_from(MAX_MESSAGE).unwrap() + 1;
        bytes[place..place + 4].copy_from_slice(&claimed.to_ne_bytes());
        assert_eq!(parse(&bytes[..16]).unwrap_err(), Malformed, "{place}");
    }
}

#[test]
fn other_orders_and_versions_are_refused() {
    for (place, byte) in [(0, b'?'), (3, 2)] {
        let mut bytes = call();
        bytes[place] = byte;
        assert_eq!(parse(&bytes).unwrap_err(), Malformed);
    }
}

/// Each byte with each of a few values: whatever comes of it, nothing is read that is not there.
#[test]
fn a_damaged_message_harms_nobody() {
    let bytes = call();
    let (mut refused, mut read) = (0, 0);
    for place in 0..bytes.len() {
        for value in [0, 1, 2, 5, 8, 0x7f, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] = value;
            match parse(&damaged) {
                Err(Malformed) => refused += 1,
                Ok(None) => {}
                Ok(Some((message, _))) => {
                    let _ = message.values("sa{ss}").map(|mut values| values.text());
                    read += 1;
                }
            }
        }
    }
    assert!(refused > 100 && read > 100, "{refused} {read}");
}
