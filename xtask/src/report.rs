//! Steps, announced and timed, and the summary at their end.

use std::time::{Duration, Instant};

use crate::command::Failure;

/// How a step ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// It could not be done here, for this reason.
    NotChecked(String),
}

/// What the steps so far came to.
#[derive(Default)]
pub(crate) struct Report {
    ended: Vec<Step>,
}

struct Step {
    name: &'static str,
    took: Duration,
    outcome: Result<Outcome, Failure>,
}

impl Report {
    /// Runs one step. A failure does not keep the next one from running.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        action: impl FnOnce() -> Result<Outcome, Failure>,
    ) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = action();
        let took = start.elapsed();
        println!("== {name}: {} ({:.1} s)", described(&outcome), took.as_secs_f64());
        self.ended.push(Step { name, took, outcome });
    }

    /// Prints what came of each step and, last, one line as `cargo test` ends with.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        println!("\nsummary");
        for step in &self.ended {
            let seconds = step.took.as_secs_f64();
            println!("{:>8.1} s  {}: {}", seconds, step.name, described(&step.outcome));
        }
        println!("\n{}", self.result());
        match self.failed() {
            0 => Ok(()),
            count => Err(Failure(format!("{count} of {} steps failed", self.ended.len()))),
        }
    }

    fn failed(&self) -> usize {
        self.ended.iter().filter(|step| step.outcome.is_err()).count()
    }

    fn result(&self) -> String {
        let failed = self.failed();
        let word = if failed == 0 { "ok" } else { "FAILED" };
        let passed = self.ended.iter().filter(|step| step.outcome == Ok(Outcome::Passed)).count();
        let left = self.ended.len() - failed - passed;
        let took: Duration = self.ended.iter().map(|step| step.took).sum();
        format!(
            "test result: {word}. {passed} passed; {failed} failed; {left} not checked; \
             finished in {:.2}s",
            took.as_secs_f64()
        )
    }
}

fn described(outcome: &Result<Outcome, Failure>) -> String {
    match outcome {
        Ok(Outcome::Passed) => "ok".into(),
        Ok(Outcome::NotChecked(reason)) => format!("not checked: {reason}"),
        Err(failure) => format!("FAILED: {failure}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Report};
    use crate::command::Failure;

    #[test]
    fn one_failed_step_fails_the_whole_and_the_next_still_runs() {
        let mut report = Report::default();
        report.step("a", || Ok(Outcome::Passed));
        report.step("b", || Err(Failure("broken".into())));
        let mut ran = false;
        report.step("c", || {
            ran = true;
            Ok(Outcome::NotChecked("no network".into()))
        });
        assert!(ran);
        let result = report.result();
        assert!(
            result.starts_with("test result: FAILED. 1 passed; 1 failed; 1 not checked;"),
            "{result}"
        );
        assert_eq!(report.finish(), Err(Failure("1 of 3 steps failed".into())));
    }

    #[test]
    fn what_was_not_checked_is_no_failure_and_is_counted() {
        let mut report = Report::default();
        report.step("a", || Ok(Outcome::NotChecked("no network".into())));
        assert!(report.result().starts_with("test result: ok. 0 passed; 0 failed; 1 not checked;"));
        assert_eq!(report.finish(), Ok(()));
    }
}
