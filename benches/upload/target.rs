//! What is measured: the service on two foundations, programs that do less or do it otherwise, and the S3 server alone.

use std::io::{Cursor, Read};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::options::{Path, Proto};
use crate::peer;
use crate::support::child::Child;
use crate::support::exhibit::{Exhibit, Foundation, PIECES_PER_SHOWCASE, file_name, form};
use crate::support::http::{Connection, Reply};
use crate::support::payload::{Format, Payload};
use crate::support::s3::Bucket;
use crate::support::tus;

/// Where the relay and the peers take uploads.
const PEER_FORM: &str = "/uploads";
const PEER_TUS: &str = "/files";

pub struct Target {
    pub path: Path,
    way: Way,
}

enum Way {
    Service(Exhibit),
    /// A program that keeps objects under the names that it answers, in the bucket itself.
    Peer(Child, Bucket),
    Direct(Bucket),
}

/// One file on its way to a target.
pub struct Evidence {
    pub format: Format,
    pub number: u64,
    pub payload: Payload,
}

/// What a target says it has kept.
pub struct Kept {
    /// The object's key, or the piece's id.
    name: String,
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

impl Target {
    pub fn start(path: Path) -> anyhow::Result<Self> {
        // One person sends everything here, many people would in real use.
        let many = [("EXHIBIT__UPLOADS__MAX_OPEN", "1000".to_owned())];
        let way = match path {
            Path::Direct => Way::Direct(Bucket::from_environment()?),
            Path::Disk => Way::Service(Exhibit::start(Foundation::Disk, path.name(), &many)?),
            Path::S3 => Way::Service(Exhibit::start(Foundation::S3, path.name(), &many)?),
            Path::Relay | Path::Express | Path::Fastapi | Path::TusNode => {
                Way::Peer(peer::start(path)?, Bucket::from_environment()?)
            }
        };
        Ok(Self { path, way })
    }

    /// Where uploads are sent.
    pub fn host(&self) -> &str {
        match &self.way {
            Way::Service(exhibit) => exhibit.host(),
            Way::Peer(child, _) => &child.host,
            Way::Direct(bucket) => &bucket.host,
        }
    }

    /// Where what was kept is read and removed.
    pub fn keeper(&self) -> &str {
        match &self.way {
            Way::Service(exhibit) => exhibit.host(),
            Way::Peer(_, bucket) | Way::Direct(bucket) => &bucket.host,
        }
    }

    /// The process whose CPU time and memory are measured.
    pub fn pid(&self) -> Option<u32> {
        match &self.way {
            Way::Service(exhibit) => Some(exhibit.pid()),
            Way::Peer(child, _) => Some(child.pid()),
            Way::Direct(_) => None,
        }
    }

    /// How many rows a program that is no service has inserted in this run.
    pub fn take_rows(&self) -> anyhow::Result<Option<usize>> {
        match &self.way {
            Way::Peer(..) => peer::take_rows().map(Some),
            Way::Service(_) | Way::Direct(_) => Ok(None),
        }
    }

    /// Places for the uploads of one run: showcases for the service, prefixes for the store. There
    /// are as many as work at once, because people fill their own showcase, not all the same one.
    pub async fn places(&self, uploads: usize, at_once: usize, serial: u64) -> anyhow::Result<Vec<String>> {
        match &self.way {
            Way::Direct(_) | Way::Peer(..) => Ok(vec![format!("direct/{serial}")]),
            Way::Service(exhibit) => {
                let count = uploads.div_ceil(PIECES_PER_SHOWCASE).max(at_once);
                exhibit.showcases(count, serial * 1000).await
            }
        }
    }

