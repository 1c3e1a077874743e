//! Names of registries that some store or other could take for one another.

/// Whose registries they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// URLs of cargo's indexes.
    Cargo,
    /// docker's names of servers.
    Docker,
    /// Those of them that the keychain of macOS does not take for one another.
    DockerInKeychain,
}

/// No two are the same registry; the first is the one that most is tried with.
const OF_CARGO: [&str; 7] = [
    "sparse+https://registry.example/index/",
    "sparse+https://registry.example/index",
    "sparse+https://registry.example/index//",
    "sparse+https://registry.example:8443/index/",
    "sparse+http://registry.example/index/",
    "https://registry.example/index/",
    "sparse+https://registry.example/ind%65x/",
];

/// The same. Which of them are one server is decided before a store is asked.
const OF_DOCKER: [&str; 9] = [
    "registry.example",
    "registry.example/",
    "https://registry.example",
    "https://registry.example/",
    "http://registry.example",
    "registry.example:5000",
    "registry.example:500",
    "registry.example/path",
    "https://registry.example/v1/",
];

/// `HOST` and `https://HOST` are one entry there, as for docker's own helper.
const OF_DOCKER_IN_KEYCHAIN: [&str; 9] = [
    "registry.example",
    "https://registry.example/",
    "http://registry.example",
    "http://registry.example/",
    "registry.example:5000",
    "registry.example:500",
    "registry.example/path",
    "registry.example//path",
    "https://registry.example/v1/",
];

impl Names {
    pub(crate) fn neighbours(self) -> &'static [&'static str] {
        match self {
            Self::Cargo => &OF_CARGO,
            Self::Docker => &OF_DOCKER,
            Self::DockerInKeychain => &OF_DOCKER_IN_KEYCHAIN,
        }
    }

    /// The one that most is tried with.
    pub(crate) fn first(self) -> &'static str {
        self.neighbours().first().copied().unwrap_or_default()
    }

    /// The first of them in other letters.
    pub(crate) fn in_capitals(self) -> &'static str {
        match self {
            Self::Cargo => "sparse+https://registry.example/INDEX/",
            Self::Docker | Self::DockerInKeychain => "Registry.Example",
        }
    }

    /// The one of a writer among many, which nobody else has.
    pub(crate) fn of_writer(self, writer: usize) -> String {
        match self {
            Self::Cargo => format!("{}{writer}", self.first()),
            Self::Docker | Self::DockerInKeychain => format!("{writer}.{}", self.first()),
        }
    }
}
