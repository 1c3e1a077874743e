//! Time that a call may take. wasmtime's epoch interrupts the guest at its next loop or call; host
//! functions have deadlines of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Thread;
use std::time::{Duration, Instant};

use lockgate_core::Limits;
use lockgate_engine::Engine;

/// How often a running guest looks at the clock: the most that it can run over.
const TICK: Duration = Duration::from_millis(20);

/// Which budget is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Timeout {
    /// The wall clock's.
    #[error("it ran longer than the {0:?} that it may take")]
    Wall(Duration),
    /// The processor's.
    #[error("it used more than the {0:?} of processor time that it may take")]
    Processor(Duration),
}

/// The budgets of one call.
pub(crate) struct Deadline {
    limits: Limits,
    started: Instant,
    processor: Duration,
    paused: Duration,
}

impl Deadline {
    pub(crate) fn start(limits: &Limits) -> Self {
        Self {
            limits: limits.clone(),
            started: Instant::now(),
            processor: processor_time(),
            paused: Duration::ZERO,
        }
    }

    /// Wall time that is left.
    pub(crate) fn left(&self) -> Duration {
        let used = self.started.elapsed().saturating_sub(self.paused);
        self.limits.wall.saturating_sub(used)
    }

    pub(crate) fn check(&self) -> Result<(), Timeout> {
        if self.left().is_zero() {
            return Err(Timeout::Wall(self.limits.wall));
        }
        match processor_time().saturating_sub(self.processor) > self.limits.cpu {
            true => Err(Timeout::Processor(self.limits.cpu)),
            false => Ok(()),
        }
    }

    /// Runs `wait`, which has a deadline of its own, off the wall clock.
    pub(crate) fn paused<T>(&mut self, wait: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = wait();
        self.paused += began.elapsed();
        result
    }
}

#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = Duration::from_secs(time.tv_sec.try_into().unwrap_or_default());
    seconds + Duration::from_nanos(time.tv_nsec.try_into().unwrap_or_default())
}

/// Without a clock for one thread, the wall clock's budget is the only one.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

/// A thread that makes the engine's epoch pass for as long as this lives.
pub(crate) struct Ticker {
    stop: Arc<AtomicBool>,
    thread: Thread,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let engine = engine.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        // Parking, unlike a channel, takes no memory in the new thread, which would cost an arena.
        let tick = move || loop {
            std::thread::park_timeout(TICK);
            if stopped.load(Ordering::Acquire) {
                break;
            }
            engine.tick();
        };
        let thread = std::thread::Builder::new().spawn(tick)?.thread().clone();
        Ok(Self { stop, thread })
    }
}

impl Drop for Ticker {
    /// Nobody waits for the thread's end: a tick too many only makes a guest look at its clock.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.thread.unpark();
    }
}
