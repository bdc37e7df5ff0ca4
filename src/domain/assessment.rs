//! Grading, pure: a component's result follows from its criteria and the overall grade from the components' results
//! (support pack, Grading & Criteria). Neither is ever typed in, and nothing unrecorded counts as met.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::standard::{Component, Criterion, CriterionCode, Grade};
use super::words::words;

words! {
    /// What a component, or the whole assessment, came to.
    Attainment { Fail = "fail", Pass = "pass", Distinction = "distinction" }
}

words! {
    /// Where a meeting is held.
    Mode { FaceToFace = "face_to_face", Remote = "remote" }
}

words! {
    /// Why a component is sat.
    SittingKind {
        First = "first",
        /// Again, without further learning.
        Resit = "resit",
        /// Again, after further learning.
        Retake = "retake",
    }
}

words! {
    /// What is unusual about a meeting; it never refuses one.
    MeetingRemarkCode {
        Short = "meeting_short",
        Long = "meeting_long",
        OutOfOrder = "out_of_order",
        InFuture = "in_future",
    }
}

/// A remark on a meeting, with a plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MeetingRemark {
    pub code: MeetingRemarkCode,
    pub detail: String,
}

/// A meeting that was held, or is entered as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Meeting {
    pub held_on: NaiveDate,
    pub minutes: u32,
    pub mode: Mode,
}

/// What a component's criteria come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graded {
    pub result: Attainment,
    /// Pass criteria that are not met; of alternatives, all when none is.
    pub missing: Vec<CriterionCode>,
}

/// Grades a component by which of its criteria are met: every pass criterion (one of its alternatives) for a pass, and
/// as many distinction criteria as the standard asks for a distinction.
pub fn grade(component: &Component, is_met: impl Fn(&CriterionCode) -> bool) -> Graded {
    let mut missing = Vec::new();
    let mut distinctions = 0;
    let fulfilled = |alternatives: &Vec<&Criterion>| alternatives.iter().any(|criterion| is_met(&criterion.code));
    for area in &component.areas {
        for requirement in area.requirements(Grade::Pass).filter(|requirement| !fulfilled(requirement)) {
            missing.extend(requirement.iter().map(|criterion| criterion.code.clone()));
        }
        distinctions += area.requirements(Grade::Distinction).filter(&fulfilled).count();
    }
    let result = match (missing.is_empty(), distinctions >= component.distinction_threshold) {
        (false, _) => Attainment::Fail,
        (true, false) => Attainment::Pass,
        (true, true) => Attainment::Distinction,
    };
    Graded { result, missing }
}

/// The grade of the whole assessment: none while a component has no result, a fail while one failed, and never more than
/// a pass once a component was taken again (support pack, Re-sit / Re-take).
#[must_use]
pub fn overall(results: &[Option<Attainment>], is_capped: bool) -> Option<Attainment> {
    let results: Option<Vec<Attainment>> = results.iter().copied().collect();
    let worst = results?.into_iter().min()?;
    Some(if is_capped { worst.min(Attainment::Pass) } else { worst })
}

/// What is unusual about a meeting of `component`. `before` is the day of the component that it follows, if that was held.
#[must_use]
pub fn remarks(
    component: &Component,
    meeting: Meeting,
    before: Option<NaiveDate>,
    today: NaiveDate,
) -> Vec<MeetingRemark> {
    let Meeting { held_on, minutes, .. } = meeting;
    let bounds = component.meeting_minutes;
    let title = &component.title;
    let mut remarks = Vec::new();
    let mut remark = |code, detail| remarks.push(MeetingRemark { code, detail });
    if let Some(least) = bounds.at_least.filter(|least| minutes < *least) {
        let detail = format!("{title} took {minutes} minutes; it takes at least {least}.");
        remark(MeetingRemarkCode::Short, detail);
    }
    if let Some(most) = bounds.at_most.filter(|most| minutes > *most) {
        let detail = format!("{title} took {minutes} minutes; it takes at most {most}.");
        remark(MeetingRemarkCode::Long, detail);
    }
    if let (Some(follows), true) = (&component.follows, before.is_none_or(|before| held_on < before)) {
        let detail = format!("{title} is held after the component `{follows}`.");
        remark(MeetingRemarkCode::OutOfOrder, detail);
    }
    if held_on > today {
        remark(MeetingRemarkCode::InFuture, format!("{title} is entered for {held_on}, which is still to come."));
    }
    remarks
}

#[cfg(test)]
mod tests;
