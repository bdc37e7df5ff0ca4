//! A person's browser, as far as the service can tell: it keeps the cookie that it is given, says which site a request
//! comes from, asks for pages and follows nothing by itself.

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE, USER_AGENT};
use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};

use super::{Answer, TestApp};

pub const PASSWORD: &str = "otter under a teal bridge";

/// A browser with at most one session.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    address: String,
    /// `name=value`, as the service set it.
    pub cookie: Option<String>,
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { http, address: app.address.clone(), cookie: None }
    }

    /// Somebody known here, who follows an invitation, chooses [`PASSWORD`] and is signed in.
    pub async fn of(app: &TestApp, email: &str) -> Self {
        let mut browser = Self::new(app);
        let link = app.app.access.invite_by_email(&email.parse().unwrap()).await.unwrap();
        let path = format!("/link/{}", link.secret.expose());
        browser.post(&path, &[("password", PASSWORD), ("again", PASSWORD)]).await.expect(303);
        browser
    }

    /// The same browser at another replica.
    pub fn at(&self, app: &TestApp) -> Self {
        Self { address: app.address.clone(), ..self.clone() }
    }

    /// A request as a page of the service makes it, to change before it is sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).header("Sec-Fetch-Site", "same-origin")
    }

    /// A request that does not say which site it comes from.
    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.address));
        let request = request.header(ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        let request =
            request.header(USER_AGENT, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        match &self.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// Sends a form, and keeps or forgets the cookie as the answer says.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = Answer::of(self.form(path, fields)).await;
        self.take(&answer);
        answer
    }

    /// A form, to change before it is sent.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let request = self.request(Method::POST, path);
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(fields))
    }

    /// Sends the form that adds evidence; no file stands for none chosen, which browsers send as a part without a name.
    pub async fn add(&self, showcase: &str, fields: &[(&str, &str)], file: Option<(&str, Vec<u8>)>) -> Answer {
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        let (name, bytes) = file.unwrap_or(("", Vec::new()));
        let form = form.part("file", Part::bytes(bytes).file_name(name.to_owned()));
        Answer::of(self.request(Method::POST, &format!("/showcases/{showcase}/add")).multipart(form)).await
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Keeps or forgets the cookie as an answer says.
    pub fn take(&mut self, answer: &Answer) {
        let Some(line) = answer.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()) else { return };
        let pair = line.split(';').next().unwrap();
        self.cookie = (!line.contains("Max-Age=0")).then(|| pair.to_owned());
    }

    /// Whether the service takes the browser for somebody.
    pub async fn is_signed_in(&self) -> bool {
        let answer = self.get("/account").await;
        match answer.status.as_u16() {
            200 => true,
            303 => {
                assert_eq!(answer.header(LOCATION.as_str()), "/sign-in?next=/account");
                false
            }
            other => panic!("/account answers {other}"),
        }
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let plain = |text: &str| -> String {
        let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
        text.bytes().map(byte).collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", plain(name), plain(value))).collect();
    pairs.join("&")
}

impl Answer {
    /// The text of a page of this status, which has what every page has.
    #[track_caller]
    pub fn page(&self, status: u16) -> String {
        self.expect(status);
        let text = String::from_utf8(self.body.clone()).unwrap();
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8", "{text}");
        let policy = self.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!((self.header("cache-control"), self.header("x-content-type-options")), ("no-store", "nosniff"));
        assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains(" onclick"), "{text}");
        text
    }

    /// Where the answer leads.
    #[track_caller]
    pub fn leads(&self) -> &str {
        self.expect(303);
        self.header(LOCATION.as_str())
    }
}
