//! How programs end that do not want to.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::stage::{Stage, ends, heard, runs};

const DEADLINE: &str = "deadline=500";
/// The deadline of these tests and a second, and another for a busy machine.
const SOON: Duration = Duration::from_millis(2500);

#[test]
fn an_endless_output_is_cut_and_the_program_ended() {
    let stage = Stage::new();
    let start = Instant::now();
    let yes = Path::new("/usr/bin/yes");
    let output = stage.play(&["hear=1", "finish=65536"], yes, &[]);
    assert!(
        output.starts_with("heard: y\nerror: `/usr/bin/yes` wrote more than 65536"),
        "{output}"
    );
    let zeros = stage.play(&["hear=65536"], Path::new("/bin/cat"), &["/dev/zero"]);
    assert!(zeros.contains("wrote more than 65536 bytes, and was ended"), "{zeros}");
    let flood = stage.play(&["give=9000000"], yes, &[]);
    assert!(flood.contains("wrote more than 4194304 bytes, and was ended"), "{flood}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn an_endless_standard_error_ends_at_the_deadline_and_is_capped() {
    let stage = Stage::new();
    let start = Instant::now();
    let scene = [DEADLINE, "hear=100", "diagnostics-length="];
    let output = stage.shell(&scene, "yes >&2; exit");
    assert!(output.contains("still ran after 0 s and was ended"), "{output}");
    assert!(output.ends_with("16384 bytes\n"), "{output}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn one_that_ignores_every_polite_signal_ends_at_its_deadline_with_its_children() {
    let stage = Stage::new();
    let program = "trap '' TERM INT HUP; sleep 300 & echo $$; echo $!; while :; do sleep 1; done";
    let start = Instant::now();
    let output = stage.shell(&[DEADLINE, "hear=100", "hear=100", "finish=100"], program);
    assert!(output.contains("error: `/bin/sh` still ran after 0 s and was ended"), "{output}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    let heard = output.lines().filter_map(|line| line.strip_prefix("heard: "));
    assert!(heard.into_iter().all(ends), "{output}");
}

#[test]
fn one_that_leaves_a_daemon_with_its_pipes_keeps_nobody_waiting() {
    let stage = Stage::new();
    let start = Instant::now();
    let daemon = "setsid sleep 30 & sleep 0.2; echo $!; exit 0";
    let output = stage.shell(&["finish=100"], daemon);
    assert!(output.starts_with("ended: 0\n"), "{output}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    // The twin: it held them, and reading to their end would have waited for it.
    let daemon = output.lines().nth(1).unwrap();
    assert!(runs(daemon), "{output}");
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(daemon.parse().unwrap()).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
}

#[test]
fn what_a_program_leaves_in_its_own_group_ends_with_it() {
    let stage = Stage::new();
    let output = stage.shell(&["finish=100"], "sleep 300 & echo $!; exit 0");
    assert!(ends(output.lines().nth(1).unwrap()), "{output}");
}

#[test]
fn a_program_that_nobody_waits_for_ends_with_the_conversation() {
    let stage = Stage::new();
    let output = stage.shell(&["hear=100"], "echo $$; sleep 300");
    assert!(ends(output.trim_end().strip_prefix("heard: ").unwrap()), "{output}");
}

#[test]
fn programs_and_the_launcher_end_with_the_process_that_is_killed() {
    let stage = Stage::new();
    let program = "trap '' TERM INT HUP; sleep 300 & echo $$; echo $!; echo $PPID; wait; sleep 300";
    let scene = ["hear=100", "hear=100", "hear=100", "sleep=300000"];
    let (mut host, mut output) = stage.begin(&scene, program);
    let processes = [(); 3].map(|()| heard(&mut output));
    assert!(processes.iter().all(|process| runs(process)), "{processes:?}");
    host.kill().unwrap();
    host.wait().unwrap();
    assert!(processes.iter().all(|process| ends(process)), "{processes:?}");
}

#[test]
fn the_launcher_itself_ends_what_the_other_side_forgets() {
    let stage = Stage::new();
    let (mut host, mut output) =
        stage.begin(&[DEADLINE, "hear=100", "sleep=300000"], "echo $$; sleep 300");
    let program = heard(&mut output);
    assert!(runs(&program));
    std::thread::sleep(Duration::from_millis(500));
    assert!(ends(&program), "{program}");
    host.kill().unwrap();
    host.wait().unwrap();
}

#[test]
fn what_ended_in_time_is_not_late_although_it_is_asked_late() {
    let stage = Stage::new();
    let output = stage.shell(&[DEADLINE, "sleep=700", "finish=100"], "echo done");
    assert_eq!(output, "ended: 0\ndone\n");
}

#[test]
fn with_too_few_descriptors_the_start_is_refused_and_nothing_waits_for_ever() {
    let stage = Stage::new();
    for count in [4, 5, 6, 7, 8, 10] {
        let output = stage.shell(&[&format!("descriptors={count}"), "finish=100"], "echo done");
        assert!(output.starts_with("refused: "), "{count}: {output}");
        assert!(output.contains("Too many open files"), "{count}: {output}");
    }
    let output = stage.shell(&["descriptors=64", "finish=100"], "echo done");
    assert_eq!(output, "ended: 0\ndone\n");
}
