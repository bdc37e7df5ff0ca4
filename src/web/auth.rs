//! Who calls, and whether they may: every handler gets its showcase or piece from here, decided already, so
//! that none can forget to ask.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, Utc};

use super::problem::{Code, Problem};
use super::state::App;
use crate::domain::ids::{DocumentId, PieceId, SessionId, ShowcaseId, UploadId};
use crate::domain::people::Actor;
use crate::domain::permission::{Action, Decision, Scope, Undertaking, decide, may, relation, scope};
use crate::records::documents::{self, Document};
use crate::records::pieces::{self, Kept, Piece};
use crate::records::showcases::{self, Showcase};
use crate::records::tokens::Named;
use crate::records::users::User;

/// The person behind the request's token or session.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user: User,
    /// The session, of one who comes by a browser.
    pub session: Option<SessionId>,
    /// The showcase that the address names, as it was when the person was recognised.
    seen: Option<(Named, Showcase)>,
    /// When they signed in there.
    pub signed_in_at: Option<DateTime<Utc>>,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let app = app.expect("every route has the app");
        let has_token = request.headers().contains_key(header::AUTHORIZATION);
        let token = bearer(request).map(str::to_owned);
        let session = app.cookies.session(request).map(str::to_owned);
        let named = named(request);
        Box::pin(async move {
            // Whoever sends a token means it: a wrong one is not made good by a cookie.
            let caller = match (has_token, session) {
                (false, Some(session)) => Self::by_session(&app, &session).await?,
                _ => Self::by_token(&app, token.as_deref(), named).await?,
            };
            tracing::Span::current().record("actor", tracing::field::display(caller.user.id));
            Ok(caller)
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What an address names that has a showcase.
fn named(request: &HttpRequest) -> Option<Named> {
    let id = request.match_info().get("id")?;
    let rest = request.path().strip_prefix("/api/v1/")?;
    match rest.split('/').next()? {
        "showcases" => id.parse().ok().map(Named::Showcase),
        "uploads" => id.parse().ok().map(Named::Upload),
        _ => None,
    }
}

fn unauthenticated() -> Problem {
    Problem::new(
        Code::Unauthenticated,
        "Send `Authorization: Bearer TOKEN` with a token that is known here and has not expired.",
    )
}

fn forbidden() -> Problem {
    Problem::new(Code::Forbidden, "You may see this, but the act is another person's. Ask the one whose role it is.")
}

impl Caller {
    async fn by_token(app: &App, token: Option<&str>, named: Option<Named>) -> Result<Self, Problem> {
        let token = token.ok_or_else(unauthenticated)?;
        let Some(named) = named else {
            let bearer = app.people.authenticate(token).await?.ok_or_else(unauthenticated)?;
            return Ok(Self { user: bearer.user, session: None, seen: None, signed_in_at: None });
        };
        let (bearer, showcase) = app.people.authenticate_at(token, named).await?.ok_or_else(unauthenticated)?;
        let seen = showcase.map(|showcase| (named, showcase));
        Ok(Self { user: bearer.user, session: None, seen, signed_in_at: None })
    }

    async fn by_session(app: &App, session: &str) -> Result<Self, Problem> {
        let holder = app.access.recognise(session).await?.ok_or_else(unauthenticated)?;
        let (session, signed_in_at) = (Some(holder.session), Some(holder.signed_in_at));
        Ok(Self { user: holder.user, session, seen: None, signed_in_at })
    }

    #[must_use]
    pub fn actor(&self) -> Actor {
        self.user.actor()
    }

    #[must_use]
    pub fn scope(&self) -> Scope {
        scope(self.actor())
    }

    /// # Errors
    /// `forbidden` when the act is not of this person's role.
    pub fn may(&self, undertaking: Undertaking) -> Result<(), Problem> {
        if may(self.user.role, undertaking) { Ok(()) } else { Err(forbidden()) }
    }

    /// The showcase, if this person may do `action` with it.
    ///
    /// # Errors
    /// `not_found` when there is none or it is not theirs to see; `forbidden` when the act is not theirs.
    pub async fn showcase(&self, app: &App, id: ShowcaseId, action: Action) -> Result<Showcase, Problem> {
        let showcase = match &self.seen {
            Some((_, seen)) if seen.id == id => Some(seen.clone()),
            _ => showcases::find(&mut &app.db, id).await?,
        };
        self.allowed(showcase.ok_or_else(Problem::not_found)?, action)
    }

    /// The showcase of an upload of this person's that the address names, if they may do `action` with it.
    ///
    /// # Errors
    /// As [`Caller::showcase`].
    pub async fn showcase_of(&self, app: &App, upload: UploadId, action: Action) -> Result<Showcase, Problem> {
        match &self.seen {
            Some((Named::Upload(named), seen)) if *named == upload => self.allowed(seen.clone(), action),
            _ => {
                let upload = app.intake.find_upload(upload, self.user.id).await?;
                self.showcase(app, upload.showcase_id, action).await
            }
        }
    }

    fn allowed(&self, showcase: Showcase, action: Action) -> Result<Showcase, Problem> {
        let relation = relation(self.actor(), showcase.parties());
        match decide(self.user.role, relation, action) {
            Decision::Allow => Ok(showcase),
            Decision::Forbid => Err(forbidden()),
            Decision::Hide => Err(Problem::not_found()),
        }
    }

    /// A live piece with its showcase, if this person may do `action` with it.
    ///
    /// # Errors
    /// As [`Caller::showcase`].
    pub async fn piece(&self, app: &App, id: PieceId, action: Action) -> Result<(Showcase, Piece), Problem> {
        let piece = pieces::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?;
        let showcase = self.showcase(app, piece.showcase_id, action).await?;
        Ok((showcase, piece))
    }

    /// A piece whose bytes this person may read; also one withdrawn since an attempt froze it, since attempts stay
    /// readable with their evidence.
    ///
    /// # Errors
    /// As [`Caller::showcase`].
    pub async fn kept_piece(&self, app: &App, id: PieceId) -> Result<Kept, Problem> {
        let piece = pieces::find_kept(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?;
        self.showcase(app, piece.showcase_id, Action::Read).await?;
        Ok(piece)
    }

    /// A gateway document with its showcase, if this person may read it.
    ///
    /// # Errors
    /// As [`Caller::showcase`].
    pub async fn document(&self, app: &App, id: DocumentId) -> Result<(Showcase, Document), Problem> {
        let document = documents::find(&mut &app.db, id).await?.ok_or_else(Problem::not_found)?;
        let showcase = self.showcase(app, document.showcase_id, Action::Read).await?;
        Ok((showcase, document))
    }
}
