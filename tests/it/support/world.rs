//! The people of a test: an admin, a provider with an apprentice and their showcase, an assessor, and a stranger
//! of each kind.

use exhibit::domain::people::{OrganisationKind, Role};
use exhibit::domain::text::Line;
use exhibit::people::{NewOrganisation, NewUser};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::client::{Upload, id};
use super::{Client, TestApp, files};

/// Everyone, and the showcase that they are about.
pub struct World {
    pub admin: Client,
    pub provider: Client,
    pub apprentice: Client,
    pub assessor: Client,
    /// A person of another provider.
    pub other_provider: Client,
    pub other_assessor: Client,
    pub other_apprentice: Client,
    pub nobody: Client,
    pub organisation: String,
    /// The showcase, in draft, with its assessor assigned.
    pub showcase: String,
}

/// Codes of the areas of ST0072's showcase.
pub const AREAS: [&str; 10] = ["ORG", "REG", "SYS", "PRO", "INF", "PER", "CON", "DEV", "FBK", "TEA"];

/// A person with a token.
pub async fn person(app: &TestApp, name: &str, role: Role, organisation: Option<&str>) -> Client {
    let new = NewUser {
        email: format!("{name}@example.org").parse().unwrap(),
        name: Line::try_from(name.to_owned()).unwrap(),
        role,
        organisation: organisation.map(|id| id.parse().unwrap()),
    };
    let user = app.app.people.add_user(new).await.unwrap();
    let token = app.app.people.issue_token(user.id, None).await.unwrap();
    Client::new(app, user.id.to_string(), Some(token.secret.expose().to_owned()))
}

pub async fn organisation(app: &TestApp, kind: OrganisationKind, name: &str) -> String {
    let name = Line::try_from(name.to_owned()).unwrap();
    let new = NewOrganisation { kind, name, ukprn: None, epao_id: None };
    app.app.people.add_organisation(new).await.unwrap().id.to_string()
}

/// The body that opens a showcase.
pub fn enrolment(apprentice: &str) -> Value {
    json!({
        "standard": "ST0072",
        "version": "1.1",
        "apprentice": {"name": apprentice, "email": format!("{apprentice}@example.org"), "uln": "9276308686", "uln_reason": null},
        "employer": "Corner Shop",
        "started_on": "2025-09-01",
    })
}

impl World {
    pub async fn new(app: &TestApp) -> Self {
        let organisation_id = organisation(app, OrganisationKind::Provider, "North College").await;
        let other = organisation(app, OrganisationKind::Provider, "South College").await;
        let assessing = organisation(app, OrganisationKind::AssessmentOrganisation, "Fair Assessment").await;
        let admin = person(app, "admin", Role::Admin, None).await;
        let provider = person(app, "pat", Role::Provider, Some(&organisation_id)).await;
        let apprentice = person(app, "amy", Role::Apprentice, Some(&organisation_id)).await;
        let assessor = person(app, "ada", Role::Assessor, Some(&assessing)).await;
        let showcase = id(&provider.post("/api/v1/showcases", enrolment("amy")).await.json(201));
        let path = format!("/api/v1/showcases/{showcase}/assessor");
        admin.put(&path, json!({"user_id": assessor.id})).await.expect(200);
        Self {
            admin,
            provider,
            apprentice,
            assessor,
            other_provider: person(app, "sue", Role::Provider, Some(&other)).await,
            other_assessor: person(app, "abe", Role::Assessor, Some(&assessing)).await,
            other_apprentice: person(app, "bob", Role::Apprentice, Some(&other)).await,
            nobody: Client::new(app, String::new(), None),
            organisation: organisation_id,
            showcase,
        }
    }

