//! The processor's own counter.

/// Ticks of the time stamp counter, unserialised; on other processors nanoseconds of the monotonic clock.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub fn ticks() -> u64 {
    // SAFETY: every x86-64 processor has the instruction, and Linux lets user code execute it.
    #[expect(unsafe_code, reason = "see SAFETY")]
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
}

/// Ticks of the time stamp counter, unserialised; on other processors nanoseconds of the monotonic clock.
#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub fn ticks() -> u64 {
    use std::{sync::LazyLock, time::Instant};
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_nanos() as u64
}
