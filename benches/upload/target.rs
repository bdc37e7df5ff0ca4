//! What is measured: the service on two foundations, and the S3 server without it.

use std::fs;
use std::io::Read;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::options::Path;
use crate::payload::{Format, Payload};
use crate::s3::Bucket;
use crate::support::http::{Connection, Reply};
use crate::support::place;
use crate::support::service::{Service, Settings};

/// The limit of the standard that the showcases are made for.
const PIECES_PER_SHOWCASE: usize = 20;
const BOUNDARY: &str = "exhibit-bench-5b1c7e09a4d2";

pub struct Target {
    pub path: Path,
    way: Way,
}

enum Way {
    Service { service: Service, token: String },
    Direct(Bucket),
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
        let way = match path {
            Path::Direct => Way::Direct(Bucket::from_environment()?),
            Path::Disk | Path::S3 => {
                let service = Service::start(settings(path)?)?;
                let token = provider_token(&service.settings)?;
                Way::Service { service, token }
            }
        };
        Ok(Self { path, way })
    }

    pub fn host(&self) -> &str {
        match &self.way {
            Way::Service { service, .. } => &service.host,
            Way::Direct(bucket) => &bucket.host,
        }
    }

    /// The process whose CPU time and memory are measured.
    pub fn pid(&self) -> Option<u32> {
        match &self.way {
            Way::Service { service, .. } => Some(service.pid()),
            Way::Direct(_) => None,
        }
    }

    /// Places for the uploads of one run: showcases for the service, prefixes for the store. There
    /// are as many as work at once, because people fill their own showcase, not all the same one.
    pub async fn places(&self, uploads: usize, at_once: usize, serial: u64) -> anyhow::Result<Vec<String>> {
        let count = uploads.div_ceil(PIECES_PER_SHOWCASE).max(at_once);
        let mut places = Vec::with_capacity(count);
        match &self.way {
            Way::Direct(_) => places.push(format!("direct/{serial}")),
            Way::Service { token, .. } => {
                let mut connection = Connection::open(self.host()).await?;
                for at in 0..count as u64 {
                    let showcase = showcase(serial * 1000 + at);
                    let made = connection.post_json("/api/v1/showcases", token, &showcase, 201).await?;
                    places.push(text(&made, "id")?);
                }
            }
        }
        Ok(places)
    }

    /// One upload, from its request line to its last byte.
    pub fn request(&self, place: &str, format: Format, number: u64, payload: Payload) -> Box<dyn Read + Send> {
        match &self.way {
            Way::Direct(bucket) => {
                let head = bucket.head("PUT", &format!("{place}/{number}"), payload.length());
                Box::new(std::io::Cursor::new(head).chain(payload))
            }
            Way::Service { token, .. } => {
                let before = form(format, number);
                let after = format!("\r\n--{BOUNDARY}--\r\n");
                let length = before.len() as u64 + payload.length() + after.len() as u64;
                let head = format!(
                    "POST /api/v1/showcases/{place}/pieces HTTP/1.1\r\nHost: {}\r\n\
                     Authorization: Bearer {token}\r\nAccept: application/json\r\n\
                     Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\
                     Content-Length: {length}\r\n\r\n{before}",
                    self.host()
                );
                Box::new(std::io::Cursor::new(head).chain(payload).chain(std::io::Cursor::new(after)))
            }
        }
    }

    /// Reads an answer; anything but an acknowledgement is an error.
    pub fn kept(&self, place: &str, number: u64, reply: &Reply) -> anyhow::Result<Kept> {
        match &self.way {
            Way::Direct(_) => {
                ensure!(reply.status == 200, "{}", reply.brief());
                Ok(Kept { name: format!("{place}/{number}"), bytes: None, sha256: None })
            }
            Way::Service { .. } => {
                ensure!(reply.status == 201, "{}", reply.brief());
                let piece: Value = serde_json::from_slice(&reply.body).context("not JSON")?;
                let bytes = piece["bytes"].as_u64().context("no bytes in the answer")?;
                let (name, sha256) = (text(&piece, "id")?, text(&piece, "sha256")?);
                Ok(Kept { name, bytes: Some(bytes), sha256: Some(sha256) })
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
            Way::Direct(bucket) => {
                let head = bucket.head("GET", &kept.name, 0);
                connection.exchange_into(head.as_bytes(), sink).await
            }
            Way::Service { token, .. } => {
                let path = format!("/api/v1/pieces/{}/content", kept.name);
                connection.get_into(&path, token, sink).await
            }
        }
    }

    /// Removes it again, so that a long run does not fill the disk.
    pub async fn remove(&self, connection: &mut Connection, kept: &Kept) -> anyhow::Result<()> {
        let reply = match &self.way {
            Way::Direct(bucket) => {
                let head = bucket.head("DELETE", &kept.name, 0);
                connection.exchange(head.as_bytes()).await?
            }
            Way::Service { token, .. } => {
                let path = format!("/api/v1/pieces/{}", kept.name);
                connection.delete(&path, token).await?
            }
        };
        ensure!(reply.status == 204, "removing answered {}", reply.brief());
        Ok(())
    }
}

