//! Every setting that is in force, for those who run the service. The list is made from the settings themselves, so that
//! none is forgotten, and a secret is only said to be there.

use serde_json::Value;

use super::{REDACTED, Settings};

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `room.key`, as in the file of settings.
    pub key: String,
    pub value: Given,
}

/// What a setting is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    Text(String),
    /// It is there, and is not shown.
    Secret,
    /// Nothing.
    Absent,
}

impl Settings {
    /// All of them, room by room.
    #[must_use]
    pub fn shown(&self) -> Vec<(String, Vec<Shown>)> {
        let Ok(Value::Object(rooms)) = serde_json::to_value(self) else { return Vec::new() };
        let room = |(room, value): (String, Value)| {
            let mut keys = Vec::new();
            gather(room.clone(), value, &mut keys);
            (room, keys)
        };
        rooms.into_iter().map(room).collect()
    }
}

fn gather(key: String, value: Value, into: &mut Vec<Shown>) {
    let given = match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                gather(format!("{key}.{name}"), value, into);
            }
            return;
        }
        Value::Null | Value::Object(_) => Given::Absent,
        Value::Array(items) if items.is_empty() => Given::Absent,
        Value::Array(items) => Given::Text(items.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::String(text) if text == REDACTED => Given::Secret,
        other => Given::Text(plain(&other)),
    };
    into.push(Shown { key, value: given });
}

/// A value as people write it. What stands before an @ in an address may be a password, whatever setting it is in.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.split_once("://").map(|(scheme, rest)| (scheme, rest.rsplit_once('@'))) {
        Some((scheme, Some((_, host)))) => format!("{scheme}://{REDACTED}@{host}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    #[test]
    fn every_setting_is_shown_and_no_secret() {
        let mut settings = Settings::defaults();
        settings.database.url = Secret::new("postgres://u:hunter2@h/d".into());
        settings.storage.secret_access_key = Some(Secret::new("hunter2".into()));
        settings.storage.endpoint = Some("https://u:hunter2@store.example.org".into());
        settings.mail.url = Secret::new("smtp://u:hunter2@h:25".into());
        let shown = settings.shown();
        assert!(!format!("{shown:?}").contains("hunter2"), "{shown:?}");
        let find = |key: &str| {
            let all = shown.iter().flat_map(|(_, keys)| keys);
            all.clone().find(|shown| shown.key == key).unwrap_or_else(|| panic!("{key}")).value.clone()
        };
        assert_eq!(find("database.url"), Given::Secret);
        assert_eq!(find("storage.secret_access_key"), Given::Secret);
        assert_eq!(find("mail.url"), Given::Secret);
        assert_eq!(find("storage.endpoint"), Given::Text("https://[redacted]@store.example.org".into()));
        assert_eq!(find("server.public_url"), Given::Absent);
        assert_eq!(find("uploads.budget_mib"), Given::Text("24".into()));
        assert_eq!(find("inspection.package.max_entries"), Given::Text("10000".into()));
        assert_eq!(find("gateway.window_from"), Given::Text("submitted".into()));
        assert_eq!(shown.len(), 11, "every room");
    }
}
