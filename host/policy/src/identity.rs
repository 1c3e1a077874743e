//! Who a provider is, as the administrator's policy asks.

/// Who a provider is. The default is a component of which nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    /// The name under which it is installed or built in.
    pub name: &'a str,
    /// SHA-256 of the component, in lower-case hexadecimal digits.
    pub digest: &'a str,
    /// Whether it ships inside the host.
    pub built_in: bool,
    /// Whether it is a bridge, whose business is a program of the user's choice.
    pub bridge: bool,
    /// Where it was installed from (`file:/path`, `https://...`, `oci://...`).
    pub source: Option<&'a str>,
    /// The public key whose signature of it was verified.
    pub signer: Option<&'a str>,
}
