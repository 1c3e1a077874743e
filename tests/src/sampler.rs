//! Looking over the shoulder of every process, as any user of a machine can.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks: short beside the life of a program.
const PAUSE: Duration = Duration::from_micros(300);

/// Looks at the command lines and environments of all processes until it is told to stop.
pub struct Sampler {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<String>>,
}

impl Sampler {
    /// Looks for these texts, from now on.
    pub fn start(wanted: &[&str]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let wanted: Vec<String> = wanted.iter().map(|&text| text.to_owned()).collect();
        let thread = std::thread::spawn(move || {
            let mut found = Vec::new();
            while !told.load(Ordering::SeqCst) {
                sample(&wanted, &mut found);
                std::thread::sleep(PAUSE);
            }
            found
        });
        Self { stop, thread }
    }

    /// Where one of the texts was seen, and in what.
    pub fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap()
    }
}

fn sample(wanted: &[String], found: &mut Vec<String>) {
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        for file in ["cmdline", "environ"] {
            let path = entry.path().join(file);
            let content = fs::read(&path).unwrap_or_default();
            if wanted.iter().any(|wanted| contains(&content, wanted)) {
                found.push(format!("{}: {}", path.display(), String::from_utf8_lossy(&content)));
            }
        }
    }
}

/// Whether a text is somewhere in these bytes.
pub fn contains(content: &[u8], wanted: &str) -> bool {
    content.windows(wanted.len()).any(|window| window == wanted.as_bytes())
}
