//! What is read to find an address and to trust a server.

/// The files that name look-ups and TLS read, for [`Confinement::read`](crate::Confinement::read).
/// None of them is secret: the folders of private keys beside the certificates are left out. A name
/// server that answers over TCP needs port 53 in [`Confinement::connect`](crate::Confinement::connect).
pub const NAME_LOOKUP: &[&str] = &[
    "/etc/gai.conf",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/protocols",
    // Who rewrites resolv.conf does so by renaming, which the file's own name above does not cover.
    "/run/NetworkManager",
    "/run/nscd",
    "/run/resolvconf",
    "/run/systemd/resolve",
    // What the C library loads to look up names.
    "/etc/ld.so.cache",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/nix/store",
    // Whom TLS trusts, by the families of distributions.
    "/etc/ca-certificates",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/share/pki",
    "/var/lib/ca-certificates",
];
