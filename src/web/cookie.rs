//! The session's cookie: `__Host-`, so that no other host and no plain connection can set or read it, unless the
//! operator gave that up; never to be read by a script.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use chrono::{DateTime, Utc};

/// Over HTTPS, and over plain HTTP on this machine.
const SECURE: &str = "__Host-session";
/// Over plain HTTP elsewhere: another name, so that neither is ever taken for the other.
const PLAIN: &str = "exhibit-session";
/// What a browser holds while it answers a challenge, in the same two ways.
const CHALLENGE: &str = "__Host-passkey";
const PLAIN_CHALLENGE: &str = "exhibit-passkey";
/// Seconds, no fewer than a challenge waits.
const CHALLENGE_LIFE: i64 = 300;

/// How this service hands out sessions.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// Without `Secure`, for plain HTTP.
    pub plain_http: bool,
}

impl Cookies {
    fn name(self) -> &'static str {
        if self.plain_http { PLAIN } else { SECURE }
    }

    /// The session that a request presents.
    #[must_use]
    pub fn session(self, request: &HttpRequest) -> Option<&str> {
        find(request.headers(), self.name())
    }

    /// What keeps a session in the browser until `end`.
    #[must_use]
    pub fn keep(self, secret: &str, now: DateTime<Utc>, end: DateTime<Utc>) -> HeaderValue {
        let left = (end - now).num_milliseconds().max(0);
        self.header(secret, (left + 999) / 1000)
    }

    /// What makes the browser forget it.
    #[must_use]
    pub fn forget(self) -> HeaderValue {
        self.header("", 0)
    }

    fn secure(self) -> &'static str {
        if self.plain_http { "" } else { "; Secure" }
    }

    /// What a browser presents with the answer to a challenge.
    #[must_use]
    pub fn challenge(self, request: &HttpRequest) -> Option<&str> {
        find(request.headers(), if self.plain_http { PLAIN_CHALLENGE } else { CHALLENGE })
    }

    /// What has the browser present it. No other site's link brings it along.
    #[must_use]
    pub fn keep_challenge(self, secret: &str) -> HeaderValue {
        let (name, secure) = (if self.plain_http { PLAIN_CHALLENGE } else { CHALLENGE }, self.secure());
        let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={CHALLENGE_LIFE}{secure}");
        HeaderValue::try_from(text).expect("a secret is plain text")
    }

    fn header(self, value: &str, seconds: i64) -> HeaderValue {
        let (name, secure) = (self.name(), self.secure());
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::try_from(text).expect("a secret is plain text")
    }
}

fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(known, _)| *known == name);
    // One that was sent twice is not to be trusted: somebody else set the second.
    let (_, value) = values.next()?;
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn one_cookie_of_the_name_counts() {
        let read = |line: &str, plain_http| {
            let request = TestRequest::default().insert_header((header::COOKIE, line)).to_http_request();
            Cookies { plain_http }.session(&request).map(str::to_owned)
        };
        assert_eq!(read("a=b; __Host-session=abc; c=d", false).as_deref(), Some("abc"));
        assert_eq!(read("exhibit-session=abc", true).as_deref(), Some("abc"));
        assert_eq!(read("exhibit-session=abc", false), None);
        assert_eq!(read("__Host-session=abc", true), None);
        assert_eq!(read("__Host-session=abc; __Host-session=def", false), None);
        assert_eq!(read("__Host-session=", false), None);
    }

    #[test]
    fn it_is_kept_from_scripts_and_other_sites() {
        let now = DateTime::<Utc>::UNIX_EPOCH;
        let kept = Cookies { plain_http: false }.keep("abc", now, now + chrono::TimeDelta::hours(1));
        assert_eq!(kept, "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
        let plain = Cookies { plain_http: true }.forget();
        assert_eq!(plain, "exhibit-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
