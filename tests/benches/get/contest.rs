//! Programs that run in turns, so that a slow moment of the machine hits all of them.

use std::io::Write;
use std::time::{Duration, Instant};

use lockgate_tests::Run;

/// Rounds that are measured; LOCKGATE_BENCH_ROUNDS says otherwise.
const ROUNDS: usize = 200;
/// Rounds that only warm the caches.
const WARM_UP: usize = 10;

/// One program and what its runs took, in milliseconds, a run for each round.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    run: Run,
    times: Vec<f64>,
}

impl Contender {
    pub(crate) fn new(name: &'static str, run: Run) -> Self {
        Self { name, run, times: Vec::new() }
    }

    pub(crate) fn median(&self) -> f64 {
        percentile(self.times.clone(), 50)
    }

    pub(crate) fn p95(&self) -> f64 {
        percentile(self.times.clone(), 95)
    }

    /// What it took longer than another one in the same round.
    pub(crate) fn more_than(&self, other: &Self) -> f64 {
        let pairs = self.times.iter().zip(&other.times);
        percentile(pairs.map(|(own, other)| own - other).collect(), 50)
    }

    /// The columns that each table begins with.
    pub(crate) fn columns(&self) -> String {
        let [median, p95] = [self.median(), self.p95()].map(|time| format!("{time:.2} ms"));
        format!("{:<26}{median:>12}{p95:>12}", self.name)
    }
}

/// The headers of [`Contender::columns`].
pub(crate) fn headers(title: &str) -> String {
    format!("{title:<26}{:>12}{:>12}", "median", "p95")
}

/// Runs every contender once in each round.
pub(crate) fn hold(contenders: &mut [Contender]) {
    let given = std::env::var("LOCKGATE_BENCH_ROUNDS").ok();
    let rounds = given.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    for round in 0..WARM_UP + rounds {
        for contender in &mut *contenders {
            let time = once(&contender.run);
            if round >= WARM_UP {
                contender.times.push(time.as_secs_f64() * 1000.0);
            }
        }
    }
}

/// Prints what each took longer than the one of this number, which the table begins with.
pub(crate) fn report_differences(title: &str, contenders: &[Contender], pairs: &[(usize, usize)]) {
    println!("{}{:>14}{:>10}  than", headers(title), "longer by", "ratio");
    for (at, contender) in contenders.iter().enumerate() {
        let Some((_, base)) = pairs.iter().find(|(of, _)| *of == at) else {
            println!("{}", contender.columns());
            continue;
        };
        let base = &contenders[*base];
        let longer = format!("{:.2} ms", contender.more_than(base));
        let ratio = contender.median() / base.median();
        println!("{}{longer:>14}{ratio:>10.2}  {}", contender.columns(), base.name);
    }
    println!();
}

fn percentile(mut times: Vec<f64>, percent: usize) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() * percent / 100]
}

/// From the start of the process until it was waited for, its output read in between.
fn once(run: &Run) -> Duration {
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
