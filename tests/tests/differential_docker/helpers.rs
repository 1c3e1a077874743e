//! Native helpers that do as their names say, and write down how they are called.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use lockgate_tests::home::set_mode;

/// The beginning of each. `@NAME@` and `@ROOT@` are filled in, since a program that is started by an
/// open file does not know its own path. No program is looked for, since `PATH` is the row's.
const BEGINNING: &str = r#"#!/bin/sh
input=
[ "$1" = list ] || input=$(/bin/cat)
printf '%s %s %s\n' '@NAME@' "$1" "$input" >> '@ROOT@/calls'
not_found() { echo 'credentials not found in native keychain'; exit "${1:-1}"; }
holds() { printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}\n' "$input" "$1" "$2"; exit 0; }
"#;

/// What each does.
const HELPERS: &[(&str, &str)] = &[
    ("good", KEEPS),
    ("other", KEEPS),
    ("empty", "case $1 in get|erase) not_found ;; esac"),
    ("odd", "case $1 in get) not_found 7 ;; esac"),
    ("known", "case $1 in get) holds alice s3cret ;; esac"),
    ("expired", "case $1 in get) holds alice wrong ;; esac"),
    ("token", "case $1 in get) holds '<token>' identity-token-1 ;; esac"),
    ("broken", "echo 'it broke'; exit 1"),
    ("full", "case $1 in get) not_found ;; store) echo 'no space left'; exit 1 ;; esac"),
    ("stuck", "case $1 in get) not_found ;; erase) echo 'it is stuck'; exit 1 ;; esac"),
    ("garbage", "echo 'certainly not JSON'"),
    ("silent", ""),
    ("braces", "echo '{}'"),
    ("loud", "echo 'a word from the helper' >&2; case $1 in get) not_found ;; esac"),
];

/// Keeps an entry for each server.
const KEEPS: &str = r#"
server=$input
[ "$1" = store ] && server=$(printf %s "$input" | /bin/sed 's/.*"ServerURL":"\([^"]*\)".*/\1/')
entry='@ROOT@/kept/@NAME@-'$(printf %s "$server" | /usr/bin/tr '/:' '__')
case $1 in
store) printf '%s\n' "$input" > "$entry" ;;
get) [ -f "$entry" ] || not_found; /bin/cat "$entry" ;;
erase) /bin/rm -f "$entry" ;;
list) echo '{}' ;;
esac"#;

/// What docker chooses by itself where a folder of this name is `PATH`.
const CHOSEN: &[(&str, &[&str])] = &[
    ("with-pass", &["pass", "docker-credential-pass", "docker-credential-secretservice"]),
    ("with-keyring", &["docker-credential-secretservice"]),
    ("with-pass-alone", &["pass", "docker-credential-secretservice"]),
];

/// Makes them in `helpers` below this folder, and those that docker chooses by itself beside that.
pub(crate) fn make(root: &Path) {
    let folder = root.join("helpers");
    fs::create_dir_all(&folder).unwrap();
    for (name, does) in HELPERS {
        write_helper(root, &folder.join(format!("docker-credential-{name}")), does);
    }
    // What a terminal needs to start a program.
    symlink("/usr/bin/setsid", folder.join("setsid")).unwrap();
    for (folder, names) in CHOSEN {
        fs::create_dir_all(root.join(folder)).unwrap();
        names.iter().for_each(|name| write_helper(root, &root.join(folder).join(name), KEEPS));
    }
}

fn write_helper(root: &Path, path: &Path, does: &str) {
    let file = path.file_name().unwrap().to_string_lossy();
    let name = file.trim_start_matches("docker-credential-");
    let text = format!("{BEGINNING}{does}\nexit 0\n");
    let text = text.replace("@NAME@", name).replace("@ROOT@", &root.display().to_string());
    fs::write(path, text).unwrap();
    set_mode(path, 0o755);
}

/// What `lockgate provider grant` is told so that they may be started.
pub(crate) fn grants(root: &Path) -> Vec<String> {
    let path = |name: &str| root.join(format!("helpers/docker-credential-{name}"));
    HELPERS.iter().map(|(name, _)| format!("process={}", path(name).display())).collect()
}
