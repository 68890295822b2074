//! Unix sockets.

use std::{
    fs, io,
    os::unix::{
        fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    process,
};

use super::bound::{Bound, Endpoint, Removal, Socket};

/// Listens on a socket that nobody can connect to before it has its mode.
pub(super) fn bind(path: &Path, mode: u32) -> io::Result<Bound> {
    check_free(path)?;
    // Sockets are made with a mode that the process's umask decides. So this one is made where nobody else can go, and
    // comes to its place by being renamed, which also replaces what is stale there.
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let nursery = Nursery::new(path)?;
    let new = nursery.0.join("s");
    let listener = UnixListener::bind(&new)?;
    listener.set_nonblocking(true)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
    let identity = fs::metadata(&new)?.ino();
    let place = path.with_file_name(name);
    fs::rename(&new, &place)?;
    drop(nursery);
    let endpoint = Endpoint::Unix(path.to_owned());
    Ok(Bound { endpoint, socket: Socket::Unix(listener, Removal::new(place, identity)) })
}

/// Whether there is nothing at the path, or only a socket that nobody listens on any more.
fn check_free(path: &Path) -> io::Result<()> {
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    if !metadata.file_type().is_socket() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        // Whoever may not connect cannot know whether somebody listens.
        Err(error) => Err(error),
        Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
    }
}

/// A directory that only this user can enter, until it is dropped.
struct Nursery(PathBuf);

impl Nursery {
    /// Beside the path, as things are renamed within one file system only. The name is short, as that of a socket must be.
    fn new(path: &Path) -> io::Result<Self> {
        for attempt in 0..100 {
            let nursery = path.with_file_name(format!(".{}-{attempt}", process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&nursery) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return created.map(|()| Self(nursery)),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        // What is left over after a failure is a socket that nobody listens on.
        let _ = fs::remove_file(self.0.join("s"));
        let _ = fs::remove_dir(&self.0);
    }
}
