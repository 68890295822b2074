//! A fence that costs the side nothing that passes it often, and the other side a call of the system.
//!
//! A thread that writes to a shared word says so, and then looks whether the series is over. A thread that ends the series
//! says so, and then looks whether another one is about to write. One of them must see the other, so on each side there is
//! a fence between the store and the load. Linux can have all threads of a process pass one at once (membarrier(2),
//! `PRIVATE_EXPEDITED`): where it does, only the compiler is kept from exchanging the two on the side of the writers, and the
//! side that ends series, which seldom happens, asks for that. Elsewhere each side passes a fence of its own.
//!
//! Why that is enough: the system interrupts each thread of the process that runs, which then passes a full fence as a signal
//! handler in it would, and a compiler fence is what orders a thread's accesses with its own signal handlers. A thread that does
//! not run passed a fence when it was descheduled. So there is one place in the writer's program where it passes a fence while the
//! other side waits. If that is before its load, the load comes after what the other side stored; if it is behind the load, the
//! store was before, and the other side sees it. The call itself begins and ends with a full fence.
//!
//! Miri and loom know no such call, and run the variant in which both sides pass fences. The other one is modelled in `loom_tests`,
//! where the writer passes its fence at each place of its program in turn (*a fence that the system is asked for*), and none at all
//! for comparison. Threads and the system itself are tried by the test below.

use super::sync::fence;
use std::sync::atomic::Ordering;

/// What is done between a store and a load on the side that passes here often.
#[inline(always)]
pub(super) fn light() {
    if system::is_asked() {
        std::sync::atomic::compiler_fence(Ordering::SeqCst);
    } else {
        fence(Ordering::SeqCst);
    }
}

/// What is done between a store and a load on the other side. Returns whether each other thread that does not see the store
/// behind [`light`] had made its own visible before. It is so if [`register`] was called; a system may refuse.
pub(super) fn heavy() -> bool {
    prepare();
    fence(Ordering::SeqCst);
    let all_passed = !system::is_asked() || system::ask();
    fence(Ordering::SeqCst);
    all_passed
}

/// Finds out which kind of fence there is. To be called before anything is written that a [`heavy`] fence is for.
pub(super) fn prepare() {
    system::prepare();
}

/// Has the system prepare for [`heavy`] fences. That may take some milliseconds, once: no lock is to be held.
#[cfg(not(loom))]
pub(super) fn register() {
    system::register();
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), not(any(loom, miri))))]
mod system {
    use std::{
        arch::asm,
        sync::atomic::{AtomicBool, AtomicU8, Ordering},
    };

    const UNKNOWN: u8 = 0;
    const FENCES: u8 = 1;
    const ASKED: u8 = 2;

    /// Once it is known, it stays; and it is known before the first word is written to.
    static KIND: AtomicU8 = AtomicU8::new(UNKNOWN);

    /// Whether the system was told that it will be asked.
    static REGISTERED: AtomicBool = AtomicBool::new(false);

    /// From the kernel's `include/uapi/linux/membarrier.h`.
    const QUERY: usize = 0;
    const PRIVATE_EXPEDITED: usize = 1 << 3;
    const REGISTER_PRIVATE_EXPEDITED: usize = 1 << 4;

    #[inline(always)]
    pub(super) fn is_asked() -> bool {
        KIND.load(Ordering::Relaxed) == ASKED
    }

    pub(super) fn prepare() {
        if KIND.load(Ordering::Relaxed) == UNKNOWN {
            let known = PRIVATE_EXPEDITED | REGISTER_PRIVATE_EXPEDITED;
            // Kernels before 4.14, and sandboxes, know of none.
            let supported =
                usize::try_from(membarrier(QUERY)).is_ok_and(|commands| commands & known == known);
            let kind = if supported { ASKED } else { FENCES };
            let _ = KIND.compare_exchange(UNKNOWN, kind, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    #[cfg(not(loom))]
    pub(super) fn register() {
        if is_asked() && !REGISTERED.load(Ordering::Relaxed) {
            REGISTERED.store(membarrier(REGISTER_PRIVATE_EXPEDITED) == 0, Ordering::Relaxed);
        }
    }

    /// Has all other threads of the process that run pass a fence. Those that do not run have passed one.
    pub(super) fn ask() -> bool {
        let all_passed = membarrier(PRIVATE_EXPEDITED) == 0;
        if !all_passed {
            // Not registered, or no more: register the next time.
            REGISTERED.store(false, Ordering::Relaxed);
        }
        all_passed
    }

    /// Calls the system. What it returns is negative if it refuses.
    fn membarrier(command: usize) -> isize {
        let result: isize;
        // SAFETY: the call takes three numbers and touches no memory of ours. It clobbers what is listed.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") 324_isize => result,
                in("rdi") command,
                in("rsi") 0_usize,
                in("rdx") 0_usize,
                lateout("rcx") _,
                lateout("r11") _,
                options(nostack),
            );
        }
        // SAFETY: as above.
        #[cfg(target_arch = "aarch64")]
        unsafe {
            asm!(
                "svc 0",
                in("x8") 283_usize,
                inlateout("x0") command => result,
                in("x1") 0_usize,
                in("x2") 0_usize,
                options(nostack),
            );
        }
        result
    }
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64"),
    not(any(loom, miri))
)))]
mod system {
    #[inline(always)]
    pub(super) const fn is_asked() -> bool {
        false
    }

    pub(super) const fn prepare() {}

    #[cfg(not(loom))]
    pub(super) const fn register() {}

    pub(super) const fn ask() -> bool {
        true
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicU64, Ordering},
        },
        thread,
    };

    /// Two threads store and then look: at least one of them sees the other.
    #[test]
    fn one_of_two_sees_the_other() {
        super::prepare();
        super::register();
        let rounds = if cfg!(miri) { 20 } else { 20_000 };
        let (flags, seen) = ([const { AtomicU64::new(0) }; 2], [const { AtomicU64::new(0) }; 2]);
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                for round in 1..=rounds {
                    barrier.wait();
                    flags[0].store(round, Ordering::Relaxed);
                    super::light();
                    seen[0].store(flags[1].load(Ordering::Relaxed), Ordering::Relaxed);
                    barrier.wait();
                }
            });
            for round in 1..=rounds {
                barrier.wait();
                flags[1].store(round, Ordering::Relaxed);
                let all_passed = super::heavy();
                seen[1].store(flags[0].load(Ordering::Relaxed), Ordering::Relaxed);
                barrier.wait();
                let saw = seen.each_ref().map(|seen| seen.load(Ordering::Relaxed) == round);
                assert!(all_passed && saw != [false, false], "round {round}");
            }
        });
    }
}
