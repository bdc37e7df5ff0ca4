//! The gateway, from its first unmet check to its acceptance: what is refused changes nothing, and nothing is
//! accepted while an area has no tag or an object not its digest.

mod acceptance;
mod altered;
mod checks;
mod decisions;
mod race;
mod returning;
mod submission;

use serde_json::{Value, json};

use crate::support::client::id;
use crate::support::{Answer, Client, World, files};

/// Details that meet every check of [`Documents`] on the day of the tests' clock.
fn details(documents: &Documents) -> Value {
    let subject = |document: &str| json!({"level": "level_1", "basis": "achieved", "achieved_on": "2024-08-22", "document_id": document});
    json!({
        "maths": subject(&documents.maths),
        "english": subject(&documents.english),
        "employer_confirmed_on": "2026-11-20",
        "assessment_on": "2026-12-14",
    })
}

/// Ids of the gateway documents of a showcase.
struct Documents {
    form: String,
    maths: String,
    english: String,
    plan: String,
}

impl Documents {
    async fn upload(world: &World) -> Self {
        Self {
            form: document(world, "gateway_form").await,
            maths: document(world, "maths_certificate").await,
            english: document(world, "english_certificate").await,
            plan: document(world, "plan_or_statement").await,
        }
    }
}

async fn document(world: &World, kind: &str) -> String {
    let bytes = files::pdf(1, &format!("{kind} of {}", world.showcase));
    id(&world.provider.upload_document(&world.showcase, kind, "scan.pdf", bytes).await.json(201))
}

async fn gateway(world: &World) -> Value {
    world.provider.get(&world.path("/gateway")).await.json(200)
}

/// Codes of the checks of this severity that are not met.
fn unmet<'a>(checks: &'a Value, severity: &str) -> Vec<&'a str> {
    let checks = checks.as_array().expect("checks");
    let unmet = checks.iter().filter(|check| check["met"] == false && check["severity"] == severity);
    unmet.map(|check| check["code"].as_str().unwrap()).collect()
}

/// The sentence of a check.
fn detail<'a>(checks: &'a Value, code: &str) -> &'a str {
    let check = checks.as_array().unwrap().iter().find(|check| check["code"] == code).expect("a check of this code");
    check["detail"].as_str().unwrap()
}

async fn submit(world: &World) -> Answer {
    world.provider.post(&world.path("/gateway/submissions"), json!({})).await
}

async fn accept(world: &World, attempt: u32) -> Answer {
    accept_as(&world.assessor, world, attempt).await
}

async fn accept_as(person: &Client, world: &World, attempt: u32) -> Answer {
    person.post(&world.path(&format!("/gateway/attempts/{attempt}/acceptance")), json!({})).await
}

async fn give_back(world: &World, attempt: u32, note: &str) -> Answer {
    world.assessor.post(&world.path(&format!("/gateway/attempts/{attempt}/return")), json!({"note": note})).await
}

async fn decide(world: &World, attempt: u32, component: &str, decision: Value) -> Answer {
    world.assessor.put(&world.path(&format!("/gateway/attempts/{attempt}/components/{component}")), decision).await
}

fn accepted() -> Value {
    json!({"decision": "accepted", "reason": null, "note": ""})
}

/// Adds a tag and answers its id.
async fn tag(world: &World, piece: &str, area: &str) -> String {
    id(&world.assessor.post(&format!("/api/v1/pieces/{piece}/tags"), json!({"area": area})).await.json(201))
}
