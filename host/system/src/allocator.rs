//! The C library's allocator, set up for a program that is over in milliseconds.

use crate::threads;

/// Up to this size memory comes from the heap, which is not given back before the end: it may be used
/// again without a call and without new pages.
const LARGEST_FROM_HEAP: libc::c_int = 16 << 20;
/// What the heap grows by at a time, beside what is asked for.
const HEAP_STEP: libc::c_int = 256 << 10;

/// Has the allocator ask the kernel less often, if there is no other thread yet. It is about time alone,
/// so that a setting which is not taken does not matter.
#[allow(unsafe_code, reason = "no safe crate has this call")]
pub fn use_one_heap() {
    if threads::require_one().is_err() {
        return;
    }
    let settings = [
        // The thread that watches a call would begin a heap of its own.
        (libc::M_ARENA_MAX, 1),
        (libc::M_MMAP_THRESHOLD, LARGEST_FROM_HEAP),
        (libc::M_TRIM_THRESHOLD, LARGEST_FROM_HEAP),
        (libc::M_TOP_PAD, HEAP_STEP),
    ];
    for (setting, value) in settings {
        // SAFETY: the call takes two numbers and changes nothing but the allocator's own settings; this is
        // the only thread, so that nobody reads them meanwhile.
        unsafe { libc::mallopt(setting, value) };
    }
}
