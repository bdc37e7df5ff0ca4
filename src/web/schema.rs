//! How the words, ids and texts of the domain look in the OpenAPI description: the domain itself knows nothing
//! of it, and no enumeration is written twice.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::assessment::{Attainment, MeetingRemarkCode, Mode, SittingKind};
use crate::domain::deadline::DeadlineKind;
use crate::domain::digest::Digest;
use crate::domain::file_name::FileName;
use crate::domain::finding::FindingCode;
use crate::domain::gateway::{
    CheckCode, CheckSeverity, Component, ComponentDecision, DocumentKind, Outcome, ShowcaseState,
};
use crate::domain::identifiers::{EpaoId, Ukprn, Uln};
use crate::domain::ids::{
    DecisionId, DocumentId, MockId, OrganisationId, PieceId, ShowcaseId, TagId, TokenId, UploadId, UserId,
};
use crate::domain::media_type::MediaType;
use crate::domain::people::{Email, OrganisationKind, Role};
use crate::domain::piece::{Confidentiality, PieceKind};
use crate::domain::qualification::{Basis, Level};
use crate::domain::standard::{AreaCode, ComponentCode, CriterionCode, Grade, KsbCode};
use crate::domain::text::{LINE, Line, PROSE, Prose};

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn formatted(format: KnownFormat) -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(format)))
}

macro_rules! schemas {
    ($($name:ident => $schema:expr;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let object: Object = $schema.build();
                object.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )*};
}

macro_rules! words {
    ($($name:ident)*) => {
        schemas! { $($name => text().enum_values(Some($name::WORDS.iter().copied()));)* }
    };
}

macro_rules! ids {
    ($($name:ident)*) => {
        schemas! { $($name => formatted(KnownFormat::Uuid);)* }
    };
}

words! {
    Attainment Basis CheckCode CheckSeverity Component ComponentDecision Confidentiality DeadlineKind DocumentKind FindingCode Grade
    Level MeetingRemarkCode Mode OrganisationKind Outcome PieceKind Role ShowcaseState SittingKind
}

ids! { DecisionId DocumentId MockId OrganisationId PieceId ShowcaseId TagId TokenId UploadId UserId }

schemas! {
    AreaCode => text();
    ComponentCode => text();
    CriterionCode => text();
    KsbCode => text();
    Digest => text().pattern(Some("^[0-9a-f]{64}$"));
    Email => formatted(KnownFormat::Email);
    EpaoId => text();
    FileName => text();
    Line => text().min_length(Some(1)).max_length(Some(LINE)).pattern(Some(LINE_PATTERN));
    MediaType => text().enum_values(Some(MediaType::ALL.iter().map(|media_type| media_type.name())));
    Prose => text().max_length(Some(PROSE)).pattern(Some(PROSE_PATTERN));
    Ukprn => text().pattern(Some("^[1-9][0-9]{7}$"));
    Uln => text().pattern(Some("^[1-9][0-9]{9}$"));
}

/// Not blank, and without control characters.
const LINE_PATTERN: &str = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f-\x9f]*$";
/// Without control characters but line ends and tabs.
const PROSE_PATTERN: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";
