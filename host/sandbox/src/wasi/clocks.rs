//! wasi:clocks, to the millisecond.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime};

use wasmtime::Result;
use wasmtime::component::Resource;

use crate::bindings::wasi::wasi::clocks::{monotonic_clock, wall_clock};
use crate::limits::CLOCK_NANOSECONDS;
use crate::state::State;
use crate::wasi::Pollable;

/// Where the monotonic clock begins; any moment does.
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

fn coarse(nanoseconds: u64) -> u64 {
    nanoseconds - nanoseconds % CLOCK_NANOSECONDS
}

impl monotonic_clock::Host for State {
    fn now(&mut self) -> Result<u64> {
        Ok(coarse(u64::try_from(BEGIN.elapsed().as_nanos()).unwrap_or(u64::MAX)))
    }

    fn resolution(&mut self) -> Result<u64> {
        Ok(CLOCK_NANOSECONDS)
    }

    fn subscribe_instant(&mut self, when: u64) -> Result<Resource<Pollable>> {
        let moment = BEGIN.checked_add(Duration::from_nanos(when));
        self.pollable(moment.map_or(Pollable::Ready, Pollable::At))
    }

    fn subscribe_duration(&mut self, duration: u64) -> Result<Resource<Pollable>> {
        let moment = Instant::now().checked_add(Duration::from_nanos(duration));
        self.pollable(moment.map_or(Pollable::Ready, Pollable::At))
    }
}

impl wall_clock::Host for State {
    fn now(&mut self) -> Result<wall_clock::Datetime> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let nanoseconds = coarse(now.subsec_nanos().into());
        let nanoseconds = u32::try_from(nanoseconds).unwrap_or_default();
        Ok(wall_clock::Datetime { seconds: now.as_secs(), nanoseconds })
    }

    fn resolution(&mut self) -> Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: CLOCK_NANOSECONDS as u32 })
    }
}