fn settings(path: Path) -> anyhow::Result<Settings> {
    let folder = place::scratch()?.join(path.name());
    fs::create_dir_all(&folder)?;
    let mut environment = Vec::new();
    if path == Path::Disk {
        let records = format!("sqlite://{}", folder.join("records.sqlite").display());
        environment.push(("EXHIBIT__DATABASE__URL", records));
        let objects = format!("disk:{}", folder.join("objects").display());
        environment.push(("EXHIBIT__STORAGE__URL", objects));
    } else {
        let bucket = Bucket::from_environment()?;
        environment.push(("EXHIBIT__DATABASE__URL", place::setting("BENCH_POSTGRES_URL")?));
        environment.push(("EXHIBIT__STORAGE__URL", format!("s3://{}/service", bucket.name)));
        environment.push(("EXHIBIT__STORAGE__ENDPOINT", bucket.endpoint));
        environment.push(("EXHIBIT__STORAGE__REGION", bucket.region));
        environment.push(("EXHIBIT__STORAGE__ACCESS_KEY_ID", bucket.access_key));
        environment.push(("EXHIBIT__STORAGE__SECRET_ACCESS_KEY", bucket.secret_key));
    }
    Ok(Settings { environment, folder })
}

fn provider_token(settings: &Settings) -> anyhow::Result<String> {
    let email = "provider@example.org";
    let organisation = ["organisation", "add", "--kind", "provider", "--name", "Benchmark Training"];
    let organisation = settings.command(&organisation)?;
    let user = ["user", "add", "--email", email, "--name", "Benchmark Provider", "--role", "provider"];
    settings.command(&[&user[..], &["--organisation", &organisation]].concat())?;
    settings.command(&["token", "issue", "--email", email])
}

fn showcase(number: u64) -> Value {
    json!({
        "standard": "ST0072",
        "version": "1.1",
        "apprentice": {
            "name": format!("Apprentice {number}"),
            "email": format!("apprentice-{number}@example.org"),
            "uln": learner_number(number),
            "uln_reason": null,
        },
        "employer": "Benchmark Employer",
        "started_on": "2025-01-06",
    })
}

/// A valid unique learner number: nine digits, and a tenth that makes the weighted sum 10 modulo 11.
fn learner_number(number: u64) -> String {
    // Where the tenth would have to be 10, there is no such number: every start has ten tries.
    let valid = (0..10).find_map(|attempt| {
        let digits = (100_000_000 + number * 10 + attempt).to_string();
        let weighted = (2..=10).rev().zip(digits.bytes()).map(|(weight, digit)| weight * u64::from(digit - b'0'));
        let check = (10 + 11 - weighted.sum::<u64>() % 11) % 11;
        (check < 10).then(|| format!("{digits}{check}"))
    });
    valid.unwrap_or_default()
}

fn form(format: Format, number: u64) -> String {
    let title = format!("Evidence {number}");
    let fields = [
        ("title", title.as_str()),
        ("kind", format.kind()),
        ("claims", "ORG,TEA"),
        ("confidentiality", "not_applicable"),
        ("authentic", "true"),
    ];
    let mut form: String = fields
        .iter()
        .map(|(name, value)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .collect();
    form.push_str(&format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"e{number}.{}\"\r\n\
         Content-Type: {}\r\n\r\n",
        format.extension(),
        format.media_type()
    ));
    form
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let text = value[name].as_str().with_context(|| format!("no {name} in the answer"))?;
    Ok(text.to_owned())
}
