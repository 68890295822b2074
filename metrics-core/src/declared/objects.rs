//! Objects of this process: the program and the shared objects that it has loaded.
//!
//! The linker lists the elements of one object. Those of another object are in a list that only the copy of this package
//! there reads, or that nothing reads if there is no copy. Which objects have such a list is read from their files, as their
//! tables of sections name it, and strippers leave those names. So nothing has to be agreed on with the other copy, which
//! may be older or newer.

use std::path::PathBuf;

/// Objects with lists of elements that are not the one which is read here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Objects {
    /// The object whose elements are read.
    pub(crate) own: PathBuf,
    /// The others, sorted.
    pub(crate) others: Vec<PathBuf>,
}

impl Objects {
    /// Looks at what is loaded now. Where that cannot be known, there are no others.
    pub(crate) fn loaded() -> Self {
        loaded::objects().unwrap_or_default()
    }

    /// Whether anything but the program and the C runtime is loaded that could have such a list. That takes a
    /// microsecond, where [`loaded`](Self::loaded) takes some fifty for the objects of every program.
    pub(crate) fn may_be_others() -> bool {
        loaded::may_be_others()
    }
}

#[cfg(all(not(miri), any(target_os = "linux", target_os = "android")))]
mod loaded {
    use super::{super::slice, Objects};
    use crate::cell::loaded::is_any_loaded;
    use std::{
        ffi::OsStr,
        fs::File,
        io::{self, BufRead, BufReader},
        ops::Range,
        os::unix::{ffi::OsStrExt, fs::FileExt},
        path::{Path, PathBuf},
    };

    /// What the section is called in any version of this package.
    const SECTION: &[u8] = b"linkme___TALLYMARK_ELEMENTS_V";

    /// More than the names of sections ever take.
    const MOST_NAMES: u64 = 1 << 20;

    /// What one reading of a file below `/proc` brings at most.
    const PAGE: usize = 4096;

    pub(super) fn objects() -> Option<Objects> {
        let own_address = slice::linked().as_ptr().addr();
        let mut own = None;
        let mut others: Vec<PathBuf> = Vec::new();
        // The kernel hands over a page at a time.
        let mut maps = BufReader::with_capacity(PAGE, File::open("/proc/self/maps").ok()?);
        let mut line = Vec::new();
        while maps.read_until(b'\n', &mut line).ok()? > 0 {
            if let Some(mapping) = Mapping::read(line.trim_ascii_end()) {
                if mapping.addresses.contains(&own_address) {
                    own = mapping.path().map(Path::to_owned);
                }
                if let Some(path) = mapping.path().filter(|_| mapping.is_executable) {
                    others.push(path.to_owned());
                }
            }
            line.clear();
        }
        let own = own?;
        // As texts, since paths are compared by their parts. What is mapped of one file lies side by side.
        others.dedup_by(|a, b| a.as_os_str() == b.as_os_str());
        others.retain(|path| path.as_os_str() != own.as_os_str() && has_elements(path).unwrap_or(false));
        others.sort_unstable();
        others.dedup();
        Some(Objects { own, others })
    }

    /// Names of the C runtime's libraries up to the first point. They are written in C, and are what a program is linked to
    /// in any case.
    const RUNTIME: [&[u8]; 10] = [
        b"libc",
        b"libdl",
        b"libgcc_s",
        b"libm",
        b"libpthread",
        b"librt",
        b"libutil",
        b"linux-vdso",
        b"linux-gate",
        b"[vdso]",
    ];

    pub(super) fn may_be_others() -> bool {
        is_any_loaded(|path| !is_of_runtime(path))
    }

    /// Whether an object of this path belongs to the C runtime: one of its libraries, its linker, or what the kernel adds.
    fn is_of_runtime(path: &[u8]) -> bool {
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let stem = name.split(|&byte| byte == b'.').next().unwrap_or_default();
        RUNTIME.contains(&stem) || stem.starts_with(b"ld-") || stem.starts_with(b"ld64")
    }

