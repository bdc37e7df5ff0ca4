//! What a showcase waits for, and which area has nothing, as SQL: `$9` is the area, `$10` the word for what it waits for,
//! `$11` how many areas the standard has.

/// Fewer areas are claimed than the standard has.
macro_rules! lacks_area {
    () => {
        "(SELECT COUNT(DISTINCT c.area) FROM pieces p JOIN claims c ON c.piece_id = p.id \
         WHERE p.showcase_id = s.id AND p.slot IS NOT NULL) < $11"
    };
}

/// The names stand in the JSON text whatever their value is, and no person's text does.
macro_rules! lacks_detail {
    () => {
        "(g.details IS NULL OR g.details LIKE '%\"maths\":null%' OR g.details LIKE '%\"english\":null%' \
         OR g.details LIKE '%\"employer_confirmed_on\":null%' OR g.details LIKE '%\"assessment_on\":null%')"
    };
}

macro_rules! has_document {
    ($kinds:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM gateway_documents d WHERE d.showcase_id = s.id AND d.replaced_by IS NULL AND d.kind IN (",
            $kinds,
            "))"
        )
    };
}

macro_rules! lacks_document {
    () => {
        concat!(
            "NOT (",
            crate::records::roster::held::has_document!("'gateway_form'"),
            " AND ",
            crate::records::roster::held::has_document!("'maths_certificate', 'plan_or_statement'"),
            " AND ",
            crate::records::roster::held::has_document!("'english_certificate', 'plan_or_statement'"),
            ")"
        )
    };
}

/// As `domain::standing` has it; a test holds one to the other.
macro_rules! held {
    () => {
        concat!(
            "AND (CAST($9 AS TEXT) IS NULL OR (NOT EXISTS (SELECT 1 FROM pieces p JOIN claims c ON c.piece_id = p.id ",
            "WHERE p.showcase_id = s.id AND p.slot IS NOT NULL AND c.area = $9) ",
            "AND NOT EXISTS (SELECT 1 FROM pieces p JOIN tags t ON t.piece_id = p.id ",
            "WHERE p.showcase_id = s.id AND p.slot IS NOT NULL AND t.removed_at IS NULL AND t.area = $9))) ",
            "AND (CAST($10 AS TEXT) IS NULL ",
            "OR ($10 = 'returned' AND s.state = 'draft' AND s.attempt > 0) ",
            "OR ($10 = 'detail' AND s.state = 'draft' AND ",
            crate::records::roster::held::lacks_detail!(),
            ") OR ($10 = 'document' AND s.state = 'draft' AND ",
            crate::records::roster::held::lacks_document!(),
            ") OR ($10 = 'area' AND s.state = 'draft' AND ",
            crate::records::roster::held::lacks_area!(),
            ") OR ($10 = 'assessor' AND s.state = 'submitted' AND s.assessor_id IS NULL) ",
            "OR ($10 = 'decision' AND s.state = 'submitted' AND s.assessor_id IS NOT NULL) ",
            "OR ($10 = 'anything' AND ((s.state = 'submitted' AND s.assessor_id IS NULL) ",
            "OR (s.state = 'draft' AND (s.attempt > 0 OR ",
            crate::records::roster::held::lacks_detail!(),
            " OR ",
            crate::records::roster::held::lacks_document!(),
            " OR ",
            crate::records::roster::held::lacks_area!(),
            ")))) OR ($10 = 'nothing' AND s.state = 'draft' AND NOT (",
            crate::records::roster::held::lacks_detail!(),
            " OR ",
            crate::records::roster::held::lacks_document!(),
            " OR ",
            crate::records::roster::held::lacks_area!(),
            "))) "
        )
    };
}

pub(super) use {has_document, held, lacks_area, lacks_detail, lacks_document};
