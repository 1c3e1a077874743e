//! What a whole `get` costs, as a multiple of `/bin/true`, all measured in one run.
#![cfg_attr(
    unix,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::print_stdout,
        reason = "a bench prints what it measured and ends at the first failure"
    )
)]

/// The measurements need a Unix process to compare with.
#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    whole_process::measure();
}

#[cfg(unix)]
mod whole_process {
    use std::fs;
    use std::time::{Duration, Instant};

    use lockgate_tests::plugin::{Plugin, get};
    use lockgate_tests::{Home, Run, memory, programs};

    /// Rounds that are measured; LOCKGATE_BENCH_ROUNDS says otherwise.
    const ROUNDS: usize = 200;
    /// Rounds that only warm the caches.
    const WARM_UP: usize = 10;
    /// No request is sent to it.
    const INDEX: &str = "sparse+http://127.0.0.1:9/index/";

    struct Contender {
        name: &'static str,
        run: Run,
        times: Vec<Duration>,
    }

    /// Runs every contender once in each round, so that a slow moment of the machine hits all.
    pub(super) fn measure() {
        let home = home();
        let mut contenders = contenders(&home);
        let rounds = rounds();
        for round in 0..WARM_UP + rounds {
            for contender in &mut contenders {
                let time = once(&contender.run);
                if round >= WARM_UP {
                    contender.times.push(time);
                }
            }
        }
        report(&mut contenders);
        let size = fs::metadata(programs::lockgate()).unwrap().len();
        println!("peak memory of the plugin after a get: {} KiB", peak_memory(&home));
        println!("size of the program: {} KiB", size >> 10);
    }

    fn rounds() -> usize {
        let given = std::env::var("LOCKGATE_BENCH_ROUNDS").ok();
        given.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS)
    }

    fn home() -> Home {
        let home = Home::new();
        home.write_config(format!("[registries.corp]\nindex = \"{INDEX}\"\n"));
        home.write_credentials("[registries.corp]\ntoken = \"bench\"\n");
        home
    }

    fn contenders(home: &Home) -> Vec<Contender> {
        let request = format!("{}\n", get(INDEX, &["cargo:token"]));
        let new = |name, run| Contender { name, run, times: Vec::new() };
        vec![
            new("/bin/true", home.run("/bin/true")),
            new(
                "the same, no sandbox",
                home.run(env!("CARGO_BIN_EXE_native_get")).stdin(request.clone()),
            ),
            new("plugin get", home.plugin().stdin(request)),
            new("lockgate cargo token", home.lockgate(["cargo", "token", "--registry", "corp"])),
            new("lockgate --version", home.lockgate(["--version"])),
        ]
    }

    /// From the start of the process until it was waited for, its output read in between.
    fn once(run: &Run) -> Duration {
        use std::io::Write;
        let mut command = run.command();
        let start = Instant::now();
        let mut child = command.spawn().unwrap();
        // `/bin/true` ends before it reads anything.
        let _ = child.stdin.take().unwrap().write_all(run.input());
        let output = child.wait_with_output().unwrap();
        let time = start.elapsed();
        assert!(output.status.success(), "{}: {output:?}", run.shown());
        time
    }

    fn report(contenders: &mut [Contender]) {
        let rows: Vec<_> = contenders
            .iter_mut()
            .map(|contender| {
                contender.times.sort_unstable();
                let at = |percent: usize| contender.times[contender.times.len() * percent / 100];
                (contender.name, at(50), at(95))
            })
            .collect();
        let base = rows[0].1.as_secs_f64();
        let native = rows[1].1.as_secs_f64();
        println!(
            "{:<24}{:>12}{:>12}{:>14}{:>14}",
            "whole process", "median", "p95", "x /bin/true", "x no sandbox"
        );
        for (name, p50, p95) in rows {
            let ratio = p50.as_secs_f64() / base;
            let [median, p95] = [p50, p95].map(|time| format!("{:.2} ms", milliseconds(time)));
            let beside = p50.as_secs_f64() / native;
            println!("{name:<24}{median:>12}{p95:>12}{ratio:>14.2}{beside:>14.2}");
        }
    }

    fn milliseconds(time: Duration) -> f64 {
        time.as_secs_f64() * 1000.0
    }

    fn peak_memory(home: &Home) -> u64 {
        let mut plugin = Plugin::start(&home.plugin());
        let _ = plugin.ask(&get(INDEX, &["cargo:token"]));
        memory::peak(plugin.id()).unwrap_or_default()
    }
}
