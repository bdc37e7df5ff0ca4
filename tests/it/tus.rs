//! Resumable uploads: the protocol, and what is known to go wrong with it.

mod attacks;
mod clients;
mod conformance;
mod crashes;
mod faults;
mod idle;
mod limits;
mod locks;
mod properties;
mod replicas;
mod swept;

use crate::support::app::TestAppRef;
use crate::support::{Client, World, files};
use serde_json::Value;

/// Makes sure that the one piece of the showcase is these bytes, and that nothing else is stored.
async fn only_piece(app: &TestAppRef, world: &World, bytes: &[u8]) -> Value {
    let pieces = world.pieces().await;
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    assert_eq!(pieces[0]["sha256"], files::sha256(bytes));
    let path = format!("/api/v1/pieces/{}/content", pieces[0]["id"].as_str().unwrap());
    assert_eq!(world.provider.get(&path).await.body, bytes);
    assert_eq!((app.stored().await.len(), fragments(app).await, app.unsealed()), (1, 0, 0));
    pieces[0].clone()
}

/// How many objects or files of uploads that are not whole the store keeps.
async fn fragments(app: &TestAppRef) -> usize {
    let (mut count, mut cursor) = (0, None);
    loop {
        let (found, next) = app.app.storage.fragments(cursor).await.unwrap();
        count += found.len();
        match next {
            Some(next) => cursor = Some(next),
            None => return count,
        }
    }
}

/// Sends these bytes from `offset` on, cut at these places, and answers the last answer.
async fn send(client: &Client, upload: &str, offset: usize, bytes: &[u8], cuts: &[usize]) -> crate::support::Answer {
    let mut at = offset;
    for &cut in cuts {
        let answer = client.append(upload, at, &bytes[at..cut]).await;
        assert_eq!(answer.moved(204), cut);
        assert_eq!(answer.header("piece-location"), "");
        at = cut;
    }
    client.append(upload, at, &bytes[at..]).await
}
