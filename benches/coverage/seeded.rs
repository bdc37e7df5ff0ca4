//! A database full of showcases, and a fair sample of them.

use std::fs;
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::support::database::psql;
use crate::support::http::Connection;
use crate::support::place;
use crate::support::scatter::scramble;
use crate::support::service::Settings;

pub struct Seeded {
    pub token: String,
}

pub fn settings() -> anyhow::Result<Settings> {
    let folder = place::scratch()?.join("coverage");
    fs::create_dir_all(&folder)?;
    let objects = format!("disk:{}", folder.join("objects").display());
    let environment =
        vec![("EXHIBIT__DATABASE__URL", place::setting("BENCH_POSTGRES_URL")?), ("EXHIBIT__STORAGE__URL", objects)];
    Ok(Settings { environment, folder })
}

impl Seeded {
    /// Fills the database. The command's last line is a JSON object with the tokens.
    pub fn make(settings: &Settings, showcases: u64) -> anyhow::Result<Self> {
        let printed = settings.command(&["seed", "--showcases", &showcases.to_string(), "--rows-only"])?;
        analyse();
        let printed: Value = serde_json::from_str(&printed)
            .with_context(|| format!("the last line of `exhibit seed` is not JSON: {printed}"))?;
        // The administrator sees every showcase, whichever provider it was seeded for.
        let token = printed["admin_token"].as_str().or(printed["provider_token"].as_str());
        let token = token.context("`exhibit seed` printed no admin_token and no provider_token")?;
        Ok(Self { token: token.to_owned() })
    }

    /// Walks through all showcases and keeps `size` of them, each with the same chance: the first
    /// pages alone would lie side by side in the database and be answered from few blocks of it.
    /// Returns the sample and how many showcases there are.
    pub async fn sample(
        &self,
        connection: &mut Connection,
        size: usize,
        seed: u64,
    ) -> anyhow::Result<(Arc<[String]>, u64)> {
        let mut kept: Vec<String> = Vec::with_capacity(size);
        let mut seen = 0;
        let mut cursor = String::new();
        loop {
            let path = format!("/api/v1/showcases?limit=200{cursor}");
            let page = json(connection, &path, &self.token).await?;
            for item in page["items"].as_array().context("a list without items")? {
                let id = item["id"].as_str().context("a showcase without id")?.to_owned();
                seen += 1;
                // Reservoir sampling: the n-th one replaces a kept one with chance size/n.
                let place = (scramble(seed ^ scramble(seen)) % seen) as usize;
                if kept.len() < size {
                    kept.push(id);
                } else if place < size {
                    kept[place] = id;
                }
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={}", escaped(next)),
                None => break,
            }
        }
        ensure!(!kept.is_empty(), "no showcase is listed");
        Ok((kept.into(), seen))
    }

    /// Looks at one answer closely: a fast answer that says nothing would be worth nothing.
    pub async fn check(&self, connection: &mut Connection, id: &str) -> anyhow::Result<()> {
        let coverage = json(connection, &format!("/api/v1/showcases/{id}/coverage"), &self.token).await?;
        let areas = coverage["areas"].as_array().map_or(0, Vec::len);
        ensure!(areas > 0, "coverage without areas: {coverage}");
        let pieces = coverage["pieces"].as_u64().or(coverage["pieces"].as_array().map(|all| all.len() as u64));
        ensure!(pieces.is_some_and(|pieces| pieces > 0), "coverage without pieces: {coverage}");
        eprintln!("one answer: {areas} areas, {} pieces, {} bytes", pieces.unwrap_or(0), coverage.to_string().len());
        Ok(())
    }
}

async fn json(connection: &mut Connection, path: &str, token: &str) -> anyhow::Result<Value> {
    let reply = connection.get(path, token).await?;
    ensure!(reply.status == 200, "GET {path} answered {}", reply.brief());
    Ok(serde_json::from_slice(&reply.body)?)
}

/// A database in use has been vacuumed and analysed long ago; one filled a second ago has not, and
/// its planner guesses.
fn analyse() {
    if let Err(error) = psql("VACUUM (ANALYZE)") {
        eprintln!("the database could not be analysed; its plans may be worse than in real use: {error:#}");
    }
}

/// Cursors are opaque: whatever is not plainly safe in a query is escaped.
fn escaped(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
