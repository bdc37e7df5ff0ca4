//! People: who may call what, what is refused when they are added, and that a token's secret is kept nowhere.

mod access;
mod assigning;
mod enrolling;
mod joining;
mod tokens;

use serde_json::Value;

use crate::support::Answer;

/// Makes sure that an answer is a refusal of this kind, whose detail says this.
#[track_caller]
fn refused(answer: Answer, status: u16, code: &str, word: &str) {
    let problem: Value = answer.problem(status, code);
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains(word), "`{word}` is not in: {detail}");
}
