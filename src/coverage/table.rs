//! Coverage as tables of text, for CSV. A cell never starts a formula in a spreadsheet program.

use std::collections::BTreeSet;

use super::CohortLine;
use crate::domain::coverage::Coverage;

/// A row an area: code, title, covered, claimed and tagged pieces, criteria that a tag names.
#[must_use]
pub fn coverage_table(coverage: &Coverage) -> Vec<Vec<String>> {
    let header = ["code", "title", "covered", "claimed_pieces", "tagged_pieces", "criteria_covered", "criteria"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(coverage.areas.iter().map(|area| {
        let tagged: BTreeSet<_> = area.tagged.iter().map(|tag| tag.piece_id).collect();
        let criteria = area.criteria.iter().filter(|criterion| criterion.covered).count();
        vec![
            area.code.to_string(),
            guarded(&area.title),
            yes(area.covered),
            area.claimed.len().to_string(),
            tagged.len().to_string(),
            criteria.to_string(),
            area.criteria.len().to_string(),
        ]
    }));
    rows
}

/// A row a showcase, a column an area of any of them: `covered`, `claimed` or empty.
#[must_use]
pub fn cohort_table(lines: &[CohortLine]) -> Vec<Vec<String>> {
    let mut codes: Vec<&str> = Vec::new();
    for code in lines.iter().flat_map(|line| line.areas.iter().map(|area| area.code.as_ref())) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    let fixed = ["showcase_id", "apprentice", "employer", "standard", "version", "state", "pieces", "complete"];
    let mut rows = vec![fixed.iter().chain(&codes).map(|&name| name.to_owned()).collect::<Vec<_>>()];
    rows.extend(lines.iter().map(|line| {
        let mut row = vec![
            line.showcase_id.to_string(),
            guarded(&line.apprentice),
            guarded(&line.employer),
            line.standard.clone(),
            line.version.clone(),
            line.state.to_string(),
            line.pieces.to_string(),
            yes(line.complete),
        ];
        row.extend(codes.iter().map(|code| {
            let area = line.areas.iter().find(|area| area.code.as_ref() == *code);
            match area {
                Some(area) if area.covered => "covered".to_owned(),
                Some(area) if area.claimed => "claimed".to_owned(),
                _ => String::new(),
            }
        }));
        row
    }));
    rows
}

fn yes(met: bool) -> String {
    if met { "yes" } else { "no" }.to_owned()
}

/// Text that a person wrote, so that no spreadsheet runs it (OWASP, CSV injection).
#[must_use]
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn no_cell_starts_a_formula() {
        for text in ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        assert_eq!(guarded("Amy Field"), "Amy Field");
    }
}
