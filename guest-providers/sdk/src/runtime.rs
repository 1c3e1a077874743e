//! What takes the place of `std` in a provider that wants to be small.

#![allow(unsafe_code, reason = "an allocator hands out memory that it alone knows of")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::RefCell;
use core::ptr;

/// WebAssembly's unit of memory, in bytes.
const PAGE: usize = 64 << 10;

/// Gives a `#![no_std]` provider an allocator and a panic handler, so that it imports nothing of
/// WASI: such a component is a fraction of the size and loads that much faster. Memory is not given
/// back before the call ends, which suits a provider that passes handles on. A panic ends the call
/// without a message.
///
/// Write `#![cfg_attr(target_family = "wasm", no_std)]`, so that the provider still compiles for
/// its unit tests.
#[macro_export]
macro_rules! without_std {
    () => {
        #[cfg(target_family = "wasm")]
        const _: () = {
            #[global_allocator]
            static ALLOCATOR: $crate::BumpAllocator = $crate::BumpAllocator::new();

            #[panic_handler]
            fn panic(_: &::core::panic::PanicInfo<'_>) -> ! {
                ::core::arch::wasm32::unreachable()
            }

            /// How the host gets memory for the strings and lists that it passes in.
            ///
            /// # Safety
            /// As the canonical ABI promises: `old` was returned by this function for `old_size`
            /// bytes, or `old_size` is 0; `align` is a power of two.
            #[unsafe(no_mangle)]
            unsafe extern "C" fn cabi_realloc(
                old: *mut u8,
                old_size: usize,
                align: usize,
                new_size: usize,
            ) -> *mut u8 {
                // SAFETY: by the caller's promise.
                unsafe { ALLOCATOR.reallocate_for_host(old, old_size, align, new_size) }
            }
        };
    };
}

// `memcmp` and its like, which the compiler calls and `std` would have linked.
#[cfg(target_family = "wasm")]
#[link(name = "c")]
unsafe extern "C" {}

/// An allocator for one short call: it takes memory from the host and gives none back.
#[derive(Debug, Default)]
pub struct BumpAllocator {
    free: RefCell<Free>,
}

/// The addresses that are not handed out yet.
#[derive(Debug, Default)]
struct Free {
    start: usize,
    end: usize,
}

// SAFETY: a component has one thread, and this type is only used inside components.
unsafe impl Sync for BumpAllocator {}

impl BumpAllocator {
    /// An allocator that has no memory yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { free: RefCell::new(Free { start: 0, end: 0 }) }
    }

    /// `cabi_realloc`, as the canonical ABI describes it. Traps when there is no memory, since the
    /// host takes every address that is returned for a good one.
    ///
    /// # Safety
    /// `old` was returned by this function for `old_size` bytes, or `old_size` is 0; `align` is a
    /// power of two.
    pub unsafe fn reallocate_for_host(
        &self,
        old: *mut u8,
        old_size: usize,
        align: usize,
        new_size: usize,
    ) -> *mut u8 {
        if new_size == 0 {
            return ptr::without_provenance_mut(align);
        }
        // SAFETY: `align` is a power of two by the caller's promise, and the host asks for sizes
        // that fit into 32 bits, rounded up by at most `align`.
        let layout = unsafe { Layout::from_size_align_unchecked(old_size, align) };
        // SAFETY: by the caller's promise about `old`; the new size is not 0.
        let new = unsafe {
            match old_size {
                0 => self.alloc(Layout::from_size_align_unchecked(new_size, align)),
                _ => self.realloc(old, layout, new_size),
            }
        };
        if new.is_null() {
            out_of_memory()
        }
        new
    }
}

// SAFETY: `Free::take` hands every address out once, until `give_back` of the last one.
unsafe impl GlobalAlloc for BumpAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let taken = self.free.borrow_mut().take(layout.size(), layout.align(), grow);
        taken.map_or(ptr::null_mut(), ptr::with_exposed_provenance_mut)
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.free.borrow_mut().give_back(pointer.addr(), layout.size());
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        self.free.borrow_mut().give_back(pointer.addr(), layout.size());
        // SAFETY: the caller's promise about `layout` and `new_size`.
        let new =
            unsafe { self.alloc(Layout::from_size_align_unchecked(new_size, layout.align())) };
        if !new.is_null() && new != pointer {
            // SAFETY: both are valid for the smaller size, and nothing wrote to the old one since.
            unsafe { ptr::copy(pointer, new, layout.size().min(new_size)) };
        }
        new
    }
}

