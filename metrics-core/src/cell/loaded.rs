//! What is loaded, as the dynamic linker lists it.

use std::ffi::{CStr, c_char, c_int, c_void};

/// The beginning of `struct dl_phdr_info`.
#[repr(C)]
struct Object {
    _address: usize,
    name: *const c_char,
}

type Each = extern "C" fn(*const Object, usize, *mut c_void) -> c_int;

unsafe extern "C" {
    fn dl_iterate_phdr(each: Each, data: *mut c_void) -> c_int;
}

/// What is looked for, and how many objects were looked at.
struct Search {
    is_wanted: fn(&[u8]) -> bool,
    seen: usize,
}

/// Whether an object other than the program, which comes first, has such a path.
///
/// The linker's list is locked meanwhile, so `is_wanted` loads nothing. A panic in it ends the process.
pub(crate) fn is_any_loaded(is_wanted: fn(&[u8]) -> bool) -> bool {
    let mut search = Search { is_wanted, seen: 0 };
    // SAFETY: the function is called with objects and with this `search`, and not after the call.
    unsafe { dl_iterate_phdr(look_at, (&raw mut search).cast()) != 0 }
}

/// Returns 1, which ends the search, if it is the one.
extern "C" fn look_at(object: *const Object, _: usize, search: *mut c_void) -> c_int {
    // SAFETY: `is_any_loaded` hands over a search that nobody else uses meanwhile.
    let Search { is_wanted, seen } = unsafe { &mut *search.cast::<Search>() };
    *seen += 1;
    // SAFETY: the linker hands over an object, which stays as it is during the call.
    let name = unsafe { (*object).name };
    if *seen == 1 || name.is_null() {
        return 0;
    }
    // SAFETY: a name ends in zero, as `dl_iterate_phdr(3)` says, and stays as it is during the call.
    let name = unsafe { CStr::from_ptr(name) };
    c_int::from(is_wanted(name.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::is_any_loaded;

    #[test]
    fn objects_are_listed_until_one_is_found() {
        assert!(!is_any_loaded(|_| false));
        // The kernel's, which glibc lists even in a program that is linked statically.
        let is_there = is_any_loaded(|name| name.starts_with(b"linux-") || name.starts_with(b"[vdso"));
        assert!(is_there || !cfg!(target_env = "gnu"));
    }
}
