//! The pages that are measured, each with who looks at it and which showcases or pieces it is about.

use std::fs;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::Options;
use crate::support::database::psql;
use crate::support::http::Connection;
use crate::support::place;
use crate::support::service::Settings;

/// Showcases that a page is asked for in turn.
const SAMPLE: usize = 100;
/// Pieces to a showcase: one less than it takes, so that the page that adds one has something to add to.
const PIECES: &str = "19";
/// Requests a second for what is looked for among everything: somebody who searches waits for the answer.
const SEARCHES: u32 = 2;

/// One page.
#[derive(Clone)]
pub struct Site {
    pub page: &'static str,
    pub who: &'static str,
    pub token: String,
    pub paths: Vec<String>,
    /// Another rate than that of the run.
    pub rate: Option<u32>,
}

/// Whom the seeding gave a token.
pub struct Tokens {
    admin: String,
    provider: String,
    assessor: String,
    apprentice: String,
}

/// All that is measured.
pub struct Sites {
    pub all: Vec<Site>,
    pub provider_token: String,
    /// Showcases of the provider whose cohort it is.
    pub of_provider: usize,
}

pub fn settings(database: &str) -> anyhow::Result<Settings> {
    let folder = place::scratch()?.join("pages");
    fs::create_dir_all(&folder)?;
    let url = match database {
        "sqlite" => format!("sqlite://{}", folder.join("exhibit.db").display()),
        _ => place::setting("BENCH_POSTGRES_URL")?,
    };
    let objects = format!("disk:{}", folder.join("objects").display());
    let environment = vec![("EXHIBIT__DATABASE__URL", url), ("EXHIBIT__STORAGE__URL", objects)];
    Ok(Settings { environment, folder })
}

pub fn seed(settings: &Settings, options: &Options) -> anyhow::Result<Tokens> {
    let (showcases, size) = (options.showcases.to_string(), options.to_a_provider.to_string());
    let printed = settings.command(&[
        "seed",
        "--showcases",
        &showcases,
        "--to-a-provider",
        &size,
        "--pieces",
        PIECES,
        "--rows-only",
    ])?;
    if options.database == "postgres" {
        // A database in use has been analysed long ago.
        psql("VACUUM (ANALYZE)")?;
    }
    let printed: Value = serde_json::from_str(&printed)?;
    let token = |role: &str| {
        let token = printed[format!("{role}_token")].as_str();
        token.map(str::to_owned).with_context(|| format!("no token for the {role}"))
    };
    let (admin, provider) = (token("admin")?, token("provider")?);
    Ok(Tokens { admin, provider, assessor: token("assessor")?, apprentice: token("apprentice")? })
}

/// What is asked of the API to find out what there is.
struct Api {
    connection: Connection,
}

impl Api {
    async fn get(&mut self, path: &str, token: &str) -> anyhow::Result<Value> {
        let reply = self.connection.get(&format!("/api/v1{path}"), token).await?;
        ensure!(reply.status == 200, "GET {path} answered {}", reply.brief());
        Ok(serde_json::from_slice(&reply.body)?)
    }

    /// Every showcase that somebody sees: its id, its apprentice's name, and whether it is in draft.
    async fn showcases(&mut self, token: &str) -> anyhow::Result<Vec<(String, String, bool)>> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("/showcases?limit=200{cursor}"), token).await?;
            for item in page["items"].as_array().context("a list without items")? {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                found.push((text(&item["id"]), text(&item["apprentice"]["name"]), item["state"] == "draft"));
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(found),
            }
        }
    }

    async fn pieces(&mut self, showcases: &[String], token: &str) -> anyhow::Result<Vec<String>> {
        let mut pieces = Vec::new();
        for id in showcases {
            let list = self.get(&format!("/showcases/{id}/pieces"), token).await?;
            pieces.extend(list["items"][0]["id"].as_str().map(str::to_owned));
        }
        Ok(pieces)
    }
}

/// Some of many, from all over.
fn spread<T: Clone>(all: &[T]) -> Vec<T> {
    all.iter().step_by((all.len() / SAMPLE).max(1)).take(SAMPLE).cloned().collect()
}

impl Sites {
    /// Finds out what there is, and makes the list of the pages.
    pub async fn found(host: &str, tokens: Tokens) -> anyhow::Result<Self> {
        let mut api = Api { connection: Connection::open(host).await? };
        let of_provider = api.showcases(&tokens.provider).await?;
        let ids: Vec<String> = of_provider.iter().map(|(id, ..)| id.clone()).collect();
        let drafts: Vec<String> = of_provider.iter().filter(|(.., draft)| *draft).map(|(id, ..)| id.clone()).collect();
        let (some, drafts) = (spread(&ids), spread(&drafts));
        let (pieces, loose) =
            (api.pieces(&some, &tokens.provider).await?, api.pieces(&drafts, &tokens.provider).await?);
        let assessed = api.showcases(&tokens.assessor).await?;
        let assessed = spread(&assessed.into_iter().map(|(id, ..)| id).collect::<Vec<_>>());
        let own = api.showcases(&tokens.apprentice).await?.remove(0).0;
        let organisation =
            api.get("/me", &tokens.provider).await?["organisation_id"].as_str().context("an id")?.to_owned();
        let words: Vec<String> =
            spread(&of_provider).iter().filter_map(|(_, name, _)| name.split(' ').nth(1)).map(str::to_owned).collect();
        let lists = Lists { some, drafts, pieces, loose, assessed, own, organisation, words };
        Ok(Self { of_provider: ids.len(), provider_token: tokens.provider.clone(), all: lists.sites(&tokens) })
    }
}

