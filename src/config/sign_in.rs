//! How people sign in, and how mail goes out.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Secret;

/// Sessions, links and what slows a guesser down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSettings {
    /// Hours after which an unused session ends.
    pub idle_h: u32,
    /// Hours after which a session ends however much it is used.
    pub session_h: u32,
    /// Hours that an invitation is good for.
    pub invitation_h: u32,
    /// Minutes that a link from "forgotten password" is good for.
    pub reset_min: u32,
    /// Attempts for one account in a window.
    pub account_attempts: u32,
    /// Attempts from one network address in a window.
    pub address_attempts: u32,
    /// Minutes.
    pub window_min: u32,
    /// Sessions without `Secure`, for plain HTTP.
    pub plain_http: bool,
}

/// Where mail goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// `none`, `folder:PATH`, `smtp://…` or `smtps://…`, which may hold a password.
    pub url: Secret,
    pub from: String,
}

/// Where mail goes, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailRoute {
    None,
    Folder(PathBuf),
    Smtp(String),
}

impl MailSettings {
    /// The route that the URL names; `None` when it names none.
    #[must_use]
    pub fn route(&self) -> Option<MailRoute> {
        let url = self.url.expose();
        match url.split_once(':') {
            None if url == "none" => Some(MailRoute::None),
            Some(("folder", path)) if !path.is_empty() => Some(MailRoute::Folder(path.into())),
            Some(("smtp" | "smtps", rest)) if rest.starts_with("//") => Some(MailRoute::Smtp(url.to_owned())),
            _ => None,
        }
    }
}
