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
}

#[cfg(all(not(miri), any(target_os = "linux", target_os = "android")))]
mod loaded {
    use super::{super::slice, Objects};
    use std::{
        collections::BTreeSet,
        ffi::OsStr,
        fs::File,
        io::{self, Read, Seek, SeekFrom},
        ops::Range,
        os::unix::ffi::OsStrExt,
        path::Path,
    };

    /// What the section is called in any version of this package.
    const SECTION: &[u8] = b"linkme___TALLYMARK_ELEMENTS_V";

    /// More than the names of sections ever take.
    const MOST_NAMES: u64 = 1 << 20;

    pub(super) fn objects() -> Option<Objects> {
        let maps = std::fs::read("/proc/self/maps").ok()?;
        let own_address = slice::linked().as_ptr().addr();
        let mut own = None;
        let mut others = BTreeSet::new();
        for mapping in maps.split(|&byte| byte == b'\n').filter_map(Mapping::read) {
            if mapping.addresses.contains(&own_address) {
                own = Some(mapping.path.to_owned());
            }
            if mapping.is_executable {
                others.insert(mapping.path);
            }
        }
        let own = own?;
        others.remove(own.as_path());
        let others = others.into_iter().filter(|path| has_elements(path).unwrap_or(false));
        Some(Objects { others: others.map(Path::to_owned).collect(), own })
    }

    /// A part of a file that is in memory.
    struct Mapping<'a> {
        addresses: Range<usize>,
        is_executable: bool,
        path: &'a Path,
    }

    impl<'a> Mapping<'a> {
        /// Reads `start-end permissions offset device inode path`, if there is a path.
        fn read(line: &'a [u8]) -> Option<Self> {
            let path = line.get(line.iter().position(|&byte| byte == b'/')?..)?;
            let mut fields =
                std::str::from_utf8(line.get(..line.len() - path.len())?).ok()?.split_ascii_whitespace();
            let (start, end) = fields.next()?.split_once('-')?;
            let address = |digits| usize::from_str_radix(digits, 16).ok();
            Some(Self {
                addresses: address(start)?..address(end)?,
                is_executable: fields.next()?.contains('x'),
                path: Path::new(OsStr::from_bytes(path)),
            })
        }
    }

    /// Whether the file is an object that has a list of elements.
    fn has_elements(path: &Path) -> io::Result<bool> {
        // Opening what is no file may do something.
        if !path.metadata()?.is_file() {
            return Ok(false);
        }
        let mut object = Object { file: File::open(path)? };
        let names = object.section_names()?;
        Ok(names.windows(SECTION.len()).any(|part| part == SECTION))
    }

    /// An ELF file. What is loaded has the words of this process.
    struct Object {
        file: File,
    }

    impl Object {
        /// The names of its sections, one after the other.
        fn section_names(&mut self) -> io::Result<Vec<u8>> {
            const WORD: u64 = size_of::<usize>() as u64;
            if self.bytes(0, 4)? != b"\x7fELF" {
                return Ok(Vec::new());
            }
            // Behind the identification and eight bytes come three addresses and the flags, of four bytes.
            let table = self.number(24 + 2 * WORD, WORD)?;
            let sizes = 24 + 3 * WORD + 4;
            let (entry, names) = (self.number(sizes + 6, 2)?, self.number(sizes + 10, 2)?);
            // Each entry begins with two numbers of four bytes, flags and an address.
            let names = table.saturating_add(entry * names).saturating_add(8 + 2 * WORD);
            let (start, len) = (self.number(names, WORD)?, self.number(names.saturating_add(WORD), WORD)?);
            self.bytes(start, len.min(MOST_NAMES))
        }

        fn bytes(&mut self, start: u64, len: u64) -> io::Result<Vec<u8>> {
            self.file.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            (&mut self.file).take(len).read_to_end(&mut bytes)?;
            Ok(bytes)
        }

        fn number(&mut self, start: u64, len: u64) -> io::Result<u64> {
            let bytes = self.bytes(start, len)?;
            let digits = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
            Ok(if cfg!(target_endian = "big") {
                bytes.iter().fold(0, digits)
            } else {
                bytes.iter().rev().fold(0, digits)
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use std::path::PathBuf;

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
        fn mappings_are_read_as_the_kernel_writes_them() {
            let line =
                b"7f5c0a000000-7f5c0a021000 r-xp 00002000 fe:01 1234       /a dir/lib \xff.so (deleted)";
            let mapping = Mapping::read(line).unwrap();
            assert_eq!(mapping.addresses, 0x7f5c_0a00_0000..0x7f5c_0a02_1000);
            assert!(mapping.is_executable);
            assert_eq!(mapping.path.as_os_str().as_bytes(), b"/a dir/lib \xff.so (deleted)");
            assert!(!Mapping::read(b"0-1 rw-p 0 fe:01 1 /a").unwrap().is_executable);
            for line in
                [&b""[..], b"0-1 r-xp 0 00:00 0", b"7ffd-7ffe rw-p 0 00:00 0 [stack]", b"/", b"x-1 r-xp /a"]
            {
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
}
