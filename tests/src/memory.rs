//! How much memory another process takes.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// The most resident memory that a living process ever had, in KiB; none if it ended, or where the
/// system does not say.
pub fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Looks at a process again and again until it is told to stop.
pub struct Watch {
    stop: Arc<AtomicBool>,
    peak: Arc<AtomicU64>,
    thread: JoinHandle<()>,
}

impl Watch {
    /// Starts looking.
    pub fn start(process: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let most = Arc::new(AtomicU64::new(0));
        let (stop_seen, most_seen) = (Arc::clone(&stop), Arc::clone(&most));
        let thread = std::thread::spawn(move || {
            while !stop_seen.load(Ordering::SeqCst) {
                if let Some(now) = peak(process) {
                    most_seen.fetch_max(now, Ordering::SeqCst);
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        Self { stop, peak: most, thread }
    }

    /// Stops looking; the most that was seen, in KiB.
    ///
    /// # Panics
    /// If nothing was seen at all.
    pub fn stop(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.join().unwrap();
        let peak = self.peak.load(Ordering::SeqCst);
        assert!(peak > 0, "the process was never seen");
        peak
    }
}
