//! Instructions of a part of a program, counted by callgrind while the program runs under it.
//!
//! Source: `valgrind/callgrind.h` and `valgrind/valgrind.h`: a request is a sequence of instructions that do nothing, which valgrind
//! knows. Without valgrind they do nothing.

#[cfg(target_arch = "x86_64")]
use std::arch::asm;
use std::{ffi::CStr, fs, path::Path};

/// `VG_USERREQ_TOOL_BASE('C', 'T')`.
const BASE: usize = (b'C' as usize) << 24 | (b'T' as usize) << 16;

/// Whether this program can tell callgrind what to count.
pub const IS_POSSIBLE: bool = cfg!(target_arch = "x86_64");

#[cfg(target_arch = "x86_64")]
fn request(number: usize, argument: usize) {
    let arguments = [number, argument, 0, 0, 0, 0];
    // SAFETY: rotations of one register by 128 bits in sum, and an exchange of a register with itself. Under valgrind, rdx takes the
    // result and the arguments are read.
    #[expect(unsafe_code, reason = "see SAFETY")]
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            inout("rdi") 0_usize => _,
            in("rax") arguments.as_ptr(),
            inout("rdx") 0_usize => _,
        );
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn request(_: usize, _: usize) {}

/// Begins to count.
pub fn begin() {
    request(BASE + 1, 0);
}

/// Ends what was begun, and has the sum written to a file.
pub fn end(name: &CStr) {
    request(BASE + 3, name.as_ptr() as usize);
}

/// The names and sums that were written to files whose path begins so.
///
/// # Errors
///
/// A sentence, if a file is missing or is not what callgrind writes.
pub fn read(beginning: &Path) -> Result<Vec<(String, f64)>, String> {
    let mut found = Vec::new();
    for number in 1.. {
        let mut path = beginning.as_os_str().to_owned();
        path.push(format!(".{number}"));
        let Ok(text) = fs::read_to_string(&path) else { break };
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let (Some(name), Some(sum)) = (field("desc: Trigger: Client Request: "), field("totals: ")) else {
            return Err(format!("{} is not understood", path.to_string_lossy()));
        };
        found.push((name.to_owned(), sum.trim().parse().map_err(|_| format!("{sum} is not a number"))?));
    }
    Ok(found)
}