    /// A path below the showcase.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/showcases/{}{rest}", self.showcase)
    }

    /// Opens a further showcase of the same provider and apprentice, with the same assessor.
    pub async fn another_showcase(&self) -> String {
        let showcase = id(&self.provider.post("/api/v1/showcases", enrolment("amy")).await.json(201));
        let path = format!("/api/v1/showcases/{showcase}/assessor");
        self.admin.put(&path, json!({"user_id": self.assessor.id})).await.expect(200);
        showcase
    }

    /// Uploads a PDF that claims these areas, and answers its body.
    pub async fn piece(&self, marker: &str, claims: &str) -> Value {
        let upload = Upload::new("evidence.pdf", files::pdf(3, marker)).with("claims", claims);
        self.apprentice.upload(&self.showcase, upload).await.json(201)
    }

    /// Uploads this many pieces, each of its own content, at once.
    pub async fn fill(&self, count: usize) -> Vec<Value> {
        let uploads = (0..count).map(|number| async move {
            let upload = Upload::new("notes.txt", format!("Note {number} of {}", self.showcase).into_bytes());
            self.apprentice.upload(&self.showcase, upload).await.json(201)
        });
        join_all(uploads).await
    }

    /// The live pieces of the showcase, in the order of their slots.
    pub async fn pieces(&self) -> Vec<Value> {
        let list = self.provider.get(&self.path("/pieces")).await.json(200);
        list["items"].as_array().expect("a list").clone()
    }

    /// Returns the open attempt: the showcase is in draft again.
    pub async fn give_back(&self, attempt: u32) {
        let path = self.path(&format!("/gateway/attempts/{attempt}/return"));
        self.assessor.post(&path, json!({"note": "Mend the dates."})).await.expect(200);
    }

    /// Brings the gateway to where every blocking check is met: one piece that claims every area, the documents,
    /// the details. Answers the piece's id.
    pub async fn ready_gateway(&self) -> String {
        let piece = id(&self.piece("the one piece", &AREAS.join(",")).await);
        let document = |kind: &'static str| async move {
            let bytes = files::pdf(1, kind);
            id(&self.provider.upload_document(&self.showcase, kind, "form.pdf", bytes).await.json(201))
        };
        document("gateway_form").await;
        let (maths, english) = (document("maths_certificate").await, document("english_certificate").await);
        let subject = |document: &str| json!({"level": "level_1", "basis": "achieved", "achieved_on": "2024-08-22", "document_id": document});
        let details = json!({
            "maths": subject(&maths), "english": subject(&english),
            "employer_confirmed_on": "2026-11-20", "assessment_on": "2026-12-14",
        });
        let gateway = self.provider.put(&self.path("/gateway"), details).await.json(200);
        assert_eq!(gateway["ready"], true, "{gateway}");
        piece
    }

    /// Submits the ready gateway. Answers the piece's id.
    pub async fn submitted(&self) -> String {
        let piece = self.ready_gateway().await;
        self.provider.post(&self.path("/gateway/submissions"), json!({})).await.expect(201);
        piece
    }

    /// Tags a piece for these areas.
    pub async fn tag(&self, piece: &str, areas: &[&str]) {
        for area in areas {
            self.assessor
                .post(
                    &format!("/api/v1/pieces/{piece}/tags"),
                    json!({"area": area, "criteria": [], "locator": null, "note": ""}),
                )
                .await
                .expect(201);
        }
    }

    /// Brings the showcase to an accepted gateway.
    pub async fn accepted(&self) {
        let piece = self.submitted().await;
        self.tag(&piece, &AREAS).await;
        self.accept_components(1).await;
        self.assessor.post(&self.path("/gateway/attempts/1/acceptance"), json!({})).await.expect(200);
    }

    /// Accepts every component of an attempt.
    pub async fn accept_components(&self, attempt: u32) {
        for component in ["maths", "english", "showcase", "form", "dates"] {
            let path = self.path(&format!("/gateway/attempts/{attempt}/components/{component}"));
            self.assessor.put(&path, json!({"decision": "accepted", "reason": null, "note": ""})).await.expect(200);
        }
    }
}
