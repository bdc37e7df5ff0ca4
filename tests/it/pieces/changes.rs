//! Changing what is said about a piece.

use serde_json::{Value, json};

use crate::support::app::TestAppRef;
use crate::support::client::{Upload, id};
use crate::support::still::Still;
use crate::support::{World, both, files};

both!(
    every_detail_is_kept_and_can_change,
    what_becomes_a_statement_is_to_be_signed,
    claims_are_replaced,
    changes_that_are_refused,
    those_who_may_change_a_piece,
    a_submitted_piece_does_not_change,
);

const DETAILS: [(&str, &str, &str); 10] = [
    ("title", "A letter", "Another title"),
    ("kind", "witness_statement", "self_assessment"),
    ("confidentiality", "consent", "anonymised"),
    ("context", "In June,\nat the desk.", "In July."),
    ("activity_on", "2026-06-01", "2026-07-31"),
    ("ai_use", "None.", "For spelling."),
    ("author_name", "Jo Field", "Jo Hill"),
    ("author_role", "Manager", "Director"),
    ("author_relation", "Line manager", "Mentor"),
    ("signed_on", "2026-06-02", "2026-08-01"),
];

async fn every_detail_is_kept_and_can_change(app: TestAppRef) {
    let world = World::new(&app).await;
    let upload = Upload::new("a.pdf", files::pdf(1, "details"));
    let upload = DETAILS.iter().fold(upload, |upload, (field, value, _)| upload.with(field, value));
    let mut expected = world.apprentice.upload(&world.showcase, upload).await.json(201);
    let path = format!("/api/v1/pieces/{}", id(&expected));
    for (field, first, second) in DETAILS {
        assert_eq!(expected[field], first);
        let changed = world.apprentice.patch(&path, json!({ field: second })).await.json(200);
        expected[field] = second.into();
        if field == "kind" {
            // No statement any more: the remark that it has no field to sign in goes.
            expected["findings"] = json!([]);
        }
        assert_eq!(changed, expected, "only {field} changes");
    }
    for (field, _, _) in &DETAILS[3..] {
        let changed = world.apprentice.patch(&path, json!({ *field: null })).await.json(200);
        expected[field] = Value::Null;
        assert_eq!(changed, expected, "null empties {field} alone");
    }
    assert_eq!(world.apprentice.patch(&path, json!({})).await.json(200), expected);
    assert_eq!(world.provider.get(&path).await.json(200), expected);
}

async fn what_becomes_a_statement_is_to_be_signed(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece =
        world.apprentice.upload(&world.showcase, Upload::new("a.pdf", files::pdf(1, "unsigned"))).await.json(201);
    assert_eq!(piece["findings"], json!([]));
    let path = format!("/api/v1/pieces/{}", id(&piece));
    let changed = world.apprentice.patch(&path, json!({"kind": "manager_statement"})).await.json(200);
    assert_eq!(changed["findings"][0]["code"], "no_signature_field");
    let again = world.apprentice.patch(&path, json!({"title": "Signed by hand"})).await.json(200);
    assert_eq!(again["findings"], changed["findings"], "once");
    assert_eq!(world.assessor.get(&path).await.json(200)["findings"], changed["findings"]);
}

async fn claims_are_replaced(app: TestAppRef) {
    let world = World::new(&app).await;
    let piece = id(&world.piece("claims", "ORG,FBK").await);
    let path = format!("/api/v1/pieces/{piece}");
    for (claims, expected) in [
        (json!(["TEA", "REG", "TEA"]), json!(["REG", "TEA"])),
        (json!([]), json!([])),
        (json!(["ORG"]), json!(["ORG"])),
        (json!(null), json!([])),
    ] {
        let changed = world.apprentice.patch(&path, json!({"claims": claims})).await.json(200);
        assert_eq!(changed["claims"], expected);
        assert_eq!(world.assessor.get(&path).await.json(200)["claims"], expected);
    }
    let coverage = world.provider.get(&world.path("/coverage")).await.json(200);
    assert_eq!(coverage["unmapped"], json!([piece]));
}

async fn changes_that_are_refused(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = format!("/api/v1/pieces/{}", id(&world.piece("refused", "ORG").await));
    let before = Still::of(&app, &world).await;
    for (changes, status, code) in [
        (json!({"claims": ["REG", "ABC"], "title": "Not even this"}), 422, "unknown_area"),
        (json!({"colour": "red"}), 422, "invalid"),
        (json!({"slot": 7}), 422, "invalid"),
        (json!({"sha256": "0".repeat(64)}), 422, "invalid"),
        (json!({"title": ""}), 422, "invalid"),
        (json!({"title": null}), 422, "invalid"),
        (json!({"kind": null}), 422, "invalid"),
        (json!({"confidentiality": null}), 422, "invalid"),
        (json!({"title": "two\nlines"}), 422, "invalid"),
        (json!({"kind": "essay"}), 422, "invalid"),
        (json!({"activity_on": "2026-02-30"}), 422, "invalid"),
        (json!({"context": "x".repeat(4001)}), 422, "invalid"),
        (json!({"claims": "ORG"}), 422, "invalid"),
        (json!("title"), 422, "invalid"),
    ] {
        world.apprentice.patch(&path, changes).await.problem(status, code);
        before.holds(&app, &world).await;
    }
}

async fn those_who_may_change_a_piece(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = format!("/api/v1/pieces/{}", id(&world.piece("whose", "").await));
    for (client, name) in [(&world.apprentice, "apprentice"), (&world.provider, "provider"), (&world.admin, "admin")] {
        assert_eq!(client.patch(&path, json!({"title": name})).await.json(200)["title"], name);
    }
    let before = Still::of(&app, &world).await;
    let change = || json!({"title": "Mine"});
    for (client, status, code) in [
        (&world.nobody, 401, "unauthenticated"),
        (&world.assessor, 403, "forbidden"),
        (&world.other_assessor, 404, "not_found"),
        (&world.other_provider, 404, "not_found"),
        (&world.other_apprentice, 404, "not_found"),
    ] {
        client.patch(&path, change()).await.problem(status, code);
        client.delete(&path).await.problem(status, code);
    }
    world.admin.patch("/api/v1/pieces/018f3c00-0000-7000-8000-00000000007f", change()).await.problem(404, "not_found");
    before.holds(&app, &world).await;
}

async fn a_submitted_piece_does_not_change(app: TestAppRef) {
    let world = World::new(&app).await;
    let path = format!("/api/v1/pieces/{}", world.submitted().await);
    let before = Still::of(&app, &world).await;
    for client in [&world.apprentice, &world.provider, &world.admin] {
        client.patch(&path, json!({"title": "Late"})).await.problem(409, "showcase_frozen");
        client.patch(&path, json!({"claims": []})).await.problem(409, "showcase_frozen");
        client.delete(&path).await.problem(409, "showcase_frozen");
    }
    before.holds(&app, &world).await;
    world.give_back(1).await;
    let piece = world.apprentice.patch(&path, json!({"title": "In time"})).await.json(200);
    assert_eq!(piece["title"], "In time");
}
