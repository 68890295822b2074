//! What is asked of the system. Nothing here asks an allocator for memory, so all of it may be called while a lock is
//! held, by a thread that counts what is allocated, and in a child right after `fork`.

// Offsets and lengths are far below 2^63, and ids of processes are not negative.
#![allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)]

use std::{ffi::CStr, ptr};

/// An error number of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Errno(pub(super) i32);

impl Errno {
    fn last() -> Self {
        // SAFETY: it is this thread's own.
        Self(unsafe { *libc::__errno_location() })
    }
}

fn checked(result: i32) -> Result<i32, Errno> {
    if result < 0 { Err(Errno::last()) } else { Ok(result) }
}

/// An open file. It is not closed when it is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fd(pub(super) i32);

/// A name within a directory, made on the stack.
pub(super) struct Name([u8; 48]);

impl Name {
    /// The hexadecimal digits of an id, and an ending of at most eight characters.
    pub(super) fn new(id: [u8; 16], ending: &str) -> Self {
        let mut name = [0; 48];
        let digits = id.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = digits.map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        for (place, byte) in name.iter_mut().zip(digits.chain(ending.bytes().take(8))) {
            *place = byte;
        }
        Self(name)
    }

    fn as_ptr(&self) -> *const libc::c_char {
        self.0.as_ptr().cast()
    }
}

impl Fd {
    pub(super) fn open_directory(path: &CStr) -> Result<Self, Errno> {
        let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;
        // SAFETY: the path ends in a zero.
        checked(unsafe { libc::open(path.as_ptr(), flags) }).map(Self)
    }

    /// Makes a file that is not there yet.
    pub(super) fn create(self, name: &Name) -> Result<Self, Errno> {
        let flags = libc::O_RDWR | libc::O_CREAT | libc::O_EXCL | libc::O_CLOEXEC | libc::O_NOFOLLOW;
        // SAFETY: the name ends in a zero.
        checked(unsafe { libc::openat(self.0, name.as_ptr(), flags, 0o640) }).map(Self)
    }

    pub(super) fn rename(self, from: &Name, to: &Name) -> Result<(), Errno> {
        // SAFETY: the names end in zeros.
        checked(unsafe { libc::renameat(self.0, from.as_ptr(), self.0, to.as_ptr()) }).map(drop)
    }

    pub(super) fn remove(self, name: &Name) {
        // SAFETY: the name ends in a zero.
        unsafe { libc::unlinkat(self.0, name.as_ptr(), 0) };
    }

    pub(super) fn close(self) {
        // SAFETY: nothing else is done with it.
        unsafe { libc::close(self.0) };
    }

    /// Locks the file for as long as it is open here.
    pub(super) fn lock(self) -> Result<(), Errno> {
        // SAFETY: a call that reads no memory.
        checked(unsafe { libc::flock(self.0, libc::LOCK_EX | libc::LOCK_NB) }).map(drop)
    }

    /// Whether the file is on a file system whose locks or mappings other machines do not see.
    pub(super) fn is_on_a_network(self) -> bool {
        // NFS, CIFS, SMB 2, AFS, Ceph, FUSE and 9P.
        const NETWORKS: [u32; 8] =
            [0x6969, 0xff53_4d42, 0xfe53_4d42, 0x517b, 0x5346_414f, 0x00c3_6400, 0x6573_5546, 0x0102_1997];
        let mut status = std::mem::MaybeUninit::<libc::statfs>::uninit();
        // The kernel has 32 bits. What the C library makes of them differs by library and processor.
        #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast)]
        // SAFETY: there is room for the status, which is initialised if there is no error.
        unsafe {
            libc::fstatfs(self.0, status.as_mut_ptr()) == 0
                && NETWORKS.contains(&(status.assume_init().f_type as u32))
        }
    }

    /// Takes the bytes from the disk now, so that writing to them cannot fail later.
    pub(super) fn allocate(self, offset: u64, len: usize) -> Result<(), Errno> {
        // SAFETY: a call that reads no memory.
        match unsafe { libc::posix_fallocate(self.0, offset as i64, len as i64) } {
            0 => Ok(()),
            error => Err(Errno(error)),
        }
    }

