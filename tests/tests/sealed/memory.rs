//! The linear memories of the guests that run in this process, found from outside of wasmtime.

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// wasmtime reserves 4 GiB of addresses for a memory and opens the beginning of it; nothing else in
/// the process reserves this much.
const RESERVED: usize = 1 << 30;

/// A copy of each memory.
pub(crate) fn of_guests() -> Vec<Vec<u8>> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let read = |range: Range<usize>| {
        let mut bytes = vec![0; range.len()];
        memory.read_exact_at(&mut bytes, range.start as u64).unwrap();
        bytes
    };
    linear_memories(&maps).into_iter().map(read).collect()
}

/// Open mappings, one directly after another, that lie directly before a reservation.
fn linear_memories(maps: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open = 0..0;
    for (range, access) in maps.lines().filter_map(mapping) {
        match access.get(..2) {
            Some("rw") if range.start == open.end => open.end = range.end,
            Some("rw") => open = range,
            Some("--") if range.start == open.end && range.len() >= RESERVED => {
                found.push(open.clone());
                open = 0..0;
            }
            _ => open = 0..0,
        }
    }
    found
}

/// `7f00-7fff rw-p ...`
fn mapping(line: &str) -> Option<(Range<usize>, &str)> {
    let mut words = line.split(' ');
    let (start, end) = words.next()?.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    Some((address(start)?..address(end)?, words.next()?))
}

#[test]
fn a_memory_is_what_is_open_before_a_reservation() {
    let maps = "1000-2000 rw-p 0 00:00 0 /heap\n\
                2000-3000 ---p 0 00:00 0\n\
                10000-20000 rw-p 0 00:01 7 /memfd:image\n\
                20000-30000 rw-p 0 00:00 0\n\
                30000-100000000 ---p 0 00:00 0\n\
                100000000-100001000 rw-p 0 00:00 0\n\
                100001000-200000000 ---p 0 00:00 0\n\
                200000000-200001000 rw-p 0 00:00 0\n";
    assert_eq!(linear_memories(maps), [0x10000..0x30000, 0x100000000..0x100001000]);
}
