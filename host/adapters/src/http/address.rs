//! Which addresses belong to the internet, and which to this machine or the networks around it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AddressKind {
    /// A host on the internet.
    Global,
    /// This machine.
    Loopback,
    /// The networks around this machine, in words.
    Private(&'static str),
    /// No host at all: nothing is ever sent there.
    Unusable(&'static str),
}

const METADATA: AddressKind = AddressKind::Private("a cloud's metadata service");
const LINK_LOCAL: AddressKind = AddressKind::Private("link-local");
const PRIVATE: AddressKind = AddressKind::Private("a private network");
const RESERVED: AddressKind = AddressKind::Private("reserved");
const DOCUMENTATION: AddressKind = AddressKind::Unusable("for documentation only");
const MULTICAST: AddressKind = AddressKind::Unusable("multicast");
const UNSPECIFIED: AddressKind = AddressKind::Unusable("unspecified");

/// The kind of an address in canonical form. An IPv6 address that carries an IPv4 one (mapped,
/// NAT64, 6to4, Teredo) ends at that one, and is what that one is.
pub(super) fn classify(address: IpAddr) -> AddressKind {
    match address.to_canonical() {
        IpAddr::V4(address) => classify_v4(address),
        IpAddr::V6(address) => classify_v6(address),
    }
}

fn classify_v4(address: Ipv4Addr) -> AddressKind {
    match address.octets() {
        [0, ..] => UNSPECIFIED,
        [127, ..] => AddressKind::Loopback,
        // The second is Azure's, on an address that otherwise looks like any other; the third is
        // Alibaba's, the fourth Oracle's, the fifth that of Amazon's containers.
        [169, 254, 169, 254]
        | [168, 63, 129, 16]
        | [100, 100, 100, 200]
        | [192, 0, 0, 192]
        | [169, 254, 170, 2] => METADATA,
        [169, 254, ..] => LINK_LOCAL,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => PRIVATE,
        [100, 64..=127, ..] => AddressKind::Private("behind a carrier's address translation"),
        [198, 18..=19, ..] => AddressKind::Private("for benchmarks"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => DOCUMENTATION,
        [192, 0, 0, _] | [192, 88, 99, _] => RESERVED,
        [224..=239, ..] => MULTICAST,
        [255, 255, 255, 255] => AddressKind::Unusable("broadcast"),
        [240..=255, ..] => RESERVED,
        _ => AddressKind::Global,
    }
}

fn classify_v6(address: Ipv6Addr) -> AddressKind {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => UNSPECIFIED,
        [0, 0, 0, 0, 0, 0, 0, 1] => AddressKind::Loopback,
        [0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254] => METADATA,
        // IPv4-translated (RFC 2765) and NAT64 (RFC 6052).
        [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            classify_v4(embedded(high, low))
        }
        [0x2002, high, low, ..] => classify_v4(embedded(high, low)),
        // Teredo: the server in the clear, the client with its bits flipped.
        [0x2001, 0, server_high, server_low, _, _, client_high, client_low] => stricter(
            classify_v4(embedded(server_high, server_low)),
            classify_v4(embedded(!client_high, !client_low)),
        ),
        [0x2001, 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => DOCUMENTATION,
        // Special purposes, of which none is a host on the internet (RFC 2928).
        [0x2001, 0..=0x01ff, ..] => RESERVED,
        [0xfe80..=0xfebf, ..] => LINK_LOCAL,
        [0xfc00..=0xfdff, ..] | [0xfec0..=0xfeff, ..] => PRIVATE,
        [0xff00..=0xffff, ..] => MULTICAST,
        [0x2000..=0x3fff, ..] => AddressKind::Global,
        _ => RESERVED,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

fn stricter(first: AddressKind, second: AddressKind) -> AddressKind {
    match (first, second) {
        (AddressKind::Global, other) | (other, AddressKind::Global) => other,
        (AddressKind::Unusable(reason), _) | (_, AddressKind::Unusable(reason)) => {
            AddressKind::Unusable(reason)
        }
        (first, _) => first,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AddressKind, DOCUMENTATION, LINK_LOCAL, METADATA, MULTICAST, PRIVATE, RESERVED,
        UNSPECIFIED, classify,
    };

    fn assert_kind(kind: AddressKind, addresses: &[&str]) {
        for address in addresses {
            assert_eq!(classify(address.parse().unwrap()), kind, "{address}");
        }
    }

    #[test]
    fn hosts_on_the_internet() {
        assert_kind(
            AddressKind::Global,
            &["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0"],
        );
        assert_kind(
            AddressKind::Global,
            &["172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255"],
        );
        assert_kind(
            AddressKind::Global,
            &["198.20.0.0", "223.255.255.255", "168.63.129.15", "2606:4700::1111", "2a00::1"],
        );
        assert_kind(
            AddressKind::Global,
            &["::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:0101:0101::1", "::ffff:0:1.1.1.1"],
        );
        // Server 65.54.227.120, client 1.1.1.1.
        assert_kind(AddressKind::Global, &["2001:0:4136:e378:8000:63bf:fefe:fefe"]);
    }

    #[test]
    fn this_machine_in_every_spelling() {
        assert_kind(
            AddressKind::Loopback,
            &["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1"],
        );
        assert_kind(AddressKind::Loopback, &["64:ff9b::7f00:1", "2002:7f00:1::"]);
        // Teredo with 127.0.0.1 as its client, and as its server.
        assert_kind(AddressKind::Loopback, &["2001:0:4136:e378:8000:63bf:80ff:fffe"]);
        assert_kind(AddressKind::Loopback, &["2001:0:7f00:1:8000:63bf:fefe:fefe"]);
    }

    #[test]
    fn metadata_services() {
        assert_kind(
            METADATA,
            &["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200"],
        );
        assert_kind(
            METADATA,
            &["fd00:ec2::254", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"],
        );
    }

    #[test]
    fn the_networks_around() {
        assert_kind(PRIVATE, &["10.0.0.0", "10.255.255.255", "172.16.0.1", "172.31.255.255"]);
        assert_kind(PRIVATE, &["192.168.0.1", "fc00::1", "fdff::1", "fec0::1", "::ffff:10.0.0.1"]);
        assert_kind(PRIVATE, &["64:ff9b::10.0.0.1", "2002:c0a8:0101::1"]);
        assert_kind(LINK_LOCAL, &["169.254.0.1", "fe80::1", "febf::1"]);
        let carrier = AddressKind::Private("behind a carrier's address translation");
        assert_kind(carrier, &["100.64.0.0", "100.127.255.255"]);
        assert_kind(AddressKind::Private("for benchmarks"), &["198.18.0.0", "198.19.255.255"]);
    }

    #[test]
    fn reserved_and_unusable_ones() {
        assert_kind(
            RESERVED,
            &["192.0.0.1", "192.88.99.1", "240.0.0.1", "255.255.255.254", "::7f00:1", "::2"],
        );
        assert_kind(
            RESERVED,
            &["2001:2::1", "2001:20::1", "64:ff9b:1::7f00:1", "100::1", "5f00::1", "4000::1"],
        );
        assert_kind(
            DOCUMENTATION,
            &["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff:fff::1"],
        );
        assert_kind(MULTICAST, &["224.0.0.1", "239.255.255.255", "ff02::1"]);
        assert_kind(UNSPECIFIED, &["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"]);
        assert_kind(AddressKind::Unusable("broadcast"), &["255.255.255.255"]);
    }
}
