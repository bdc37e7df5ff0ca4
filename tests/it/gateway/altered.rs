//! Nothing is accepted on evidence that is not what was submitted: every frozen object is read again, pieces and
//! documents alike.

use std::fs;

use serde_json::json;

use super::{accept, gateway};
use crate::support::app::TestAppRef;
use crate::support::everything::{file_of, key_of};
use crate::support::world::AREAS;
use crate::support::{World, both};

both!(one_changed_byte_is_noticed, a_missing_object_is_noticed, a_changed_record_is_noticed);

/// A submitted showcase that would be accepted, and the ids of its piece and its first document.
async fn acceptable(world: &World) -> (String, String) {
    let piece = world.submitted().await;
    world.tag(&piece, &AREAS).await;
    world.accept_components(1).await;
    let document = gateway(world).await["documents"][0]["id"].as_str().unwrap().to_owned();
    (piece, document)
}

async fn one_changed_byte_is_noticed(app: TestAppRef) {
    let world = World::new(&app).await;
    let (piece, document) = acceptable(&world).await;
    for (id, name) in [(&piece, format!("piece {piece}")), (&document, format!("document {document}"))] {
        let file = file_of(&app, &key_of(&app, id).await);
        let sound = fs::read(&file).unwrap();
        for at in [0, sound.len() / 2, sound.len() - 1] {
            let mut altered = sound.clone();
            altered[at] ^= 1;
            fs::write(&file, altered).unwrap();
            let before = world.everything(&app).await;
            let problem = accept(&world, 1).await.problem(409, "evidence_altered");
            assert_eq!(problem["altered"], json!([name]));
            assert_eq!(world.everything(&app).await, before);
        }
        for other in [sound[..sound.len() - 1].to_vec(), [sound.clone(), vec![0]].concat(), Vec::new()] {
            fs::write(&file, other).unwrap();
            accept(&world, 1).await.problem(409, "evidence_altered");
            assert_eq!(world.state().await, "submitted");
        }
        fs::write(&file, sound).unwrap();
    }
    accept(&world, 1).await.expect(200);
}

async fn a_missing_object_is_noticed(app: TestAppRef) {
    let world = World::new(&app).await;
    let (piece, document) = acceptable(&world).await;
    let mut sound = Vec::new();
    for id in [&piece, &document] {
        let file = file_of(&app, &key_of(&app, id).await);
        sound.push((file.clone(), fs::read(&file).unwrap()));
        fs::remove_file(&file).unwrap();
    }
    let before = world.everything(&app).await;
    let problem = accept(&world, 1).await.problem(409, "evidence_altered");
    assert_eq!(problem["altered"], json!([format!("piece {piece}"), format!("document {document}")]));
    assert_eq!(world.everything(&app).await, before);
    assert_eq!(before["showcase"]["state"], "submitted");
    for (file, bytes) in sound {
        fs::write(file, bytes).unwrap();
    }
    accept(&world, 1).await.expect(200);
}

async fn a_changed_record_is_noticed(app: TestAppRef) {
    use exhibit::db::Session;

    let world = World::new(&app).await;
    acceptable(&world).await;
    let change = async |sql: &'static str| {
        let mut tx = app.app.db.write().await.unwrap();
        assert_eq!(tx.query(sql).execute().await.unwrap(), 1);
        tx.commit().await.unwrap();
    };
    change("UPDATE attempts SET snapshot = REPLACE(snapshot, 'ST0072', 'ST0073')").await;
    let problem = accept(&world, 1).await.problem(409, "evidence_altered");
    assert_eq!(problem["altered"], json!(["the recorded submission"]));
    assert_eq!(world.state().await, "submitted");
    change("UPDATE attempts SET snapshot = REPLACE(snapshot, 'ST0073', 'ST0072')").await;
    accept(&world, 1).await.expect(200);
}
