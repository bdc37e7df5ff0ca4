//! How an inspector ends early: with a finding, or with a disk that fails. The two are never taken for each other.

use std::io;

use super::Report;
use crate::domain::finding::Finding;

/// Why an inspector stops before the end of a file.
#[derive(Debug)]
pub enum Stop {
    Refused(Finding),
    /// The disk does not give it; nothing is said about the file.
    Unreadable(io::Error),
}

impl Stop {
    /// What the inspector reports; a disk that fails is no report.
    pub fn reported(looked: Result<Report, Self>) -> io::Result<Report> {
        match looked {
            Ok(report) => Ok(report),
            Err(Self::Refused(finding)) => Ok(Report::of(finding)),
            Err(Self::Unreadable(error)) => Err(error),
        }
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Refused(finding)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
            Some(Broken(finding)) => Self::Refused(finding.clone()),
            None => Self::Unreadable(error),
        }
    }
}

/// A finding on its way through a reader, whose callers know only errors of input and output.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .0.detail)]
pub struct Broken(pub Finding);

impl From<Broken> for io::Error {
    fn from(broken: Broken) -> Self {
        Self::other(broken)
    }
}
