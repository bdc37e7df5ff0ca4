//! Uploads by those who may not.

use super::refusal;
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::still::Still;
use crate::support::{Client, World, both, files};

both!(uploads_without_leave, uploads_to_where_nothing_is);

async fn uploads_without_leave(app: TestAppRef) {
    let world = World::new(&app).await;
    let token = refusal(401, "unauthenticated", "Authorization: Bearer");
    let role = refusal(403, "forbidden", "Ask the one whose role it is");
    let hidden = refusal(404, "not_found", "not yours to see");
    let impostor = Client::new(&app, String::new(), Some("not-a-token".to_owned()));
    let cases = [
        ("nobody", &world.nobody, token),
        ("a wrong token", &impostor, token),
        ("the assessor", &world.assessor, role),
        ("another assessor", &world.other_assessor, hidden),
        ("another provider", &world.other_provider, hidden),
        ("another apprentice", &world.other_apprentice, hidden),
    ];
    let before = Still::of(&app, &world).await;
    for (case, client, refusal) in cases {
        let answer = client.upload(&world.showcase, Upload::new("a.pdf", files::pdf(1, case))).await;
        assert_eq!(answer.headers.contains_key("www-authenticate"), refusal.status == 401, "{case}");
        refusal.is(case, answer);
        before.holds(&app, &world).await;
    }
}

async fn uploads_to_where_nothing_is(app: TestAppRef) {
    let world = World::new(&app).await;
    let hidden = refusal(404, "not_found", "not yours to see");
    let before = Still::of(&app, &world).await;
    for showcase in ["018f3c00-0000-7000-8000-00000000007f", "not-an-id", &world.apprentice.id] {
        for client in [&world.apprentice, &world.admin] {
            let answer = client.upload(showcase, Upload::new("a.pdf", files::pdf(1, "lost"))).await;
            hidden.is(showcase, answer);
        }
    }
    before.holds(&app, &world).await;
}