    /// A part of what is in memory.
    struct Mapping<'a> {
        addresses: Range<usize>,
        is_executable: bool,
        /// What it is in the file of a device, and the path of that file, if it is of one.
        rest: &'a [u8],
    }

    impl<'a> Mapping<'a> {
        /// Reads `start-end permissions offset device inode path`.
        fn read(line: &'a [u8]) -> Option<Self> {
            let (start, rest) = address(line)?;
            let (end, rest) = address(rest.strip_prefix(b"-")?)?;
            let (permissions, rest) = rest.strip_prefix(b" ")?.split_first_chunk::<4>()?;
            Some(Self { addresses: start..end, is_executable: permissions.contains(&b'x'), rest })
        }

        /// The path of the file, if there is one.
        fn path(&self) -> Option<&'a Path> {
            let path = self.rest.get(self.rest.iter().position(|&byte| byte == b'/')?..)?;
            Some(Path::new(OsStr::from_bytes(path)))
        }
    }

    /// Reads hexadecimal digits. Returns also what is behind them.
    fn address(text: &[u8]) -> Option<(usize, &[u8])> {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let digits = text.iter().map_while(digit);
        let (count, address) = digits.fold((0, 0_usize), |(count, address), digit| {
            (count + 1, address.wrapping_shl(4) | digit as usize)
        });
        (count > 0).then(|| (address, text.get(count..).unwrap_or_default()))
    }

    /// Whether the file is an object that has a list of elements.
    fn has_elements(path: &Path) -> io::Result<bool> {
        // Opening what is no file may do something.
        if !path.metadata()?.is_file() {
            return Ok(false);
        }
        let names = section_names(&File::open(path)?)?;
        let begins = |at: &usize| names.get(*at..).is_some_and(|rest| rest.starts_with(SECTION));
        let first = |(at, byte): (usize, &u8)| (*byte == SECTION[0]).then_some(at);
        Ok(names.iter().enumerate().filter_map(first).any(|at| begins(&at)))
    }

    /// The names of the sections of an ELF file, one after the other. What is loaded has the words of this process.
    ///
    /// Three readings: the header, the entry of the section that holds the names, and that section. Every program does this
    /// in its first exposition.
    fn section_names(file: &File) -> io::Result<Vec<u8>> {
        const WORD: usize = size_of::<usize>();
        let mut header = [0; 64];
        let read = file.read_at(&mut header, 0)?;
        if !header.starts_with(b"\x7fELF") || read < 40 + 3 * WORD {
            return Ok(Vec::new());
        }
        // Behind the identification and eight bytes come three addresses and the flags, of four bytes.
        let table = number(&header, 24 + 2 * WORD, WORD);
        let sizes = 24 + 3 * WORD + 4;
        let (entry, names) = (number(&header, sizes + 6, 2), number(&header, sizes + 10, 2));
        // Each entry begins with two numbers of four bytes, flags and an address.
        let mut place = [0; 2 * WORD];
        let names = table.saturating_add(entry * names).saturating_add(8 + 2 * WORD as u64);
        file.read_exact_at(&mut place, names)?;
        let (start, len) = (number(&place, 0, WORD), number(&place, WORD, WORD).min(MOST_NAMES));
        let mut names = vec![0; usize::try_from(len).unwrap_or_default()];
        file.read_exact_at(&mut names, start)?;
        Ok(names)
    }

    /// The number of so many bytes from `start` on.
    fn number(bytes: &[u8], start: usize, len: usize) -> u64 {
        let digits = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
        let bytes = bytes.get(start..start + len).unwrap_or_default();
        if cfg!(target_endian = "big") {
            bytes.iter().fold(0, digits)
        } else {
            bytes.iter().rev().fold(0, digits)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn this_program_has_elements_and_other_files_have_none() {
            assert!(has_elements(&std::env::current_exe().unwrap()).unwrap());
            let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
            assert!(!has_elements(&manifest).unwrap());
            assert!(!has_elements(Path::new("/")).unwrap());
            assert!(has_elements(Path::new("/there is nothing")).is_err());
            // The C library, or the program itself where there is none.
            let objects = objects().unwrap();
            assert_eq!(objects.own, std::env::current_exe().unwrap());
            assert_eq!(objects.others, Vec::<PathBuf>::new());
        }

        #[test]
        fn libraries_of_the_c_runtime_are_known_by_their_names() {
            for path in [
                "/lib/x86_64-linux-gnu/libc.so.6",
                "/usr/lib/libgcc_s.so.1",
                "/lib64/ld-linux-x86-64.so.2",
                "/lib/ld64.so.1",
                "/lib/ld-musl-aarch64.so.1",
                "libm.so",
                "linux-vdso.so.1",
                "[vdso]",
            ] {
                assert!(is_of_runtime(path.as_bytes()), "{path}");
            }
            for path in
                ["", "/", "/libc/plugin.so", "./libplugin.so", "libcrypto.so.3", "old.so", "/usr/bin/shop"]
            {
                assert!(!is_of_runtime(path.as_bytes()), "{path}");
            }
        }

        #[test]
        fn mappings_are_read_as_the_kernel_writes_them() {
            let line =
                b"7f5c0a000000-7f5c0a021000 r-xp 00002000 fe:01 1234       /a dir/lib \xff.so (deleted)";
            let mapping = Mapping::read(line).unwrap();
            assert_eq!(mapping.addresses, 0x7f5c_0a00_0000..0x7f5c_0a02_1000);
            assert!(mapping.is_executable);
            assert_eq!(mapping.path().unwrap().as_os_str().as_bytes(), b"/a dir/lib \xff.so (deleted)");
            assert!(!Mapping::read(b"0-1 rw-p 0 fe:01 1 /a").unwrap().is_executable);
            for line in [&b"0-1 r-xp 0 00:00 0"[..], b"7ffd-7ffe rw-p 0 00:00 0 [stack]"] {
                assert_eq!(Mapping::read(line).unwrap().path(), None);
            }
            for line in [&b""[..], b"/", b"x-1 r-xp /a", b"0-x r-xp /a", b"0-1", b"0-1 r"] {
                assert!(Mapping::read(line).is_none());
            }
        }
    }
}

#[cfg(not(all(not(miri), any(target_os = "linux", target_os = "android"))))]
mod loaded {
    use super::Objects;

    pub(super) fn objects() -> Option<Objects> {
        None
    }

    pub(super) fn may_be_others() -> bool {
        false
    }
}
