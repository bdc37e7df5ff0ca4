//! The service on one of its two foundations, with a provider who uploads into showcases of their own.

use std::fs;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::http::{Connection, Reply};
use super::payload::{Format, Payload};
use super::place;
use super::s3::Bucket;
use super::service::{Service, Settings};
use super::tus;

/// The limit of the standard that the showcases are made for.
pub const PIECES_PER_SHOWCASE: usize = 20;
pub const BOUNDARY: &str = "exhibit-bench-5b1c7e09a4d2";
const UPLOADS: &str = "/api/v1/uploads";

/// What the service keeps its records and its objects in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foundation {
    /// SQLite and a folder.
    Disk,
    /// PostgreSQL and an S3 bucket.
    S3,
}

pub struct Exhibit {
    service: Service,
    token: String,
}

/// What became of an upload.
pub struct Piece {
    pub id: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Exhibit {
    /// Starts the service in a folder of its own, with further settings.
    pub fn start(foundation: Foundation, name: &str, further: &[(&'static str, String)]) -> anyhow::Result<Self> {
        let mut settings = settings(foundation, name)?;
        settings.environment.extend_from_slice(further);
        let service = Service::start(settings)?;
        let token = provider_token(&service.settings)?;
        Ok(Self { service, token })
    }

    pub fn host(&self) -> &str {
        self.service.host()
    }

    pub fn pid(&self) -> u32 {
        self.service.pid()
    }

    /// Makes so many showcases; apprentices are numbered from `first` on.
    pub async fn showcases(&self, count: usize, first: u64) -> anyhow::Result<Vec<String>> {
        let mut connection = Connection::open(self.host()).await?;
        let mut made = Vec::with_capacity(count);
        for number in first..first + count as u64 {
            let answer = connection.post_json("/api/v1/showcases", &self.token, &showcase(number), 201).await?;
            made.push(text(&answer, "id")?);
        }
        Ok(made)
    }

    /// One upload as a form, from its request line to its last byte.
    pub fn form(&self, showcase: &str, format: Format, number: u64, payload: Payload) -> impl std::io::Read + use<> {
        let path = format!("/api/v1/showcases/{showcase}/pieces");
        let headers = format!("{}Accept: application/json\r\n", self.authorization());
        form(self.host(), &path, &headers, format, number, payload)
    }

    /// One upload over several requests.
    pub fn resumable(&self, showcase: &str, format: Format, number: u64, length: u64) -> tus::Upload<'_> {
        let name = file_name(format, number);
        let mut fields = vec![("showcase", showcase), ("filename", &name), ("filetype", format.media_type())];
        let title = title(number);
        fields.extend(declarations(format, &title));
        let metadata = tus::metadata(&fields);
        tus::Upload { host: self.host(), path: UPLOADS, headers: self.authorization(), length, metadata }
    }

    fn authorization(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.token)
    }

    /// What became of an upload, by its last answer: that of a form has the piece, the other one says where it is.
    pub async fn piece(&self, connection: &mut Connection, reply: &Reply) -> anyhow::Result<Piece> {
        let piece: Value = match reply.header("piece-location") {
            None => serde_json::from_slice(&reply.body).context("not JSON")?,
            Some(location) => {
                let found = connection.get(location, &self.token).await?;
                ensure!(found.status == 200, "{}", found.brief());
                serde_json::from_slice(&found.body)?
            }
        };
        let bytes = piece["bytes"].as_u64().context("no bytes in the answer")?;
        Ok(Piece { id: text(&piece, "id")?, bytes, sha256: text(&piece, "sha256")? })
    }

    /// Reads a piece's bytes into `sink`; returns the status.
    pub async fn content(
        &self,
        connection: &mut Connection,
        id: &str,
        sink: impl FnMut(&[u8]),
    ) -> std::io::Result<u16> {
        connection.get_into(&format!("/api/v1/pieces/{id}/content"), &self.token, sink).await
    }

    pub async fn get(&self, connection: &mut Connection, path: &str) -> std::io::Result<Reply> {
        connection.get(path, &self.token).await
    }

    pub async fn remove(&self, connection: &mut Connection, id: &str) -> std::io::Result<Reply> {
        connection.delete(&format!("/api/v1/pieces/{id}"), &self.token).await
    }
}

/// A file and its declarations in one form, the file last.
pub fn form(
    host: &str,
    path: &str,
    headers: &str,
    format: Format,
    number: u64,
    payload: Payload,
) -> impl std::io::Read + use<> {
    use std::io::{Cursor, Read};
    let title = title(number);
    let mut before: String = declarations(format, &title)
        .iter()
        .map(|(name, value)| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        })
        .collect();
    before.push_str(&format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: {}\r\n\r\n",
        file_name(format, number),
        format.media_type()
    ));
    let after = format!("\r\n--{BOUNDARY}--\r\n");
    let length = before.len() as u64 + payload.length() + after.len() as u64;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {length}\r\n\r\n{before}"
    );
    Cursor::new(head).chain(payload).chain(Cursor::new(after))
}

pub fn file_name(format: Format, number: u64) -> String {
    format!("e{number}.{}", format.extension())
}

fn title(number: u64) -> String {
    format!("Evidence {number}")
}

fn declarations(format: Format, title: &str) -> [(&'static str, &str); 5] {
    [
        ("title", title),
        ("kind", format.kind()),
        ("claims", "ORG,TEA"),
        ("confidentiality", "not_applicable"),
        ("authentic", "true"),
    ]
}

fn settings(foundation: Foundation, name: &str) -> anyhow::Result<Settings> {
    let folder = place::scratch()?.join(name);
    fs::create_dir_all(&folder)?;
    let mut environment = Vec::new();
    if foundation == Foundation::Disk {
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

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let text = value[name].as_str().with_context(|| format!("no {name} in the answer"))?;
    Ok(text.to_owned())
}
