//! Which files are programs, and that the file that was checked is what runs.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use crate::stage::{Stage, chmod};

const RUNS: &str = "ended: 0\nit runs\n";

fn play(stage: &Stage, program: &Path) -> String {
    stage.play(&["finish=1000"], program, &[])
}

/// The refusal, without what is said of every one.
fn refusal(stage: &Stage, scene: &[&str], program: &Path) -> String {
    let output = stage.play(&[scene, &["finish=1000"]].concat(), program, &[]);
    let prefix = format!("refused: `{}` was not started: ", program.display());
    let text = output.strip_prefix(&prefix).unwrap_or_else(|| panic!("{output}"));
    text.trim_end().replace(&stage.folder.path().display().to_string(), "~")
}

fn sha256(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[test]
fn only_an_executable_file_is_a_program() {
    let stage = Stage::new();
    let program = stage.script("op", "echo it runs");
    assert_eq!(play(&stage, &program), RUNS);
    chmod(&program, 0o644);
    assert_eq!(
        refusal(&stage, &[], &program),
        "`~/op` is not executable; run `chmod +x` on it, or name another program"
    );
    assert_eq!(refusal(&stage, &[], &stage.path("none")), "`~/none` does not exist");
    assert_eq!(refusal(&stage, &[], stage.folder.path()), "`~` is not a regular file");
    assert!(refusal(&stage, &[], &program.join("x")).contains("is not a folder"));
    assert_eq!(refusal(&stage, &[], Path::new("/dev/null")), "`/dev/null` is not a regular file");
}

#[test]
fn what_others_can_write_is_not_started() {
    let stage = Stage::new();
    let program = stage.script("bin/op", "echo it runs");
    for (mode, folder, shown) in [
        (
            0o775,
            0o755,
            "`~/bin/op` can be written by other users (mode 0775); run `chmod go-w` on it",
        ),
        (
            0o757,
            0o755,
            "`~/bin/op` can be written by other users (mode 0757); run `chmod go-w` on it",
        ),
        (0o755, 0o777, "`~/bin` can be written by other users (mode 0777); run `chmod go-w` on it"),
    ] {
        chmod(&program, mode);
        chmod(&stage.path("bin"), folder);
        assert_eq!(refusal(&stage, &[], &program), shown);
    }
    // The twins: what only its owner can write, and a folder in which each owns what is his.
    chmod(&program, 0o755);
    for folder in [0o755, 0o1777] {
        chmod(&stage.path("bin"), folder);
        assert_eq!(play(&stage, &program), RUNS);
    }
}

#[test]
fn what_belongs_to_another_user_is_not_started() {
    let stage = Stage::new();
    let program = stage.script("bin/op", "echo it runs");
    symlink(&program, stage.path("link")).unwrap();
    if fs::metadata(&program).unwrap().uid() != 0 {
        return;
    }
    let nobody = Some(65534);
    chown(&program, nobody, None).unwrap();
    assert!(refusal(&stage, &[], &program).starts_with("`~/bin/op` belongs to user 65534"));
    chown(&program, Some(0), None).unwrap();
    chown(stage.path("bin"), nobody, None).unwrap();
    assert!(refusal(&stage, &[], &program).starts_with("`~/bin` belongs to user 65534"));
    chown(stage.path("bin"), Some(0), None).unwrap();
    std::os::unix::fs::lchown(stage.path("link"), nobody, None).unwrap();
    assert!(
        refusal(&stage, &[], &stage.path("link")).starts_with("`~/link` belongs to user 65534")
    );
    std::os::unix::fs::lchown(stage.path("link"), Some(0), None).unwrap();
    assert_eq!(play(&stage, &stage.path("link")), RUNS);
}

#[test]
fn links_are_followed_step_by_step() {
    let stage = Stage::new();
    let program = stage.script("lib/tools/op", "echo it runs");
    for folder in ["bin", "alternatives"] {
        fs::create_dir(stage.path(folder)).unwrap();
    }
    symlink("../alternatives/op", stage.path("bin/op")).unwrap();
    symlink(stage.path("shortcut/./tools/../tools/op"), stage.path("alternatives/op")).unwrap();
    symlink("lib", stage.path("shortcut")).unwrap();
    assert_eq!(play(&stage, &stage.path("bin/op")), RUNS);

    chmod(&stage.path("alternatives"), 0o777);
    let shown = refusal(&stage, &[], &stage.path("bin/op"));
    assert!(shown.starts_with("`~/alternatives` can be written by other users"), "{shown}");
    chmod(&stage.path("alternatives"), 0o755);

    fs::remove_file(program).unwrap();
    assert_eq!(refusal(&stage, &[], &stage.path("bin/op")), "`~/bin/op` does not exist");
    symlink("loop", stage.path("loop")).unwrap();
    let shown = refusal(&stage, &[], &stage.path("loop"));
    assert_eq!(shown, "too many symbolic links on the way to `~/loop`");
}

#[test]
fn a_file_that_was_replaced_does_not_have_the_granted_digest() {
    let stage = Stage::new();
    let program = stage.script("op", "echo it runs");
    let digest = format!("digest={}", sha256(&program));
    let granted = [digest.as_str(), "finish=1000"];
    assert_eq!(stage.play(&granted, &program, &[]), RUNS);

    let other = stage.script("other", "echo the other runs");
    fs::rename(&other, &program).unwrap();
    let now = sha256(&program);
    let shown = refusal(&stage, &[&digest], &program);
    assert!(
        shown.starts_with(&format!(
            "`~/op` has changed since it was granted: its digest is sha256:{now}"
        )),
        "{shown}"
    );
    // The twin: without a digest whatever has the name runs.
    assert_eq!(play(&stage, &program), "ended: 0\nthe other runs\n");
}

#[test]
fn a_setuid_program_needs_its_own_grant() {
    let stage = Stage::new();
    let program = stage.echo();
    for mode in [0o4755, 0o2755] {
        chmod(&program, mode);
        let shown = refusal(&stage, &[], &program);
        assert!(shown.contains("(setuid or setgid), which its grant does not allow"), "{shown}");
        let scene = ["new-privileges=", "finish=1000"];
        assert_eq!(stage.play(&scene, &program, &["it runs"]), RUNS);
    }
}

#[test]
fn the_launcher_starts_nothing_else_than_it_was_told() {
    let stage = Stage::new();
    let echo = Path::new("/bin/echo");
    let scene = ["expect=it runs", "finish=1000"];
    assert_eq!(stage.play(&scene, echo, &["it runs"]), RUNS);
    let output = stage.play(&scene, echo, &["other"]);
    assert!(output.contains("was not told of these arguments, and does not start it"), "{output}");
    let output = stage.play(&["variable=OP_ACCOUNT", "finish=1000"], echo, &[]);
    assert!(output.contains("was not told of this variable"), "{output}");
}

#[test]
fn a_program_that_may_only_be_executed_runs() {
    let stage = Stage::new();
    let program = stage.echo();
    chmod(&program, 0o711);
    assert_eq!(stage.play(&["finish=1000"], &program, &["it runs"]), RUNS);
}
