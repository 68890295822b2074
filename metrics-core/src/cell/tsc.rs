//! The processor's time-stamp counter.

/// Reads the counter. Only meaningful where [`tsc_is_usable`].
#[inline(always)]
pub(crate) fn read_tsc() -> u64 {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        // SAFETY: every x86-64 processor has the instruction. Where a sandbox forbids it, `tsc_is_usable` has
        // already failed in the same way, in `Instant`, which executes it as well.
        unsafe { core::arch::x86_64::_rdtsc() }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    {
        0
    }
}

/// Whether the counter ticks at one rate, in all power states, on all processors alike.
///
/// The processor says so itself (CPUID `8000_0007h`, `EDX` bit 8: AMD64 Architecture Programmer's Manual vol. 3,
/// appendix E.4.6; Intel SDM vol. 3, 18.17.1), but cannot know whether the machine's sockets agree. Linux
/// watches for that and takes the counter off its list of clock sources when they do not.
pub(crate) fn tsc_is_usable() -> bool {
    #[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
    {
        use core::arch::x86_64::__cpuid;
        // SAFETY: every x86-64 processor has CPUID. Younger compilers know that, and call it a safe function.
        #[allow(unused_unsafe)]
        let [highest, power] = [0x8000_0000, 0x8000_0007].map(|leaf| unsafe { __cpuid(leaf) });
        let invariant = highest.eax >= 0x8000_0007 && power.edx & (1 << 8) != 0;
        invariant
            && std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/available_clocksource")
                .is_ok_and(|sources| sources.split_whitespace().any(|source| source == "tsc"))
    }
    #[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
    {
        false
    }
}
