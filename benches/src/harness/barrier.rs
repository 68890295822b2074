//! Keeps the optimiser from merging one operation with the next.

use std::arch::asm;

/// Costs no instruction, and the compiler must assume that it reads and writes all memory.
///
/// Without it, a loop of a thousand `x += 1` becomes one `x += 1000`, and a load that every real call needs is made
/// once before the loop. `black_box` would do the same but writes its argument to the stack.
#[inline(always)]
pub fn barrier() {
    // SAFETY: no instruction, no register, no stack.
    #[expect(unsafe_code, reason = "see SAFETY")]
    unsafe {
        asm!("", options(nostack, preserves_flags));
    }
}