    /// Sends one file, and returns the answer to its last byte.
    pub async fn send(
        &self,
        connection: &mut Connection,
        proto: Proto,
        place: &str,
        evidence: Evidence,
    ) -> anyhow::Result<Reply> {
        let Evidence { format, number, payload } = evidence;
        let upload = match (&self.way, proto) {
            (Way::Direct(bucket), _) => {
                let head = bucket.head("PUT", &format!("{place}/{number}"), payload.length());
                return Ok(connection.exchange(Cursor::new(head).chain(payload)).await?);
            }
            (Way::Service(exhibit), Proto::Multipart) => {
                return Ok(connection.exchange(exhibit.form(place, format, number, payload)).await?);
            }
            (Way::Peer(..), Proto::Multipart) => {
                let form = form(self.host(), PEER_FORM, "", format, number, payload);
                return Ok(connection.exchange(form).await?);
            }
            (Way::Service(exhibit), _) => exhibit.resumable(place, format, number, payload.length()),
            (Way::Peer(..), _) => {
                let metadata =
                    tus::metadata(&[("filename", &file_name(format, number)), ("filetype", format.media_type())]);
                let (host, length) = (self.host(), payload.length());
                tus::Upload { host, path: PEER_TUS, headers: String::new(), length, metadata }
            }
        };
        if proto == Proto::TusCwu {
            return Ok(connection.exchange(Cursor::new(upload.creation(true)).chain(payload)).await?);
        }
        let created = connection.exchange(upload.creation(false).as_bytes()).await?;
        ensure!(created.status == 201, "creation answered {}", created.brief());
        let location = tus::location(&created).context("created without Location")?;
        Ok(connection.exchange(Cursor::new(upload.rest(&location, 0)).chain(payload)).await?)
    }

    /// Reads an answer; anything but an acknowledgement is an error. The connection is to the keeper.
    pub async fn kept(
        &self,
        connection: &mut Connection,
        place: &str,
        number: u64,
        reply: &Reply,
    ) -> anyhow::Result<Kept> {
        match &self.way {
            Way::Direct(_) => Ok(Kept { name: format!("{place}/{number}"), bytes: None, sha256: None }),
            Way::Service(exhibit) => {
                let piece = exhibit.piece(connection, reply).await?;
                Ok(Kept { name: piece.id, bytes: Some(piece.bytes), sha256: Some(piece.sha256) })
            }
            Way::Peer(..) => {
                let told: Value = serde_json::from_slice(&reply.body).context("not JSON")?;
                let (name, sha256) = (told["id"].as_str(), told["sha256"].as_str());
                Ok(Kept {
                    name: name.context("no id in the answer")?.to_owned(),
                    bytes: Some(told["bytes"].as_u64().context("no bytes in the answer")?),
                    sha256: Some(sha256.context("no sha256 in the answer")?.to_owned()),
                })
            }
        }
    }

    /// Reads back what was kept, into `sink`; returns the status.
    pub async fn read_back(
        &self,
        connection: &mut Connection,
        kept: &Kept,
        sink: impl FnMut(&[u8]),
    ) -> std::io::Result<u16> {
        match &self.way {
            Way::Direct(bucket) | Way::Peer(_, bucket) => {
                connection.exchange_into(bucket.head("GET", &kept.name, 0).as_bytes(), sink).await
            }
            Way::Service(exhibit) => exhibit.content(connection, &kept.name, sink).await,
        }
    }

    /// Removes it again, so that a long run does not fill the disk.
    pub async fn remove(&self, connection: &mut Connection, kept: &Kept) -> anyhow::Result<()> {
        let reply = match &self.way {
            Way::Direct(bucket) | Way::Peer(_, bucket) => {
                if self.path == Path::TusNode {
                    // What it keeps beside each object.
                    connection.exchange(bucket.head("DELETE", &format!("{}.info", kept.name), 0).as_bytes()).await?;
                }
                connection.exchange(bucket.head("DELETE", &kept.name, 0).as_bytes()).await?
            }
            Way::Service(exhibit) => exhibit.remove(connection, &kept.name).await?,
        };
        ensure!(reply.status == 204, "removing answered {}", reply.brief());
        Ok(())
    }
}