struct Lists {
    some: Vec<String>,
    drafts: Vec<String>,
    pieces: Vec<String>,
    loose: Vec<String>,
    assessed: Vec<String>,
    own: String,
    organisation: String,
    words: Vec<String>,
}

/// An address for each id.
fn each(ids: &[String], before: &str, after: &str) -> Vec<String> {
    ids.iter().map(|id| format!("{before}{id}{after}")).collect()
}

fn one(path: &str) -> Vec<String> {
    vec![path.to_owned()]
}

impl Lists {
    fn sites(&self, tokens: &Tokens) -> Vec<Site> {
        let mut all = Vec::new();
        let mut add =
            |who: &'static str, token: &String, pages: Vec<(&'static str, Vec<String>)>, rate: Option<u32>| {
                let site = |(page, paths)| Site { page, who, token: token.clone(), paths, rate };
                all.extend(pages.into_iter().filter(|(_, paths)| !paths.is_empty()).map(site));
            };
        add("nobody", &String::new(), vec![("/sign-in", one("/sign-in")), ("/forgotten", one("/forgotten"))], None);
        add("provider", &tokens.provider, self.of_provider(), None);
        add("provider", &tokens.provider, self.searches(), Some(SEARCHES));
        let own = std::slice::from_ref(&self.own);
        let apprentice = vec![
            ("/ (the own showcase)", one("/")),
            ("/account", one("/account")),
            ("/showcases/{id}/add", each(own, "/showcases/", "/add")),
            ("/showcases/{id}/gateway", each(own, "/showcases/", "/gateway")),
        ];
        add("apprentice", &tokens.apprentice, apprentice, None);
        let assessor = vec![
            ("/", one("/")),
            ("/showcases/{id}", each(&self.assessed, "/showcases/", "")),
            ("/showcases/{id}/gateway", each(&self.assessed, "/showcases/", "/gateway")),
        ];
        add("assessor", &tokens.assessor, assessor, None);
        let theirs = format!("/cohort?provider={}", self.organisation);
        let admin = vec![
            ("/", one("/")),
            ("/cohort (choice)", one("/cohort")),
            ("/cohort (a provider's)", one(&theirs)),
            ("/invite", one("/invite")),
            ("/account", one("/account")),
        ];
        add("admin", &tokens.admin, admin, None);
        all
    }

    fn of_provider(&self) -> Vec<(&'static str, Vec<String>)> {
        vec![
            ("/ (cohort by name)", one("/")),
            ("/ (a page in the middle)", each(&self.some, "/?from=51&after=", "")),
            ("/ (newest first)", one("/?order=newest")),
            ("/ (in a state)", one("/?state=submitted&order=oldest")),
            ("/cohort/add", one("/cohort/add")),
            ("/cohort/import", one("/cohort/import")),
            ("/invite", one("/invite")),
            ("/account", one("/account")),
            ("/showcases/{id}", each(&self.some, "/showcases/", "")),
            ("/showcases/{id}/add", each(&self.drafts, "/showcases/", "/add")),
            ("/showcases/{id}/gateway", each(&self.some, "/showcases/", "/gateway")),
            ("/showcases/{id}/gateway/details", each(&self.drafts, "/showcases/", "/gateway/details")),
            ("/showcases/{id}/gateway/documents", each(&self.drafts, "/showcases/", "/gateway/documents")),
            ("/showcases/{id}/gateway/submit", each(&self.drafts, "/showcases/", "/gateway/submit")),
            ("/pieces/{id}", each(&self.pieces, "/pieces/", "")),
            ("/pieces/{id}/withdraw", each(&self.loose, "/pieces/", "/withdraw")),
        ]
    }

    /// What is looked for among all of a provider's showcases, and counted.
    fn searches(&self) -> Vec<(&'static str, Vec<String>)> {
        vec![
            ("/ (search by name)", each(&self.words, "/?q=", "")),
            ("/ (by employer)", one("/?employer=and")),
            ("/ (an area without evidence)", one("/?area=TEA")),
            ("/ (evidence lacks)", one("/?held=area")),
            ("/ (held up by anything)", one("/?held=anything")),
            ("/cohort/invitations", one("/cohort/invitations")),
        ]
    }
}
