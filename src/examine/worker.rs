//! The confined process itself, the hidden command `inspect-worker`: one thread that takes a file, says what it is, and
//! ends when the service does. It reads no settings, no environment and no file; the bytes it looks at it asks the service for.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use rustix::process::{Signal, set_parent_process_death_signal};

use super::asked::Asked;
use super::walls;
use super::wire::{self, Answer, Request};
use crate::domain::finding::{Severity, Verdict};
use crate::inspect::{self, ReadAt, Rules};

/// Works until the other side of standard input is gone.
#[must_use]
pub fn work() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        // Before the walls stand, somebody who called this by hand can still be told.
        Err(error) => {
            eprintln!("exhibit: this command is for the service itself: {error}");
            ExitCode::from(2)
        }
    }
}

fn serve() -> io::Result<()> {
    let socket = io::stdin();
    // For the worker that is looking at a file while the service is killed; one that waits sees the socket close.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let in_force = walls::put_up()?;
    say(&socket, &Answer::Ready(in_force))?;
    let mut buffer = Vec::new();
    let Some(rules) = wire::receive(&socket, &mut buffer)? else { return Ok(()) };
    let rules: Rules = serde_json::from_slice(rules)?;
    while let Some(message) = wire::receive(&socket, &mut buffer)? {
        let request: Request = serde_json::from_slice(message)?;
        walls::allow_time()?;
        #[cfg(feature = "failpoints")]
        super::misbehaviour::on_request(request.claim.name.as_str());
        let file: Arc<dyn ReadAt> = Arc::new(Asked::new(io::stdin()));
        let answer = match inspect::inspect(&file, request.len, &request.claim, &rules) {
            Ok(verdict) => Answer::Judged(short(verdict)),
            Err(error) => Answer::Unreadable(error.raw_os_error()),
        };
        say(&socket, &answer)?;
    }
    Ok(())
}

fn say(socket: &io::Stdin, answer: &Answer) -> io::Result<()> {
    wire::send(socket, &serde_json::to_vec(answer)?)
}

/// What a file says about itself may be long; a verdict is not. No refusal is lost with what is left out.
fn short(mut verdict: Verdict) -> Verdict {
    const MOST: usize = 24;
    verdict.findings.sort_by_key(|finding| finding.severity != Severity::Refuses);
    verdict.findings.truncate(MOST);
    verdict.facts.codecs.truncate(MOST);
    let facts = &mut verdict.facts;
    let said = [&mut facts.author, &mut facts.software].into_iter().flatten().chain(&mut facts.codecs);
    said.for_each(|text| cut(text, 200));
    verdict.findings.iter_mut().for_each(|finding| cut(&mut finding.detail, 400));
    verdict
}

fn cut(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::finding::{Facts, Finding, FindingCode};

    #[test]
    fn a_verdict_is_cut_to_what_fits_and_still_refuses() {
        let mut findings = vec![Finding::new(FindingCode::Links, "ü".repeat(5000)); 5000];
        findings.push(Finding::new(FindingCode::Bomb, "It unpacks to too much."));
        let facts = Facts { author: Some("é".repeat(100_000)), ..Facts::default() };
        let verdict = short(Verdict { media_type: None, findings, facts });
        assert_eq!(verdict.refusal().unwrap().code, FindingCode::Bomb);
        let answer = serde_json::to_vec(&Answer::Judged(verdict)).unwrap();
        assert!(answer.len() < wire::LONGEST, "{}", answer.len());
    }
}
