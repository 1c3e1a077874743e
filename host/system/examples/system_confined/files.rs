//! Deeds with files.

use std::fs::{self, File};
use std::io;

pub(crate) fn act(deed: &[&str]) -> io::Result<()> {
    match *deed {
        ["read", path] => fs::read(path).map(|_| ()),
        ["administrator", path] => match lockgate_system::open_administrator_file(path.as_ref()) {
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(io::ErrorKind::NotFound.into()),
            Err(error) => Err(io::Error::other(error)),
        },
        ["list", path] => fs::read_dir(path).map(|_| ()),
        ["write", path] => fs::write(path, "written"),
        ["truncate", path] => Ok(rustix::fs::ftruncate(open_path(path)?, 0)?),
        ["make-folder", path] => fs::create_dir(path),
        ["remove", path] => fs::remove_file(path),
        ["rename", from, to] => fs::rename(from, to),
        ["link", from, to] => std::os::unix::fs::symlink(from, to),
        _ => panic!("the tests and their child disagree about {deed:?}"),
    }
}

fn open_path(path: &str) -> io::Result<File> {
    File::options().write(true).open(path)
}
