//! All that is kept of a showcase, so that a test can say that a refusal changed nothing.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{TestApp, World};

impl World {
    /// The showcase as its provider sees it, with its pieces, their tags, coverage and gateway, and every stored object.
    pub async fn everything(&self, app: &TestApp) -> Value {
        let pieces = self.provider.get(&self.path("/pieces")).await.json(200);
        let mut tags = Vec::new();
        for piece in pieces["items"].as_array().unwrap() {
            let path = format!("/api/v1/pieces/{}/tags", piece["id"].as_str().unwrap());
            tags.push(self.provider.get(&path).await.json(200)["items"].clone());
        }
        json!({
            "showcase": self.provider.get(&self.path("")).await.json(200),
            "pieces": pieces,
            "tags": tags,
            "coverage": self.provider.get(&self.path("/coverage")).await.json(200),
            "gateway": self.provider.get(&self.path("/gateway")).await.json(200),
            "assessment": self.provider.get(&self.path("/assessment")).await.json(200),
            "mocks": self.provider.get(&self.path("/mocks")).await.json(200),
            "stored": app.stored().await,
        })
    }

    /// The showcase's state, by its word.
    pub async fn state(&self) -> String {
        self.provider.get(&self.path("")).await.json(200)["state"].as_str().unwrap().to_owned()
    }
}

/// The file in which a store keeps the object of this key.
pub fn file_of(app: &TestApp, key: &str) -> PathBuf {
    match &app.store {
        Some(store) => store.file_of(&format!("under/a/prefix/{key}")),
        None => app.folder.path().join("objects").join(key),
    }
}

/// The one stored key that names this id.
pub async fn key_of(app: &TestApp, id: &str) -> String {
    let mut keys = app.stored().await;
    keys.retain(|key| key.ends_with(id));
    assert_eq!(keys.len(), 1, "{id}: {keys:?}");
    keys.remove(0)
}
