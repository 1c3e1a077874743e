//! Where podman, skopeo, buildah and their kin look for credentials.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::config_folder;
use super::folder::named;

/// A file that they read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthFile {
    /// Where it is.
    pub path: PathBuf,
    /// Whose it is.
    pub kind: AuthFileKind,
}

/// Whose a file of credentials is, which decides how it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthFileKind {
    /// Their own: `auths` and `credHelpers` count, `credsStore` does not.
    Containers,
    /// docker's `config.json`, of which they read the same.
    Docker,
    /// docker's older `.dockercfg`: the entries themselves.
    Legacy,
}

/// Where they are on Linux: what the environment says, the home directory and the user's number.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The variables of the process.
    pub variables: &'a BTreeMap<OsString, OsString>,
    /// The home directory.
    pub home: &'a Path,
    /// The user's number.
    pub uid: u32,
}

impl Surroundings<'_> {
    /// The file that a login writes: what `REGISTRY_AUTH_FILE` names, else docker's own in the folder
    /// that `DOCKER_CONFIG` names, else one that is gone after the next start of the machine.
    #[must_use]
    pub fn auth_file(&self) -> AuthFile {
        if let Some(path) = named(self.variables, "REGISTRY_AUTH_FILE") {
            return containers(path);
        }
        match named(self.variables, "DOCKER_CONFIG") {
            Some(folder) => {
                AuthFile { path: folder.join("config.json"), kind: AuthFileKind::Docker }
            }
            None => containers(self.until_reboot()),
        }
    }

    /// The files that are read, of which the first with credentials for a registry counts, after the
    /// helpers that registries.conf names before them. A file that is broken ends the search with an error.
    #[must_use]
    pub fn read_files(&self) -> Vec<AuthFile> {
        let docker = config_folder(self.variables, self.home).join("config.json");
        let others = [
            self.lasting_auth_file(),
            AuthFile { path: docker, kind: AuthFileKind::Docker },
            AuthFile { path: self.home.join(".dockercfg"), kind: AuthFileKind::Legacy },
        ];
        let first = self.auth_file();
        let others: Vec<_> = others.into_iter().filter(|file| *file != first).collect();
        std::iter::once(first).chain(others).collect()
    }

    /// The file that is read and never written unless it is named, and that outlasts a restart.
    #[must_use]
    pub fn lasting_auth_file(&self) -> AuthFile {
        containers(self.configuration().join("containers/auth.json"))
    }

    /// The user's registries.conf, which is read instead of the system's.
    #[must_use]
    pub fn registries_file(&self) -> PathBuf {
        self.home.join(".config/containers/registries.conf")
    }

    /// The folder of files that are read behind registries.conf, the user's or the system's, and whose
    /// values take the place of its own.
    #[must_use]
    pub fn registries_folder(&self) -> PathBuf {
        self.home.join(".config/containers/registries.conf.d")
    }

    fn until_reboot(&self) -> PathBuf {
        match named(self.variables, "XDG_RUNTIME_DIR") {
            Some(folder) => folder.join("containers/auth.json"),
            None => PathBuf::from(format!("/run/containers/{}/auth.json", self.uid)),
        }
    }

    fn configuration(&self) -> PathBuf {
        named(self.variables, "XDG_CONFIG_HOME").unwrap_or_else(|| self.home.join(".config"))
    }
}

fn containers(path: PathBuf) -> AuthFile {
    AuthFile { path, kind: AuthFileKind::Containers }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::path::Path;

    use super::{AuthFileKind, Surroundings};

    fn with<T>(variables: &[(&str, &str)], ask: impl Fn(&Surroundings<'_>) -> T) -> T {
        let variables: BTreeMap<OsString, OsString> =
            variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        ask(&Surroundings { variables: &variables, home: Path::new("/home/u"), uid: 7 })
    }

    #[test]
    fn a_login_is_written_where_the_first_of_these_says() {
        let written = |variables: &[(&str, &str)]| {
            let file = with(variables, |around| around.auth_file());
            (file.path.to_str().unwrap().to_owned(), file.kind)
        };
        let file = ("REGISTRY_AUTH_FILE", "/f.json");
        let docker = ("DOCKER_CONFIG", "/d");
        let runtime = ("XDG_RUNTIME_DIR", "/run/user/7");
        for (variables, path, kind) in [
            (&[file, docker, runtime][..], "/f.json", AuthFileKind::Containers),
            (&[docker, runtime], "/d/config.json", AuthFileKind::Docker),
            (&[runtime], "/run/user/7/containers/auth.json", AuthFileKind::Containers),
            (&[], "/run/containers/7/auth.json", AuthFileKind::Containers),
            (&[("XDG_RUNTIME_DIR", "")], "/run/containers/7/auth.json", AuthFileKind::Containers),
        ] {
            assert_eq!(written(variables), (path.to_owned(), kind), "{variables:?}");
        }
    }

    #[test]
    fn files_are_read_in_this_order() {
        let read = |variables: &[(&str, &str)]| {
            let files = with(variables, |around| around.read_files());
            files.iter().map(|file| file.path.to_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            read(&[("XDG_RUNTIME_DIR", "/run/user/7"), ("XDG_CONFIG_HOME", "/c")]),
            [
                "/run/user/7/containers/auth.json",
                "/c/containers/auth.json",
                "/home/u/.docker/config.json",
                "/home/u/.dockercfg"
            ]
        );
        assert_eq!(read(&[])[1], "/home/u/.config/containers/auth.json");
        assert_eq!(read(&[("REGISTRY_AUTH_FILE", "/f.json")])[..2], ["/f.json", &read(&[])[1]]);
        let docker = read(&[("DOCKER_CONFIG", "/d")]);
        assert_eq!(docker, ["/d/config.json", &read(&[])[1], "/home/u/.dockercfg"]);
    }
}
