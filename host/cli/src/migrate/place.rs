//! The stores, as grants name them.

use std::fmt;

use clap::ValueEnum;
use lockgate_core::Ecosystem;

/// The provider of the same store that has the name of cargo's own.
const CARGOS_KEYRING: &str = "cargo:libsecret";

/// A store of the host's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Place {
    Os,
    CargoCredentials,
    DockerConfig,
    KernelKeyring,
    EncryptedFile,
    File,
}

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Os => "os",
            Self::CargoCredentials => "cargo-credentials",
            Self::DockerConfig => "docker-config",
            Self::KernelKeyring => "kernel-keyring",
            Self::EncryptedFile => "encrypted-file",
            Self::File => "file",
        }
    }

    /// The built-in provider that owns it.
    pub(super) fn provider(self) -> &'static str {
        match self {
            Self::Os => "lockgate:os-store",
            Self::CargoCredentials => "cargo:token",
            Self::DockerConfig => "lockgate:docker-config",
            Self::KernelKeyring => "lockgate:kernel-keyring",
            Self::EncryptedFile => "lockgate:encrypted-file",
            Self::File => "lockgate:file",
        }
    }

    /// Whether that provider looks there.
    pub(super) fn is_served_by(self, provider: &str) -> bool {
        provider == self.provider() || (self == Self::Os && provider == CARGOS_KEYRING)
    }

    /// Whether it keeps entries of this client's.
    pub(super) fn keeps(self, ecosystem: Ecosystem) -> bool {
        match self {
            Self::CargoCredentials => ecosystem == Ecosystem::Cargo,
            Self::DockerConfig => ecosystem == Ecosystem::Oci,
            Self::Os | Self::KernelKeyring | Self::EncryptedFile | Self::File => true,
        }
    }

    /// Why it does not tell of its entries; none if it does.
    pub(super) fn silence(self) -> Option<&'static str> {
        (self == Self::KernelKeyring).then_some(
            "its entries have a digest of their registry, and not its name; log in again",
        )
    }

    fn is_plain(self) -> bool {
        matches!(self, Self::CargoCredentials | Self::DockerConfig | Self::File)
    }

    /// Why entries are kept worse here than there; none if they are not.
    pub(super) fn is_worse_than(self, other: Self) -> Option<String> {
        match self {
            Self::KernelKeyring => Some(format!(
                "`{self}` forgets everything when the machine is switched off, `{other}` does not"
            )),
            _ if self.is_plain() && !other.is_plain() => {
                Some(format!("`{self}` does not encrypt what it keeps, `{other}` does"))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The client of an ecosystem, as people know it.
pub(super) fn client_of(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Oci => "docker",
        _ => "cargo",
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_store_is_worse_where_it_does_not_encrypt_or_forgets() {
        for (to, from, worse) in [
            (Place::File, Place::Os, true),
            (Place::CargoCredentials, Place::Os, true),
            (Place::File, Place::EncryptedFile, true),
            (Place::KernelKeyring, Place::File, true),
            (Place::EncryptedFile, Place::Os, false),
            (Place::Os, Place::File, false),
            (Place::File, Place::DockerConfig, false),
        ] {
            assert_eq!(to.is_worse_than(from).is_some(), worse, "{from} to {to}");
        }
    }
}