impl Free {
    /// Takes `size` bytes at a multiple of `align`. `grow` adds at least so many bytes of memory
    /// and tells where they start and end.
    fn take(
        &mut self,
        size: usize,
        align: usize,
        grow: impl FnOnce(usize) -> Option<(usize, usize)>,
    ) -> Option<usize> {
        if let Some(address) = self.fit(size, align) {
            return Some(address);
        }
        let (start, end) = grow(size.checked_add(align)?)?;
        if start != self.end {
            self.start = start;
        }
        self.end = end;
        self.fit(size, align)
    }

    fn fit(&mut self, size: usize, align: usize) -> Option<usize> {
        let address = self.start.checked_next_multiple_of(align)?;
        let next = address.checked_add(size)?;
        if next > self.end {
            return None;
        }
        self.start = next;
        Some(address)
    }

    /// Takes back what was handed out last; everything else is lost.
    fn give_back(&mut self, address: usize, size: usize) {
        if address.checked_add(size) == Some(self.start) {
            self.start = address;
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn grow(bytes: usize) -> Option<(usize, usize)> {
    let pages = bytes.div_ceil(PAGE);
    let before = core::arch::wasm32::memory_grow(0, pages);
    // usize::MAX: the host refused. The last page of 4 GiB has no end that fits.
    let end = before.checked_add(pages)?.checked_mul(PAGE)?;
    Some((before * PAGE, end))
}

#[cfg(not(target_arch = "wasm32"))]
fn grow(_bytes: usize) -> Option<(usize, usize)> {
    const { assert!(PAGE.is_power_of_two()) };
    None
}

#[cfg(target_arch = "wasm32")]
fn out_of_memory() -> ! {
    core::arch::wasm32::unreachable()
}

#[cfg(not(target_arch = "wasm32"))]
fn out_of_memory() -> ! {
    unreachable!("only WebAssembly has a host to answer")
}

#[cfg(test)]
mod tests {
    use super::{Free, PAGE};

    #[test]
    fn no_byte_is_handed_out_twice() {
        let mut free = Free::default();
        let mut end = PAGE;
        let mut handed_out: alloc::vec::Vec<(usize, usize)> = alloc::vec::Vec::new();
        for (size, align) in [(1, 1), (3, 8), (PAGE, 16), (5, 1), (2 * PAGE, 4096), (8, 8)] {
            let address = free.take(size, align, |bytes| {
                let start = end;
                end += bytes.next_multiple_of(PAGE);
                Some((start, end))
            });
            let address = address.unwrap();
            assert_eq!(address % align, 0);
            assert!(address + size <= end);
            for (other, length) in &handed_out {
                assert!(address >= other + length || address + size <= *other);
            }
            handed_out.push((address, size));
        }
    }

    #[test]
    fn the_last_piece_is_used_again_and_no_other() {
        let mut free = Free { start: 64, end: 4096 };
        let first = free.take(16, 8, |_| None).unwrap();
        let second = free.take(16, 8, |_| None).unwrap();
        free.give_back(first, 16);
        assert_eq!(free.take(16, 8, |_| None), Some(second + 16));
        free.give_back(second + 16, 16);
        assert_eq!(free.take(32, 8, |_| None), Some(second + 16));
    }

    #[test]
    fn refused_memory_and_impossible_sizes_give_nothing() {
        let mut free = Free::default();
        assert_eq!(free.take(1, 1, |_| None), None);
        assert_eq!(free.take(usize::MAX, 2, |_| Some((PAGE, 2 * PAGE))), None);
        assert_eq!(free.take(usize::MAX - 1, 1, |_| Some((PAGE, 2 * PAGE))), None);
    }
}
