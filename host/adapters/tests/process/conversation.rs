//! What is said to programs and heard from them.

use std::path::Path;

use crate::stage::Stage;

#[test]
fn a_program_is_asked_and_answers_line_by_line() {
    let stage = Stage::new();
    let program = "read a; echo \"first $a\"; read b; echo \"second $b\"; cat; exit 3";
    let scene = ["say=one", "hear=100", "say=two", "hear=100", "say=rest", "finish=100"];
    let output = stage.shell(&scene, program);
    assert_eq!(output, "told\nheard: first one\ntold\nheard: second two\ntold\nended: 3\nrest\n");
}

#[test]
fn a_line_ends_with_lf_or_crlf_and_the_output_with_the_program() {
    let stage = Stage::new();
    let scene = ["hear=100", "hear=100", "hear=100", "hear=100", "finish=100"];
    let output = stage.shell(&scene, "printf 'a\\r\\n\\377b\\nrest'");
    assert_eq!(output, "heard: a\nheard: \\xffb\nheard: rest\nheard nothing more\nended: 0\n");
}

#[test]
fn a_mebibyte_goes_through_cat_and_comes_back() {
    let stage = Stage::new();
    let scene = ["give=1048576", "finish=1048576"];
    let output = stage.play(&scene, Path::new("/bin/cat"), &[]);
    assert_eq!(output, "told\nended: 0 after 1048576 bytes\n");
    // The twin: a byte less is not enough for it.
    let output = stage.play(&["give=1048576", "finish=1048575"], Path::new("/bin/cat"), &[]);
    assert!(output.contains("wrote more than 1048575 bytes, and was ended"), "{output}");
}

#[test]
fn a_program_that_does_not_read_is_no_reason_to_wait() {
    let stage = Stage::new();
    let output = stage.play(&["sleep=100", "say=x"], Path::new("/bin/true"), &[]);
    assert!(output.contains("`/bin/true` takes no more input"), "{output}");
    let output = stage.shell(&["deadline=300", "give=1048576"], "sleep 30");
    assert!(output.contains("still ran after 0 s and was ended"), "{output}");
}

#[test]
fn an_exit_by_a_signal_is_128_and_its_number() {
    let stage = Stage::new();
    for (program, status) in
        [("exit 0", 0), ("exit 41", 41), ("kill -TERM $$", 143), ("kill -KILL $$", 137)]
    {
        assert_eq!(
            stage.shell(&["finish=100"], program),
            format!("ended: {status}\n"),
            "{program}"
        );
    }
}

#[test]
fn standard_error_is_kept_apart_and_its_last_16_kib_are_kept() {
    let stage = Stage::new();
    let output = stage.shell(&["finish=100", "diagnostics="], "echo out; printf '\\033[2J' >&2");
    assert_eq!(output, "ended: 0\nout\n\\x1b[2J\n");
    let much = "yes | head -c 200000 >&2; echo last >&2";
    let output = stage.shell(&["finish=100", "diagnostics-length=", "diagnostics="], much);
    assert!(output.starts_with("ended: 0\n16384 bytes\n"), "{output}");
    assert!(output.ends_with("y\\nlast\\n\n"), "{output}");
}
