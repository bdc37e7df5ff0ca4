//! Inviting a person: they become known here if they were not, and get a link to set their password. A provider invites
//! apprentices of its own, an admin anybody.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Utc};

use super::fields::Typed;
use super::{Fault, Field, Page, html, moment, words};
use crate::access::{self, NewLink};
use crate::domain::ids::OrganisationId;
use crate::domain::people::{Email, Role};
use crate::domain::permission::Undertaking;
use crate::domain::text::Line;
use crate::mail::Letter;
use crate::people::{self, NewUser};
use crate::records::organisations::{self, Organisation};
use crate::records::users::{self, User};
use crate::web::auth::Caller;
use crate::web::problem::Problem;
use crate::web::state::App;

#[derive(Template)]
#[template(path = "invite.html")]
struct Invite {
    page: Page,
    errors: Vec<Fault>,
    lead: &'static str,
    name: Field,
    email: Field,
    role: Option<Field>,
    organisation: Option<Field>,
}

#[derive(Template)]
#[template(path = "invited.html")]
struct Invited {
    page: Page,
    sent: String,
    until: String,
    link: String,
}

async fn form(app: &App, caller: &Caller, typed: &Typed, errors: Vec<Fault>) -> Result<Invite, Problem> {
    let words = words();
    let is_admin = caller.user.role == Role::Admin;
    let roles = Role::ALL.iter().map(|role| (role.word(), words.of(super::role_name(*role)).to_owned()));
    let role = Field::new("role", words.of("field.role")).filled(typed, &errors).one_of(roles);
    let organisations = if is_admin { organisations::list(&mut &app.db).await? } else { Vec::new() };
    let choices = organisations.into_iter().map(|Organisation { id, name, .. }| (id.to_string(), name));
    let none = std::iter::once((String::new(), words.of("invite.no_organisation").to_owned()));
    let organisation = Field::new("organisation", words.of("field.organisation")).filled(typed, &errors);
    Ok(Invite {
        page: Page::of(caller, "/invite").with(&errors),
        lead: words.of(if is_admin { "invite.lead.admin" } else { "invite.lead.provider" }),
        name: Field::new("name", words.of("field.name")).filled(typed, &errors),
        email: Field::new("email", words.of("field.email")).filled(typed, &errors),
        role: is_admin.then_some(role),
        organisation: is_admin.then(|| organisation.one_of(none.chain(choices))),
        errors,
    })
}

/// `GET /invite`.
///
/// # Errors
/// `forbidden` for those who invite nobody.
pub async fn show(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::AddApprentice)?;
    html(StatusCode::OK, &form(&app, &caller, &Typed::new(), Vec::new()).await?)
}

/// `POST /invite`.
///
/// # Errors
/// `forbidden` for those who invite nobody.
pub async fn send(app: web::Data<App>, caller: Caller, typed: web::Form<Typed>) -> Result<HttpResponse, Problem> {
    caller.may(Undertaking::AddApprentice)?;
    let invited = match wanted(&caller, &typed) {
        Ok(new) => invite(&app, &caller, new).await?,
        Err(faults) => Err(faults),
    };
    match invited {
        Ok((user, link)) => html(StatusCode::OK, &shown(&app, &caller, &user, link).await),
        Err(faults) => html(StatusCode::UNPROCESSABLE_ENTITY, &form(&app, &caller, &typed, faults).await?),
    }
}

/// Who is to be invited, or what is wrong with what was typed.
fn wanted(caller: &Caller, typed: &Typed) -> Result<NewUser, Vec<Fault>> {
    let words = words();
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let name = Line::try_from(text("name")).map_err(|_| Fault::new("name", words.of("field.name.wrong")));
    let email = text("email").parse::<Email>().map_err(|_| Fault::new("email", words.of("field.email.wrong")));
    let (role, organisation) = if caller.user.role == Role::Admin {
        let role = text("role").parse().map_err(|_| Fault::new("role", words.of("field.role.wrong")));
        let organisation = match text("organisation").as_str() {
            "" => Ok(None),
            id => id.parse::<OrganisationId>().map(Some).map_err(|_| no_organisation()),
        };
        (role, organisation)
    } else {
        (Ok(Role::Apprentice), Ok(caller.user.organisation_id))
    };
    match (name, email, role, organisation) {
        (Ok(name), Ok(email), Ok(role), Ok(organisation)) => Ok(NewUser { email, name, role, organisation }),
        (name, email, role, organisation) => {
            let faults = [name.err(), email.err(), role.err(), organisation.err()];
            Err(faults.into_iter().flatten().collect())
        }
    }
}

fn no_organisation() -> Fault {
    Fault::new("organisation", words().of("field.organisation.wrong"))
}

type Outcome = Result<(User, NewLink), Vec<Fault>>;

async fn invite(app: &App, caller: &Caller, new: NewUser) -> Result<Outcome, Problem> {
    let words = words();
    let known = users::find_by_email(&mut &app.db, &new.email).await?;
    let taken = || Ok(Err(vec![Fault::new("email", words.of("invite.taken"))]));
    let user = match known {
        Some(user) if is_same(&user, &new) => user,
        Some(_) => return taken(),
        None => match app.people.add_user(new).await {
            Ok(user) => user,
            Err(people::Error::EmailTaken) => return taken(),
            Err(people::Error::ProviderNeedsProvider | people::Error::UnknownOrganisation(_)) => {
                return Ok(Err(vec![no_organisation()]));
            }
            Err(other) => return Err(other.into()),
        },
    };
    match app.access.invite(user.id, Some(&caller.user)).await {
        Ok(link) => Ok(Ok((user, link))),
        Err(access::Error::HasPassword) => Ok(Err(vec![Fault::new("email", words.of("invite.has_password"))])),
        Err(other) => Err(other.into()),
    }
}

/// Whether somebody known is who is meant: a new link for them changes nothing else.
fn is_same(user: &User, new: &NewUser) -> bool {
    user.role == new.role && user.organisation_id == new.organisation
}

/// The mail that invites a person.
pub fn invitation(user: &User, by: &str, link: &str, until: DateTime<Utc>) -> Letter {
    let words = words();
    let until = moment(until);
    Letter {
        to: user.email.clone(),
        subject: words.of("mail.invitation.subject").to_owned(),
        text: words
            .with("mail.invitation.text", &[("name", &user.name), ("by", &by), ("link", &link), ("until", &until)]),
    }
}

/// The page with the link, which is shown this once; sent by mail as well where that is possible.
pub(super) async fn shown(app: &App, caller: &Caller, user: &User, link: NewLink) -> impl Template {
    let words = words();
    let url = app.link(&format!("/link/{}", link.secret.expose()));
    let until = moment(link.expires_at);
    let letter = invitation(user, &caller.user.name, &url, link.expires_at);
    let told = if app.mailer.is_on() {
        match app.mailer.send(letter).await {
            Ok(()) => "invited.sent",
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "an invitation could not be sent");
                "invited.not_sent"
            }
        }
    } else {
        "invited.no_mail"
    };
    Invited {
        page: Page::of(caller, "/invite"),
        sent: words.with(told, &[("name", &user.name), ("email", &user.email)]),
        until: words.with("invited.until", &[("until", &until)]),
        link: url,
    }
}
