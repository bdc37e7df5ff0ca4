//! Objects as files. Sealing is: temporary file, fsync, rename, fsync of the folder; so after a power loss an
//! object is there whole, or not at all.

mod appended;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use tempfile::TempPath;
use tokio::task::spawn_blocking;

use super::blocks::Blocks;
use super::pen::{Into, Pen};
use super::staging::{Place, Staging};
use super::{BLOCK, Content, Cursor, Error, ObjectKey, Span, Stored};
use crate::config::UploadSettings;
pub use appended::{Appended, Held};

/// The folder, beside the objects, in which they are gathered.
const STAGING: &str = "staging";

/// A folder of objects.
#[derive(Clone, Debug)]
pub struct Disk {
    root: Arc<Path>,
    blocks: Blocks,
}

/// An object that is being gathered: dropping it removes its file.
pub(super) struct Unsealed {
    temporary: TempPath,
    home: PathBuf,
}

impl Disk {
    pub fn new(root: &str, uploads: &UploadSettings) -> Self {
        Self { root: Path::new(root).into(), blocks: Blocks::new(uploads.budget_mib as usize * 1024 * 1024) }
    }

    /// The folder of all objects.
    pub fn root(&self) -> PathBuf {
        self.root.to_path_buf()
    }

    /// The memory through which uploads come in.
    pub fn blocks(&self) -> Blocks {
        self.blocks.clone()
    }

    pub async fn open(&self) -> Result<(), Error> {
        let root = Arc::clone(&self.root);
        spawn_blocking(move || {
            fs::create_dir_all(root.join(STAGING))?;
            let trial = tempfile::tempfile_in(root.join(STAGING))?;
            trial.sync_all()?;
            sync_folder(&root)
        })
        .await?
        .map_err(|error| Error::Unavailable(error.into()))
    }

    pub async fn ready(&self) -> Result<(), Error> {
        let staging = self.root.join(STAGING);
        spawn_blocking(move || tempfile::tempfile_in(staging).map(drop))
            .await?
            .map_err(|error| Error::Unavailable(error.into()))
    }

    pub async fn stage(&self, key: ObjectKey) -> Result<Staging, Error> {
        let home = self.root.join(key.to_string());
        let (staging, blocks) = (self.root.join(STAGING), self.blocks());
        spawn_blocking(move || {
            let (file, temporary) = tempfile::NamedTempFile::new_in(staging)?.into_parts();
            let pen = Pen::new(Into::File(Arc::new(file)), blocks, Box::default());
            Ok(Staging::new(pen, Place::Disk(Unsealed { temporary, home })))
        })
        .await?
        .map_err(|error: io::Error| match Error::from(error) {
            Error::Missing => Error::Unavailable("the staging folder is gone".into()),
            other => other,
        })
    }

    pub async fn read(&self, key: ObjectKey, span: Option<Span>) -> Result<Content, Error> {
        let path = self.root.join(key.to_string());
        let (file, len) = spawn_blocking(move || {
            let file = File::open(path)?;
            let len = file.metadata()?.len();
            Ok::<_, io::Error>((Arc::new(file), len))
        })
        .await??;
        let span = span.unwrap_or(Span { start: 0, end: len });
        let blocks = stream::try_unfold((file, span.start), move |(file, at)| async move {
            if at >= span.end {
                return Ok(None);
            }
            let len = usize::try_from(span.end - at).unwrap_or(BLOCK).min(BLOCK);
            let block = read_block(&file, at, len).await?;
            Ok(Some((block, (file, at + len as u64))))
        });
        Ok(blocks.boxed())
    }

    pub async fn remove(&self, key: ObjectKey) -> Result<(), Error> {
        let path = self.root.join(key.to_string());
        match spawn_blocking(move || fs::remove_file(path)).await? {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// One folder of objects at a time; the cursor is the number of the next.
    pub async fn list(&self, from: Option<Cursor>) -> Result<(Vec<Stored>, Option<Cursor>), Error> {
        let shard: u32 = from.map_or(Ok(0), |cursor| cursor.parse()).unwrap_or(0);
        let root = Arc::clone(&self.root);
        let found = spawn_blocking(move || {
            let mut found = Vec::new();
            for kind in ["pieces", "documents"] {
                list_folder(&root, &format!("{kind}/{shard:02x}"), &mut found)?;
            }
            Ok::<_, io::Error>(found)
        })
        .await??;
        Ok((found, (shard < 0xff).then(|| (shard + 1).to_string())))
    }

    pub async fn remove_unsealed(&self, before: SystemTime) -> Result<u64, Error> {
        let staging = self.root.join(STAGING);
        let removed = spawn_blocking(move || {
            let mut removed = 0;
            for entry in fs::read_dir(staging)? {
                let entry = entry?;
                if entry.metadata()?.modified()? <= before {
                    fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
            Ok::<_, io::Error>(removed)
        });
        Ok(removed.await??)
    }
}

impl Unsealed {
    pub async fn seal(self, file: Arc<File>) -> Result<(), Error> {
        spawn_blocking(move || {
            file.sync_all()?;
            fail::fail_point!("disk-synced", crate::storage::die);
            let folder = self.home.parent().expect("an object lies in a folder");
            make_folder(folder)?;
            self.temporary.persist_noclobber(&self.home).map_err(|error| error.error)?;
            fail::fail_point!("disk-renamed", crate::storage::die);
            sync_folder(folder)
        })
        .await?
        .map_err(|error: io::Error| match Error::from(error) {
            Error::Missing => Error::Unavailable("the objects' folder is gone".into()),
            other => other,
        })
    }
}

/// A block of an object.
async fn read_block(file: &Arc<File>, start: u64, len: usize) -> Result<Bytes, Error> {
    let file = Arc::clone(file);
    spawn_blocking(move || {
        let mut block = BytesMut::zeroed(len);
        file.read_exact_at(&mut block, start)?;
        Ok(block.freeze())
    })
    .await?
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Creates a folder so that it, too, survives a power loss.
fn make_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder.parent().expect("objects lie two folders deep");
    make_folder(parent)?;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => sync_folder(parent),
    }
}

fn list_folder(root: &Path, folder: &str, found: &mut Vec<Stored>) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let key = name.to_str().and_then(|name| format!("{folder}/{name}").parse().ok());
        found.push(Stored { key, modified: entry.metadata()?.modified()? });
    }
    Ok(())
}
