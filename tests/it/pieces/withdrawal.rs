//! Withdrawing a piece: its slot is free, its object gone, and a tombstone stays.

use exhibit::db::{Error, FromRow, Row, Session};
use exhibit::domain::ids::PieceId;

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::{TestApp, World, both, files};

both!(a_withdrawn_piece_leaves_a_tombstone, the_lowest_free_slot_is_taken, what_an_attempt_froze_is_kept);

/// What the database remembers of a piece.
#[derive(Debug, PartialEq)]
struct Remembered {
    slot: Option<i64>,
    details: String,
    file_name: String,
    sha256: Vec<u8>,
    erased: bool,
    has_withdrawer: bool,
}

impl FromRow for Remembered {
    fn from_row(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            slot: row.get("slot")?,
            details: row.get("details")?,
            file_name: row.get("file_name")?,
            sha256: row.get("sha256")?,
            erased: row.get("erased")?,
            has_withdrawer: row.id_or_none::<PieceId>("withdrawn_by")?.is_some(),
        })
    }
}

async fn remembered(app: &TestApp, piece: &str) -> Remembered {
    let id: PieceId = piece.parse().expect("an id");
    let sql = "SELECT slot, details, file_name, sha256, erased, withdrawn_by FROM pieces WHERE id = $1";
    (&mut &app.app.db).query(sql).bind(id.0).fetch_one().await.expect("the row stays")
}

async fn a_withdrawn_piece_leaves_a_tombstone(app: TestAppRef) {
    let world = World::new(&app).await;
    let bytes = files::pdf(1, "a secret");
    let upload = Upload::new("secret name.pdf", bytes.clone()).titled("Secret title");
    let piece = id(&world.apprentice.upload(&world.showcase, upload.clone()).await.json(201));
    let path = format!("/api/v1/pieces/{piece}");
    let answer = world.apprentice.delete(&path).await;
    answer.expect(204);
    assert!(answer.body.is_empty());

    let row = remembered(&app, &piece).await;
    let digest = hex::decode(files::sha256(&bytes)).expect("hexadecimal");
    let (details, file_name) = (String::new(), String::new());
    assert_eq!(row, Remembered { slot: None, details, file_name, sha256: digest, erased: true, has_withdrawer: true });
    assert_eq!((app.stored().await, app.unsealed()), (Vec::new(), 0));
    for client in [&world.apprentice, &world.provider, &world.assessor, &world.admin] {
        client.get(&path).await.problem(404, "not_found");
        client.get(&format!("{path}/content")).await.problem(404, "not_found");
        client.delete(&path).await.problem(404, "not_found");
    }
    assert!(world.pieces().await.is_empty());
    let again = world.apprentice.upload(&world.showcase, upload).await.json(201);
    assert_ne!(id(&again), piece);
}

async fn the_lowest_free_slot_is_taken(app: TestAppRef) {
    let world = World::new(&app).await;
    for number in 0..5 {
        world.piece(&format!("piece {number}"), "").await;
    }
    let pieces = world.pieces().await;
    let slots: Vec<_> = pieces.iter().map(|piece| piece["slot"].as_u64().expect("a slot")).collect();
    assert_eq!(slots, [1, 2, 3, 4, 5]);
    for taken in [3, 1] {
        world.apprentice.delete(&format!("/api/v1/pieces/{}", id(&pieces[taken]))).await.expect(204);
    }
    for slot in [2, 4, 6] {
        assert_eq!(world.piece(&format!("into {slot}"), "").await["slot"], slot);
    }
    assert_eq!(app.stored().await.len(), 6);
}

async fn what_an_attempt_froze_is_kept(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = world.submitted().await;
    world.give_back(1).await;
    let later = id(&world.piece("after the return", "").await);
    let before = app.stored().await;
    for gone in [&piece, &later] {
        world.apprentice.delete(&format!("/api/v1/pieces/{gone}")).await.expect(204);
    }
    // The attempt stays readable as it was: its piece's object and name stay, the other's do not.
    let kept: Vec<_> = before.into_iter().filter(|key| !key.ends_with(&later)).collect();
    assert_eq!(app.stored().await, kept);
    assert!(kept.iter().any(|key| key.ends_with(&piece)), "{kept:?}");
    let row = remembered(&app, &piece).await;
    assert_eq!((row.slot, row.erased, row.file_name.as_str()), (None, false, "evidence.pdf"));
    assert!(row.details.contains("A piece"), "{}", row.details);
    assert!(remembered(&app, &later).await.erased);
    for client in [&world.apprentice, &world.assessor] {
        let content = client.get(&format!("/api/v1/pieces/{piece}/content")).await;
        content.expect(200);
        assert_eq!(content.body, files::pdf(3, "the one piece"));
        client.get(&format!("/api/v1/pieces/{later}/content")).await.problem(404, "not_found");
    }
    assert_eq!(world.piece("into its slot", "").await["slot"], 1);
}
