//! Mail goes out here: by SMTP, into a folder, or not at all. Plain text alone, to one address, whose header lines the
//! text of a person can not break out of.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::fs::{self, OpenOptions};
use tokio::io::AsyncWriteExt;

use crate::clock::Clock;
use crate::config::{MailRoute, MailSettings};
use crate::domain::people::Email;

/// How long a server may take over a mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    route: Route,
    from: Mailbox,
    clock: Clock,
}

#[derive(Clone)]
enum Route {
    None,
    Folder(Arc<PathBuf>),
    Smtp(Box<AsyncSmtpTransport<Tokio1Executor>>),
}

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: Email,
    pub subject: String,
    pub text: String,
}

/// What is wrong with the settings of mail.
#[derive(Debug, thiserror::Error)]
pub enum BadRoute {
    #[error("`mail.from` is no address: {0}")]
    From(#[from] lettre::address::AddressError),
    #[error("`mail.url` is no server: {0}")]
    Url(#[from] lettre::transport::smtp::Error),
}

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the address is none that mail can be sent to")]
    Address(#[from] lettre::address::AddressError),
    #[error("the mail cannot be written")]
    Unwritable(#[from] lettre::error::Error),
    #[error("the mail server does not take the mail")]
    Server(#[from] lettre::transport::smtp::Error),
    #[error("the folder for mail cannot be written to")]
    Folder(#[from] io::Error),
}

impl Mailer {
    /// # Errors
    /// [`BadRoute`], naming the setting.
    pub fn new(settings: &MailSettings, clock: Clock) -> Result<Self, BadRoute> {
        let route = match settings.route() {
            None | Some(MailRoute::None) => Route::None,
            Some(MailRoute::Folder(path)) => Route::Folder(Arc::new(path)),
            Some(MailRoute::Smtp(url)) => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&guarded(url))?;
                Route::Smtp(Box::new(transport.timeout(Some(PATIENCE)).build()))
            }
        };
        Ok(Self { route, from: settings.from.parse()?, clock })
    }

    /// Whether anything is sent at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !matches!(self.route, Route::None)
    }

    /// Sends a mail; without a route it is dropped.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send(&self, letter: Letter) -> Result<(), Error> {
        let id = self.clock.new_id();
        let message = Message::builder()
            .from(self.from.clone())
            .to(letter.to.to_string().parse()?)
            .subject(letter.subject)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(self.clock.now().into())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text)?;
        match &self.route {
            Route::None => Ok(()),
            Route::Smtp(server) => server.send(message).await.map(drop).map_err(Error::from),
            Route::Folder(folder) => {
                fs::create_dir_all(folder.as_path()).await?;
                let mut options = OpenOptions::new();
                // Its links are keys: nobody else on the machine reads them.
                let mut file =
                    options.write(true).create_new(true).mode(0o600).open(folder.join(format!("{id}.eml"))).await?;
                file.write_all(&message.formatted()).await?;
                Ok(file.flush().await?)
            }
        }
    }
}

/// STARTTLS is asked for unless the URL says otherwise or the server is on this machine: a mail here is a key.
fn guarded(url: String) -> String {
    let Some(rest) = url.strip_prefix("smtp://") else { return url };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    let is_here = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|here| host.strip_prefix(here).is_some_and(|port| port.is_empty() || port.starts_with(':')));
    if is_here || url.contains("tls=") {
        url
    } else if url.contains('?') {
        format!("{url}&tls=required")
    } else {
        format!("{url}?tls=required")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_elsewhere_must_speak_tls() {
        for (given, used) in [
            ("smtp://u:p@mail.example.org:587", "smtp://u:p@mail.example.org:587?tls=required"),
            ("smtp://localhost.example.org", "smtp://localhost.example.org?tls=required"),
            ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525"),
            ("smtps://mail.example.org", "smtps://mail.example.org"),
            ("smtp://mail.example.org?tls=opportunistic", "smtp://mail.example.org?tls=opportunistic"),
        ] {
            assert_eq!(guarded(given.to_owned()), used);
        }
    }
}
