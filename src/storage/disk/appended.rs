//! Uploads that arrive over many requests, each one file that grows. The system's lock on it is held by one writer,
//! here or in another process; its bytes become an object by a second name, so that nothing is lost before the first goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use rustix::fs::{FlockOperation, flock};
use tokio::task::spawn_blocking;

use super::{Disk, make_folder, sync_folder};
use crate::domain::digest::Digest;
use crate::domain::ids::UploadId;
use crate::storage::gathered::Gathered;
use crate::storage::key::UPLOADS;
use crate::storage::staging::Place;
use crate::storage::{Cursor, Error, Fragment, FragmentKey, ObjectKey, Staged};

/// An upload's file, and the lock on it.
pub struct Held {
    pub file: Arc<File>,
}

/// A file that is whole: sealing gives it its object's name.
pub struct Appended {
    from: PathBuf,
    home: PathBuf,
}

impl Held {
    /// Makes the file `len` bytes long and goes on behind them.
    pub async fn cut(&self, len: u64) -> Result<(), Error> {
        let file = Arc::clone(&self.file);
        spawn_blocking(move || {
            if file.metadata()?.len() < len {
                return Err(io::Error::other("an upload's file is shorter than what is recorded of it"));
            }
            file.set_len(len)?;
            (&*file).seek(SeekFrom::Start(len)).map(drop)
        })
        .await?
        .map_err(Error::from)
    }

    pub async fn sync(&self) -> Result<(), Error> {
        let file = Arc::clone(&self.file);
        Ok(spawn_blocking(move || file.sync_data()).await??)
    }
}

impl Disk {
    /// The upload's file; `None` while somebody else holds it. Only where nothing has been received yet is it made.
    pub async fn hold(&self, upload: UploadId, make: bool) -> Result<Option<Held>, Error> {
        let path = self.path_of(upload);
        spawn_blocking(move || {
            let folder = path.parent().expect("a file lies in a folder");
            if make {
                make_folder(folder)?;
            }
            let file = OpenOptions::new().read(true).write(true).create(make).truncate(false).open(&path)?;
            if make {
                sync_folder(folder)?;
            }
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
                locked => locked.map(|()| Some(Held { file: Arc::new(file) })).map_err(io::Error::from),
            }
        })
        .await?
        .map_err(Error::from)
    }

    /// The object of a file that is whole.
    pub async fn gather(
        &self,
        upload: UploadId,
        key: ObjectKey,
        len: u64,
        digest: Digest,
    ) -> Result<Option<Staged>, Error> {
        let Some(held) = self.hold(upload, len == 0).await? else { return Ok(None) };
        // Bytes of a writer who was replaced may stand behind the last.
        held.cut(len).await?;
        let place = Place::Appended(Appended { from: self.path_of(upload), home: self.root.join(key.to_string()) });
        Ok(Some(Staged::whole(digest, len, Some(Gathered::File(held.file)), place)))
    }

    fn path_of(&self, upload: UploadId) -> PathBuf {
        self.root.join(FragmentKey { upload, segment: None }.to_string())
    }

    /// The files of all uploads, on one page.
    pub async fn fragments(&self, _: Option<Cursor>) -> Result<(Vec<Fragment>, Option<Cursor>), Error> {
        let folder = self.root.join(UPLOADS);
        let found = spawn_blocking(move || {
            let mut found = Vec::new();
            for shard in entries(folder)? {
                for entry in entries(shard?.path())? {
                    let entry = entry?;
                    let path = entry.path();
                    let name: Vec<_> = path.iter().rev().take(3).filter_map(|part| part.to_str()).collect();
                    let key = name.into_iter().rev().collect::<Vec<_>>().join("/").parse();
                    if let Ok(key) = key {
                        found.push(Fragment { key, modified: entry.metadata()?.modified()? });
                    }
                }
            }
            Ok::<_, io::Error>(found)
        });
        Ok((found.await??, None))
    }

    pub async fn remove_fragment(&self, key: FragmentKey) -> Result<(), Error> {
        let path = self.root.join(key.to_string());
        match spawn_blocking(move || fs::remove_file(path)).await? {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// What is in a folder; nothing, where there is none.
fn entries(folder: PathBuf) -> io::Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
    match fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Box::new(std::iter::empty()))
        }
        entries => Ok(Box::new(entries?)),
    }
}

impl Appended {
    pub async fn seal(self) -> Result<(), Error> {
        spawn_blocking(move || {
            fail::fail_point!("disk-synced", crate::storage::die);
            let folder = self.home.parent().expect("an object lies in a folder");
            make_folder(folder)?;
            fs::hard_link(&self.from, &self.home)?;
            fail::fail_point!("disk-renamed", crate::storage::die);
            sync_folder(folder)
        })
        .await?
        .map_err(|error: io::Error| match Error::from(error) {
            Error::Missing => Error::Unavailable("the upload's file is gone".into()),
            other => other,
        })
    }
}
