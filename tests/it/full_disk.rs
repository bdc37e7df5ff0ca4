//! No room left: for an upload's bytes, under a real limit of the operating system, and for the database's rows.
//! The upload is refused with 507, nothing of it stays, and the service goes on.

use exhibit::config::Settings;
use exhibit::db::Database;
use serde_json::Value;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::process::{Program, Start};
use crate::support::{Backend, World, both, files};

both!(with has_little_memory: an_upload_that_does_not_fit_is_refused);

/// So little that what goes to S3 is gathered on disk, too.
fn has_little_memory(settings: &mut Settings) {
    settings.uploads.budget_mib = 4;
}

/// KiB: more than SQLite's log grows to before it is folded into the file, less than the upload.
const LARGEST_FILE: u32 = 4500;

async fn an_upload_that_does_not_fit_is_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    app.app.db.close().await;
    let start = Start { largest_file: Some(LARGEST_FILE), ..Start::default() };
    let program = Program::serve(&app.settings, app.folder.path(), start).await;
    let apprentice = world.apprentice.through(&program.address);
    let provider = world.provider.through(&program.address);
    for round in 0..3_u64 {
        let large = files::wav(5_000_000 + 1000 * usize::try_from(round).unwrap(), round);
        let refused = apprentice.upload(&world.showcase, Upload::new("call.wav", large.clone()).key("large")).await;
        let problem = refused.problem(507, "storage_full");
        assert!(!problem.to_string().contains("os error"), "the cause stays inside: {problem}");
        let document = provider.upload_document(&world.showcase, "gateway_form", "form.wav", large).await;
        let _ = document.problem(507, "storage_full");
        assert_eq!(app.unsealed(), 0);
        let small = Upload::new("letter.pdf", files::pdf(2, &round.to_string()));
        assert_eq!(apprentice.upload(&world.showcase, small).await.json(201)["slot"], round + 1);
        assert_eq!(app.stored().await.len(), usize::try_from(round + 1).unwrap());
    }
    apprentice.get("/health/ready").await.expect(200);
    program.stop().await;
    // With room again, the same upload is taken.
    let program = Program::serve(&app.settings, app.folder.path(), Start::default()).await;
    let upload = Upload::new("call.wav", files::wav(5_000_000, 0)).key("large");
    let piece = world.apprentice.through(&program.address).upload(&world.showcase, upload).await.json(201);
    assert_eq!(piece["slot"], 4);
    program.stop().await;
}

#[test]
fn a_database_without_room_refuses_and_keeps_nothing() {
    crate::support::app::run(
        Backend::Embedded,
        |_| {},
        |app| async move {
            let world = World::new(&app).await;
            world.piece("before", "ORG").await;
            let Database::Sqlite { writer, .. } = &app.app.db else { panic!("the embedded backend has SQLite") };
            let limit = |pages: &'static str| sqlx::query_scalar::<_, i64>(pages).fetch_one(writer);
            // The present size; SQLite does not go below it.
            limit("PRAGMA max_page_count = 1").await.unwrap();
            let mut taken = Vec::new();
            let refused = loop {
                let upload = Upload::new("letter.pdf", files::pdf(1, &taken.len().to_string()));
                let upload = upload.with("context", &"x".repeat(3000));
                let answer = world.apprentice.upload(&world.showcase, upload).await;
                if answer.status == 507 {
                    break answer;
                }
                taken.push(id(&answer.json(201)));
            };
            let _ = refused.problem(507, "storage_full");
            let listed = world.apprentice.get(&world.path("/pieces")).await.json(200);
            assert_eq!(listed["items"].as_array().unwrap().len(), taken.len() + 1);
            assert_eq!(app.stored().await.len(), taken.len() + 1);
            assert_eq!(app.unsealed(), 0);
            let unchanged = world.apprentice.get(&world.path("")).await.json(200);
            assert_eq!(unchanged["state"], Value::from("draft"));
            limit("PRAGMA max_page_count = 1000000").await.unwrap();
            let next = world.piece("after", "ORG").await;
            assert_eq!(next["slot"], taken.len() + 2);
        },
    );
}
