//! The workbench: the piece in the middle, areas and criteria beside it. Its page may do a little more than others, namely
//! play recordings, start the worker that reads PDF and load the fonts that documents count on; whatever it shows stays data.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::super::fields::Typed;
use super::Names;
use super::about::{self, Row, Twin};
use super::panel::Panel;
use super::viewer::View;
use crate::coverage;
use crate::domain::coverage::Coverage;
use crate::domain::ids::{PieceId, ShowcaseId};
use crate::domain::permission::Action;
use crate::domain::standard::{AreaCode, Standard};
use crate::records::pieces::{self, Claim, Duplicate, Piece};
use crate::records::showcases::Showcase;
use crate::records::tags::{self, Tag};
use crate::web::auth::Caller;
use crate::web::content::Shown;
use crate::web::pages::evidence::size;
use crate::web::pages::{Fault, Item, Notice, Page, assets, html, html_under, see_other, showcase, words};
use crate::web::problem::Problem;
use crate::web::state::App;

/// As every page's, and with media and workers of our own.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      media-src 'self'; font-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What one visit of the workbench saw of a showcase.
pub struct Bench<'a> {
    pub showcase: Showcase,
    pub standard: &'a Standard,
    pub pieces: Vec<Piece>,
    /// The place of the piece that is open, among them.
    at: usize,
    pub claims: Vec<Claim>,
    /// Standing tags of all pieces.
    pub tags: Vec<Tag>,
    pub coverage: Coverage,
    duplicates: Vec<Duplicate>,
    pub names: Names,
}

#[derive(Template)]
#[template(path = "assess/workbench.html")]
struct Workbench {
    page: Page,
    css: Option<String>,
    js: Option<String>,
    id: ShowcaseId,
    piece: PieceId,
    caption: String,
    title: String,
    before: Option<PieceId>,
    after: Option<PieceId>,
    all: Vec<Neighbour>,
    view: View,
    about_file: String,
    can_open: bool,
    of_pages: String,
    picture_alt: String,
    panel: Panel,
    said: Vec<Row>,
    known: Vec<Row>,
    remarks: Vec<String>,
    twins: Vec<Twin>,
}

/// A piece in the list of all.
struct Neighbour {
    id: PieceId,
    text: String,
    tags: String,
    is_here: bool,
}

/// What was just done.
#[derive(Deserialize)]
pub struct Done {
    #[serde(default)]
    done: Option<String>,
}

impl<'a> Bench<'a> {
    /// Everything that the workbench of a piece shows.
    ///
    /// # Errors
    /// `not_found` or `forbidden` for whoever does not assess the showcase, and for a piece that is not in it.
    pub async fn of(app: &'a App, caller: &Caller, id: ShowcaseId, piece: PieceId) -> Result<Self, Problem> {
        let showcase = caller.showcase(app, id, Action::Tag).await?;
        let standard = showcase::standard(app, &showcase)?;
        let mut tx = app.db.read().await?;
        let pieces = pieces::list(&mut tx, id).await?;
        let at = pieces.iter().position(|one| one.id == piece).ok_or_else(Problem::not_found)?;
        let claims = pieces::claims(&mut tx, id).await?;
        let tags = tags::list(&mut tx, id).await?;
        let coverage = coverage::load(&mut tx, standard, id).await?;
        let duplicates = pieces::duplicates(&mut tx, id).await?;
        drop(tx);
        let people = tags.iter().filter(|tag| tag.piece_id == piece).map(|tag| tag.tagged_by);
        let names = Names::of(app, people.chain([pieces[at].uploaded_by])).await?;
        Ok(Self { showcase, standard, pieces, at, claims, tags, coverage, duplicates, names })
    }

    pub fn piece(&self) -> &Piece {
        &self.pieces[self.at]
    }

    fn neighbours(&self) -> Vec<Neighbour> {
        let neighbour = |piece: &Piece| Neighbour {
            id: piece.id,
            text: words().with("bench.piece", &[("slot", &piece.slot), ("title", &piece.details.title)]),
            tags: words().count("bench.tags", self.tags.iter().filter(|tag| tag.piece_id == piece.id).count()),
            is_here: piece.id == self.piece().id,
        };
        self.pieces.iter().map(neighbour).collect()
    }

