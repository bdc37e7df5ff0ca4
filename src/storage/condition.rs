//! How the store is, for those who run the service: what and where it is, the room that is left, and the memory for uploads.

use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::statvfs;

use super::blocks::Blocks;
use super::{BLOCK, Storage};

/// A store's condition at one moment.
#[derive(Clone, Debug)]
pub struct Condition {
    pub kind: &'static str,
    /// The folder that this replica writes to: objects, or uploads that there is no memory for.
    pub folder: PathBuf,
    pub disk: Room,
    pub memory: Room,
}

/// Bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Room {
    pub free: u64,
    pub all: u64,
}

impl Room {
    fn of(blocks: &Blocks) -> Self {
        let (free, all) = blocks.counted();
        Self { free: (free * BLOCK) as u64, all: (all * BLOCK) as u64 }
    }

    fn and(self, other: Self) -> Self {
        Self { free: self.free + other.free, all: self.all + other.all }
    }
}

impl Storage {
    /// # Errors
    /// When the system cannot tell how full the disk is.
    pub async fn condition(&self) -> io::Result<Condition> {
        let (kind, folder, memory) = match self {
            Self::Disk(disk) => ("disk", disk.root(), Room::of(&disk.blocks())),
            Self::S3(s3) => {
                let [parts, spooled] = s3.memory();
                ("S3", s3.folder(), Room::of(&parts).and(Room::of(&spooled)))
            }
        };
        let on = folder.clone();
        let disk = tokio::task::spawn_blocking(move || room_on(&on)).await.map_err(io::Error::other)??;
        Ok(Condition { kind, folder, disk, memory })
    }
}

fn room_on(folder: &Path) -> io::Result<Room> {
    let told = statvfs(folder)?;
    Ok(Room { free: told.f_bavail * told.f_frsize, all: told.f_blocks * told.f_frsize })
}
