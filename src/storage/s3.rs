//! Objects in an S3 store. An object of one part is one PUT with its SHA-256; a larger one is a multipart
//! upload, part by part while it is still being received, each with a CRC32C, aborted on any error.

mod remote;
mod resumed;
mod unsealed;

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Region, RequestChecksumCalculation, ResponseChecksumValidation, StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream, SdkBody};
use aws_smithy_http_client::tls;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::{StreamExt, stream};
use tokio::task::spawn_blocking;

use super::blocks::Blocks;
use super::error::BoxError;
use super::gathered::{Gathered, Memory};
use super::outgoing::Outgoing;
use super::pen::{Into, Pen};
use super::staging::{Place, Staging};
use super::sums::Sums;
use super::{Content, Cursor, Error, Integrity, ObjectKey, PART, Span, Stored};
use crate::config::{SettingsError, StorageSettings, UploadSettings};
pub use remote::Remote;
pub(super) use resumed::{Growing, object};
pub(super) use unsealed::Unsealed;

/// About how long the first of three repetitions of a request waits; each further one waits twice as long, up to
/// a random part. A client is told within a second or so that the store does not answer, and asked to come back.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// What a probe writes; nothing else is ever stored under this name.
const PROBE: &str = "probe";

/// A bucket, or a prefix in one.
#[derive(Clone, Debug)]
pub struct S3 {
    client: Client,
    bucket: Arc<str>,
    /// Empty, or ending in `/`.
    prefix: Arc<str>,
    memory: Memory,
    blocks: Blocks,
    spool: Arc<PathBuf>,
}

impl S3 {
    pub fn new(place: &str, settings: &StorageSettings, uploads: &UploadSettings) -> Result<Self, SettingsError> {
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        // The rest is for those who are too large, too slow or too many for memory.
        let budget = uploads.budget_mib as usize * 1024 * 1024;
        let memory = budget / 4 * 3;
        Ok(Self {
            client: client(settings)?,
            bucket: bucket.into(),
            prefix: prefix.into(),
            memory: Memory::new(memory, PART as u64),
            blocks: Blocks::new(budget - memory),
            spool: Arc::new(settings.spool.clone().unwrap_or_else(std::env::temp_dir)),
        })
    }

    /// The folder for uploads that there is no memory for.
    pub fn folder(&self) -> PathBuf {
        self.spool.to_path_buf()
    }

    /// The memory for parts on their way, and for what goes through that folder.
    pub fn memory(&self) -> [Blocks; 2] {
        [self.memory.blocks(), self.blocks.clone()]
    }

    fn path(&self, key: ObjectKey) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Gathered bytes as a body; the SDK asks for it anew when it repeats a request.
    fn body(&self, gathered: Gathered, len: u64) -> ByteStream {
        if let Gathered::Memory(blocks) = &gathered
            && let [block] = blocks.as_slice()
        {
            return ByteStream::from(block.clone());
        }
        let blocks = self.blocks.clone();
        let body = move || SdkBody::from_body_1_x(Outgoing::new(gathered.clone(), len, blocks.clone()));
        ByteStream::new(SdkBody::retryable(body))
    }

    /// Writes an object with a deliberately wrong checksum: a store that takes it verifies none.
    pub async fn probe(&self) -> Result<Integrity, Error> {
        self.ready().await?;
        let path = format!("{}{PROBE}", self.prefix);
        let wrong = BASE64.encode([0; 32]);
        let put = self.client.put_object().bucket(&*self.bucket).key(&path);
        match put.body(ByteStream::from_static(b"probe")).checksum_sha256(wrong).send().await {
            Err(SdkError::ServiceError(refusal)) if refusal.raw().status().as_u16() == 400 => Ok(Integrity::Verified),
            Err(error) => Err(unavailable(error)),
            Ok(_) => {
                let removed = self.client.delete_object().bucket(&*self.bucket).key(path).send().await;
                removed.map(|_| Integrity::Unverified).map_err(unavailable)
            }
        }
    }

    pub async fn ready(&self) -> Result<(), Error> {
        self.client.head_bucket().bucket(&*self.bucket).send().await.map(drop).map_err(unavailable)
    }

    pub async fn stage(&self, key: ObjectKey, announced: Option<u64>) -> Result<Staging, Error> {
        let unsealed = Unsealed::new(self.clone(), key);
        let first = announced.map(|announced| announced.min(PART as u64));
        let pen = self.pen(first, Box::default()).await?;
        Ok(Staging::new(pen, Place::S3(unsealed, announced)))
    }

    /// Gathers `expected` bytes at most, in memory or in the spool.
    async fn pen(&self, expected: Option<u64>, sums: Box<Sums>) -> Result<Pen, Error> {
        let into = match self.memory.room(expected).await {
            Some(room) => Into::Memory(room),
            None => Into::File(Arc::new(self.spool().await?)),
        };
        Ok(Pen::new(into, self.blocks.clone(), sums))
    }

    /// A file without a name.
    async fn spool(&self) -> Result<File, Error> {
        let spool = Arc::clone(&self.spool);
        spawn_blocking(move || tempfile::tempfile_in(&*spool)).await?.map_err(|error| match Error::from(error) {
            Error::Missing => Error::Unavailable("the spool folder is not there".into()),
            other => other,
        })
    }

