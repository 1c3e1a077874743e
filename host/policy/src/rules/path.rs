//! Paths as rules write them.

use crate::error::Problem;

/// Where the kernel shows processes, devices and itself as files: variables and memory would be
/// read there past every other grant.
const KERNEL: &[&str] = &["/proc", "/sys", "/dev"];

/// Checks the path of a single file: absolute, or below the home folder with `~/`.
pub(crate) fn check_file(path: &str) -> Result<(), Problem> {
    let refuse = |reason| Err(Problem::value(path, reason));
    let Some(rest) = path.strip_prefix("~/").or_else(|| path.strip_prefix('/')) else {
        return refuse("is no absolute path; begin it with `/` or `~/`");
    };
    if !is_plain(rest) {
        return refuse("has an empty segment, `.` or `..`; write the path of one file plainly");
    }
    if rest.contains(['*', '\\']) {
        return refuse("has a `*` or a backslash; each file is named in full");
    }
    if is_kernel(path) {
        return refuse("is a window into the kernel, and is never granted");
    }
    Ok(())
}

/// Checks the path of a program: absolute, and written the one way that there is.
pub(crate) fn check_program(path: &str) -> Result<(), Problem> {
    let refuse = |reason| Err(Problem::value(path, reason));
    let Some(rest) = path.strip_prefix('/') else {
        return refuse("is no absolute path; programs are not searched for, so begin it with `/`");
    };
    if !is_plain(rest) {
        return refuse("has an empty segment, `.` or `..`; write the path of one program plainly");
    }
    if rest.contains(['*', '{', '}', '\\']) {
        return refuse("has a `*`, a brace or a backslash; each program is named in full");
    }
    if is_kernel(path) {
        return refuse("is a window into the kernel, and is never granted");
    }
    Ok(())
}

fn is_plain(rest: &str) -> bool {
    !rest.split('/').any(|segment| matches!(segment, "" | "." | ".."))
}

fn is_kernel(path: &str) -> bool {
    KERNEL.iter().any(|folder| std::path::Path::new(path).starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::{check_file, check_program};

    #[test]
    fn paths_of_files_are_absolute_and_plain() {
        for good in ["/etc/corp/token", "~/.config/corp/token.json", "/a/..b/c", "/processes"] {
            assert!(check_file(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "~",
            "~/",
            "a",
            "./a",
            "~user/a",
            "/a/../b",
            "~/../b",
            "/a/./b",
            "/a//b",
            "/a/",
            "/a/*",
            "C:\\a",
            "~/a\\b",
            "/proc/self/environ",
            "/dev/stdin",
            "/sys/x",
        ] {
            assert!(check_file(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn paths_of_programs_are_absolute_and_written_in_one_way() {
        for good in ["/usr/bin/op", "/opt/corp tools/op-2.1"] {
            assert!(check_program(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "op",
            "./op",
            "~/bin/op",
            "/usr/../op",
            "/usr//op",
            "/usr/./op",
            "/usr/bin/",
            "/usr/bin/*",
            "/usr/bin/{registry.host}",
            "/proc/self/exe",
            "/dev/fd/3",
        ] {
            assert!(check_program(bad).is_err(), "{bad}");
        }
    }
}
