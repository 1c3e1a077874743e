//! A command at a terminal.

use std::process::Child;
use std::time::{Duration, Instant};

use lockgate_tests::{Run, Terminal};

/// Longest time until something is on the screen. What does not come is a difference, and no failure
/// of the test by itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// As long as nothing new is on the screen, everything is.
const CALM: Duration = Duration::from_millis(30);

/// Runs a command at a terminal, presses keys once something is on its screen, and says how it ended
/// and what was on the screen.
pub(crate) fn typed(run: Run, keys: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut terminal = Terminal::new();
    let mut child = terminal.start(run);
    for (expected, pressed) in keys {
        let is_hidden = expected.contains("Password");
        let is_asked = || {
            let is_quiet = !is_hidden || !terminal.echoes();
            terminal.screen().contains(expected) && is_quiet
        };
        let start = Instant::now();
        while !is_asked() && start.elapsed() < PATIENCE && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(2));
        }
        terminal.type_keys(pressed);
    }
    let code = ended(&mut child);
    let mut screen = terminal.screen();
    loop {
        std::thread::sleep(CALM);
        let now = terminal.screen();
        if now == screen {
            return (code, screen.replace("\r\n", "\n"));
        }
        screen = now;
    }
}

/// The exit status; none if it does not end, or by a signal.
fn ended(child: &mut Child) -> Option<i32> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    // What it has started ends with the terminal.
    let _ = child.kill();
    let _ = child.wait();
    None
}
