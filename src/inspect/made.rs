//! Files that tests make byte by byte, and what becomes of them when they are cut or altered.

use std::io::Write;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{Report, View};
use crate::domain::finding::FindingCode;

pub fn view(bytes: &[u8]) -> View {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    View::new(Arc::new(file), bytes.len() as u64)
}

pub fn codes(report: &Report) -> Vec<FindingCode> {
    report.findings.iter().map(|finding| finding.code).collect()
}

/// A file that was cut somewhere, or had some bytes set to others.
pub fn spoilt(file: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let changes = proptest::collection::vec((any::<Index>(), any::<u8>()), 0..6);
    (changes, any::<Index>(), any::<bool>()).prop_map(move |(changes, end, cut)| {
        let mut file = file.clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if cut {
            file.truncate(end.index(file.len()).max(1));
        }
        file
    })
}