    /// The page, with what was typed before a refusal.
    ///
    /// # Errors
    /// The store's or the database's.
    pub async fn page(
        &self,
        app: &App,
        caller: &Caller,
        typed: &Typed,
        (status, errors): (StatusCode, Vec<Fault>),
        said: Option<&'static str>,
    ) -> Result<HttpResponse, Problem> {
        let piece = self.piece();
        let claims: Vec<AreaCode> =
            self.claims.iter().filter(|claim| claim.piece == piece.id).map(|claim| claim.area.clone()).collect();
        let own: Vec<Duplicate> = self.duplicates.iter().filter(|found| found.piece == piece.id).copied().collect();
        let place = self.at.checked_sub(1).and_then(|at| self.pieces.get(at));
        let workbench = Workbench {
            page: Page::of(caller, "").with(&errors),
            css: assets::address("workbench", ".css"),
            js: assets::address("workbench", ".js"),
            id: self.showcase.id,
            piece: piece.id,
            caption: self.caption(),
            title: piece.details.title.clone(),
            before: place.map(|piece| piece.id),
            after: self.pieces.get(self.at + 1).map(|piece| piece.id),
            all: self.neighbours(),
            view: View::of(app, piece).await?,
            about_file: words()
                .with("bench.file", &[("what", &piece.media_type.words()), ("size", &size(piece.bytes))]),
            can_open: Shown::is_possible(piece.media_type),
            of_pages: words().with("viewer.of", &[("pages", &piece.pages.unwrap_or_default())]),
            picture_alt: words().with("viewer.picture", &[("title", &piece.details.title)]),
            said: about::said(piece, &claims, self.standard),
            known: about::known(piece, &self.names),
            remarks: piece.findings.iter().map(|finding| finding.detail.clone()).collect(),
            twins: about::twins(app, caller, &own).await?,
            panel: Panel::of(self, &app.wording, typed, errors, said),
        };
        html_under(POLICY, status, &workbench)
    }

    fn caption(&self) -> String {
        let about: [(&str, &dyn std::fmt::Display); 3] =
            [("at", &(self.at + 1)), ("all", &self.pieces.len()), ("name", &self.showcase.apprentice_name)];
        words().with("bench.caption", &about)
    }
}

/// `GET /showcases/{id}/workbench`: the first piece without a tag, or the first.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn start(app: web::Data<App>, caller: Caller, id: web::Path<ShowcaseId>) -> Result<HttpResponse, Problem> {
    let showcase = caller.showcase(&app, *id, Action::Tag).await?;
    let pieces = pieces::list(&mut &app.db, *id).await?;
    let tags = tags::list(&mut &app.db, *id).await?;
    let untagged = pieces.iter().find(|piece| tags.iter().all(|tag| tag.piece_id != piece.id));
    if let Some(piece) = untagged.or_else(|| pieces.first()) {
        return Ok(see_other(&format!("/showcases/{id}/workbench/{}", piece.id)));
    }
    let words = words();
    let notice = Notice {
        page: Page::of(&caller, ""),
        title: words.of("bench.empty.title").to_owned(),
        paragraphs: vec![words.with("bench.empty.text", &[("name", &showcase.apprentice_name)])],
        ways: vec![Item::new("/", words.of("bench.queue"))],
        request_id: None,
    };
    html(StatusCode::OK, &notice)
}

/// `GET /showcases/{id}/workbench/{piece}`.
///
/// # Errors
/// `not_found` or `forbidden`.
pub async fn show(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(ShowcaseId, PieceId)>,
    query: web::Query<Done>,
) -> Result<HttpResponse, Problem> {
    let (id, piece) = path.into_inner();
    let said = match query.done.as_deref() {
        Some("tagged") => Some(words().of("bench.tagged")),
        Some("removed") => Some(words().of("bench.removed")),
        _ => None,
    };
    let bench = Bench::of(&app, &caller, id, piece).await?;
    bench.page(&app, &caller, &Typed::new(), (StatusCode::OK, Vec::new()), said).await
}
