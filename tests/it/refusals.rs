//! Every refusal of an upload: its code, that it says what to do, and that nothing came of it.

mod access;
mod content;
mod file;
mod form;
mod media;
mod showcase;
mod size;

use serde_json::Value;

use crate::support::client::Upload;
use crate::support::still::Still;
use crate::support::{Answer, TestApp, World};

/// How an upload is refused: status, code, and words of the detail that say what to do.
#[derive(Clone, Copy, Debug)]
struct Refusal {
    status: u16,
    code: &'static str,
    says: &'static str,
}

const fn refusal(status: u16, code: &'static str, says: &'static str) -> Refusal {
    Refusal { status, code, says }
}

impl Refusal {
    /// Makes sure that this is how a request was answered; gives its problem document.
    fn is(self, case: &str, answer: Answer) -> Value {
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (self.status, "application/problem+json"),
            "{case}: {told}"
        );
        let problem = answer.problem(self.status, self.code);
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(self.says), "{case} should say what to do (`{}`): {detail}", self.says);
        problem
    }
}

/// Uploads by the apprentice, one after the other, each refused in its way; nothing comes of any.
async fn each_is_refused(app: &TestApp, world: &World, cases: Vec<(&str, Upload, Refusal)>) {
    let before = Still::of(app, world).await;
    for (case, upload, refusal) in cases {
        let answer = world.apprentice.upload(&world.showcase, upload).await;
        refusal.is(case, answer);
        before.holds(app, world).await;
    }
}
