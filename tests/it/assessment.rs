//! The assessment, from the first meeting to the grade: results are computed, what is refused changes nothing, and no
//! pass is ever taken again.

mod again;
mod meetings;
mod mocks;
mod people;
mod results;

use serde_json::{Value, json};

use crate::support::{Answer, Client, World};

const COMPONENTS: [&str; 3] = ["showcase", "observation", "discussion"];

async fn assessment(world: &World) -> Value {
    world.provider.get(&world.path("/assessment")).await.json(200)
}

/// Codes of a component's criteria of this grade.
async fn criteria(world: &World, component: &str, grade: &str) -> Vec<String> {
    let standard = world.provider.get("/api/v1/standards/ST0072/1.1").await.json(200);
    let components = standard["components"].as_array().unwrap();
    let component = components.iter().find(|found| found["code"] == component).expect("a component");
    let areas = component["areas"].as_array().unwrap().iter();
    let criteria = areas.flat_map(|area| area["criteria"].as_array().unwrap()).filter(|found| found["grade"] == grade);
    criteria.map(|criterion| criterion["code"].as_str().unwrap().to_owned()).collect()
}

async fn meet(world: &World, component: &str, held_on: &str, minutes: u32) -> Answer {
    let meeting = json!({"held_on": held_on, "minutes": minutes, "mode": "remote"});
    world.assessor.put(&world.path(&format!("/assessment/{component}")), meeting).await
}

async fn judge_as(person: &Client, world: &World, component: &str, criterion: &str, met: bool) -> Answer {
    let path = world.path(&format!("/assessment/{component}/criteria/{criterion}"));
    person.put(&path, json!({"met": met, "note": "seen"})).await
}

async fn judge(world: &World, component: &str, criterion: &str, met: bool) {
    judge_as(&world.assessor, world, component, criterion, met).await.expect(200);
}

async fn close(world: &World, component: &str) -> Answer {
    world.assessor.post(&world.path(&format!("/assessment/{component}/result")), json!({})).await
}

async fn sit_again(world: &World, component: &str, kind: &str) -> Answer {
    world.provider.post(&world.path(&format!("/assessment/{component}/resit")), json!({"kind": kind})).await
}

/// Holds a component within its time with all pass criteria met but `unmet`, and this many distinction criteria.
async fn hold(world: &World, component: &str, held_on: &str, unmet: &[&str], distinctions: usize) -> Value {
    let minutes = if component == "showcase" { 25 } else { 60 };
    meet(world, component, held_on, minutes).await.expect(200);
    for code in criteria(world, component, "pass").await {
        judge(world, component, &code, !unmet.contains(&code.as_str())).await;
    }
    for code in &criteria(world, component, "distinction").await[..distinctions] {
        judge(world, component, code, true).await;
    }
    close(world, component).await.json(200)
}