    pub async fn read(&self, key: ObjectKey, span: Option<Span>) -> Result<Content, Error> {
        self.read_path(self.path(key), span).await
    }

    async fn read_path(&self, path: String, span: Option<Span>) -> Result<Content, Error> {
        let range = span.map(|span| format!("bytes={}-{}", span.start, span.end.saturating_sub(1)));
        let get = self.client.get_object().bucket(&*self.bucket).key(path).set_range(range);
        let object = get.send().await.map_err(|error| match &error {
            SdkError::ServiceError(refusal) if refusal.err().is_no_such_key() => Error::Missing,
            _ => unavailable(error),
        })?;
        // A store that fails with 200 sends an error for a body, which must not be taken for the object.
        if object.e_tag.is_none() {
            return Err(Error::Unavailable("the store answered with something that is no object".into()));
        }
        let blocks = stream::try_unfold(object.body, |mut body| async move {
            let block = body.try_next().await.map_err(|error| Error::Unavailable(error.into()))?;
            Ok(block.map(|block| (block, body)))
        });
        Ok(blocks.boxed())
    }

    pub async fn remove(&self, key: ObjectKey) -> Result<(), Error> {
        self.remove_path(self.path(key)).await
    }

    async fn remove_path(&self, path: String) -> Result<(), Error> {
        let remove = self.client.delete_object().bucket(&*self.bucket).key(path);
        remove.send().await.map(drop).map_err(unavailable)
    }

    pub async fn list(&self, from: Option<Cursor>) -> Result<(Vec<Stored>, Option<Cursor>), Error> {
        let list = self.client.list_objects_v2().bucket(&*self.bucket).prefix(&*self.prefix);
        let page = list.set_continuation_token(from).send().await.map_err(unavailable)?;
        let found = page.contents().iter().map(|object| Stored {
            key: object.key().and_then(|path| path.strip_prefix(&*self.prefix)?.parse().ok()),
            modified: object.last_modified().and_then(|at| (*at).try_into().ok()).unwrap_or_else(newest),
        });
        Ok((found.collect(), page.next_continuation_token().map(str::to_owned)))
    }

    /// Aborts the multipart uploads that were begun before `before`, except those of `needed`.
    pub async fn abort_uploads(&self, before: SystemTime, needed: &HashSet<String>) -> Result<u64, Error> {
        let (mut aborted, mut key_marker, mut id_marker) = (0, None, None);
        loop {
            let list = self.client.list_multipart_uploads().bucket(&*self.bucket).prefix(&*self.prefix);
            let list = list.set_key_marker(key_marker.take()).set_upload_id_marker(id_marker.take());
            let page = match list.send().await {
                Err(error) if error.code() == Some("NotImplemented") => {
                    tracing::warn!(
                        "the store cannot list unfinished uploads; give its bucket a lifecycle rule that ends them"
                    );
                    return Ok(aborted);
                }
                page => page.map_err(unavailable)?,
            };
            for upload in page.uploads() {
                let begun = upload.initiated().and_then(|at| (*at).try_into().ok()).unwrap_or_else(newest);
                if begun <= before && !upload.upload_id().is_some_and(|id| needed.contains(id)) {
                    let abort = self.client.abort_multipart_upload().bucket(&*self.bucket);
                    let abort = abort.set_key(upload.key().map(str::to_owned));
                    abort.set_upload_id(upload.upload_id().map(str::to_owned)).send().await.map_err(unavailable)?;
                    aborted += 1;
                }
            }
            if !page.is_truncated().unwrap_or(false) {
                return Ok(aborted);
            }
            key_marker = page.next_key_marker().map(str::to_owned);
            id_marker = page.next_upload_id_marker().map(str::to_owned);
        }
    }
}

/// A store that does not tell an age gets the benefit of the doubt: nothing of it is swept.
fn newest() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX) * 16)
}

fn client(settings: &StorageSettings) -> Result<Client, SettingsError> {
    let missing = |key| SettingsError::Wrong { key, problem: "missing, and S3 needs it".into() };
    let id = settings.access_key_id.as_deref().ok_or_else(|| missing("storage.access_key_id"))?;
    let secret = settings.secret_access_key.as_ref().ok_or_else(|| missing("storage.secret_access_key"))?;
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(60))
        .build();
    let mut config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(settings.region.clone()))
        .credentials_provider(Credentials::new(id, secret.expose(), None, None, "settings"))
        .force_path_style(true)
        .retry_config(RetryConfig::standard().with_max_attempts(4).with_initial_backoff(FIRST_BACKOFF))
        .timeout_config(timeouts)
        // Parts carry a checksum of ours; the SDK's own trailers are refused by some stores.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        // Each attempt has its deadline; the SDK's own watch of the throughput costs more than it gives.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if let Some(endpoint) = &settings.endpoint {
        config = config.endpoint_url(endpoint);
    }
    Ok(Client::from_conf(config.build()))
}

/// Sorts an error of the SDK by what can be done about it; the log gets its whole chain of causes.
fn unavailable<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let full =
        matches!(error.code(), Some("QuotaExceeded" | "XMinioStorageFull" | "EntityTooLarge" | "InsufficientStorage"));
    let cause: BoxError = DisplayErrorContext(&error).to_string().into();
    if full { Error::Full(cause) } else { Error::Unavailable(cause) }
}