    /// Writes `len` bytes that are mapped here.
    ///
    /// # Safety
    ///
    /// They are there.
    pub(super) unsafe fn write(
        self,
        mut from: *const u8,
        mut len: usize,
        mut offset: u64,
    ) -> Result<(), Errno> {
        while len > 0 {
            // SAFETY: by the caller's promise.
            let written = unsafe { libc::pwrite(self.0, from.cast(), len, offset as i64) };
            let Ok(written @ 1..) = usize::try_from(written) else {
                match Errno::last() {
                    Errno(libc::EINTR) => continue,
                    error => return Err(error),
                }
            };
            // SAFETY: within what is there.
            from = unsafe { from.add(written) };
            len -= written;
            offset += written as u64;
        }
        Ok(())
    }

    /// Maps a part of the file, at this address if it is not null.
    ///
    /// # Safety
    ///
    /// What is at the address is this module's, and nobody needs it any more.
    pub(super) unsafe fn map(self, address: *mut u8, len: usize, offset: u64) -> Result<*mut u8, Errno> {
        let fixed = if address.is_null() { 0 } else { libc::MAP_FIXED };
        // SAFETY: by the caller's promise.
        unsafe { map(address, len, libc::MAP_SHARED | fixed, self.0, offset) }
    }
}

/// Maps memory that is in no file, zeroed, at this address.
///
/// # Safety
///
/// As for [`Fd::map`].
pub(super) unsafe fn map_private(address: *mut u8, len: usize) -> Result<*mut u8, Errno> {
    // SAFETY: by the caller's promise.
    unsafe { map(address, len, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED, -1, 0) }
}

/// # Safety
///
/// As for [`Fd::map`].
unsafe fn map(address: *mut u8, len: usize, flags: i32, fd: i32, offset: u64) -> Result<*mut u8, Errno> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: by the caller's promise.
    let mapped = unsafe { libc::mmap(address.cast(), len, protection, flags, fd, offset as i64) };
    if mapped == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(mapped.cast()) }
}

/// Keeps addresses free for what is mapped there later.
pub(super) fn reserve(len: usize) -> Result<*mut u8, Errno> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: at an address that the system chooses.
    let mapped = unsafe { libc::mmap(ptr::null_mut(), len, libc::PROT_NONE, flags, -1, 0) };
    if mapped == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(mapped.cast()) }
}

pub(super) fn page() -> usize {
    // SAFETY: a call that reads no memory.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

pub(super) fn pid() -> u32 {
    // SAFETY: a call that reads no memory.
    let pid = unsafe { libc::getpid() };
    pid as u32
}

/// Bytes that nobody else has.
pub(super) fn random() -> Result<[u8; 16], Errno> {
    let mut bytes = [0; 16];
    // SAFETY: there is room for as many.
    let got = unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    if got == 16 { Ok(bytes) } else { Err(Errno::last()) }
}

/// The id of this boot.
pub(super) fn boot() -> Result<[u8; 16], Errno> {
    let mut text = [0_u8; 36];
    let path = c"/proc/sys/kernel/random/boot_id";
    // SAFETY: the path ends in a zero, and there is room for what is read.
    unsafe {
        let fd = checked(libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC))?;
        let read = libc::read(fd, text.as_mut_ptr().cast(), text.len());
        libc::close(fd);
        if read != 36 {
            return Err(Errno(libc::EIO));
        }
    }
    let mut id = [0; 16];
    let digits = text.iter().filter_map(|digit| char::from(*digit).to_digit(16));
    for (place, digit) in digits.enumerate().take(32) {
        id[place / 2] = id[place / 2] << 4 | digit as u8;
    }
    Ok(id)
}

/// The value of a variable of the environment, if it is set and not empty.
pub(super) fn variable(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the name ends in a zero. As for all who read it, nobody changes the environment meanwhile.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    // SAFETY: it ends in a zero, and is not freed while nobody changes it.
    (!value.is_null()).then(|| unsafe { CStr::from_ptr(value) }).filter(|value| !value.is_empty())
}

/// Nanoseconds since 1970.
pub(super) fn now() -> u64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: there is room for the time.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut now) };
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// A text of at most 64 bytes, on the stack.
pub(super) struct Text([u8; 64], usize);

impl Text {
    pub(super) fn text(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or_default()
    }
}

/// What the program is called.
pub(super) fn program() -> Text {
    let mut text = Text([0; 64], 0);
    // SAFETY: the path ends in a zero, and there is room for what is read.
    unsafe {
        let fd = libc::open(c"/proc/self/comm".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
        if fd >= 0 {
            let read = libc::read(fd, text.0.as_mut_ptr().cast(), text.0.len());
            libc::close(fd);
            // A line feed is behind it.
            text.1 = usize::try_from(read).unwrap_or(0).saturating_sub(1);
        }
    }
    text
}
