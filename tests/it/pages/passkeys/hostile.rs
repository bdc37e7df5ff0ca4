//! Answers that are not what they should be: each is refused in the same words, its challenge is spent, and nothing else
//! has changed.

use chrono::TimeDelta;
use exhibit::config::Settings;

use super::{answer, begin, invitation, invited, named, sign_in};
use crate::support::app::TestAppRef;
use crate::support::authenticator::{Authenticator, Claims, ORIGIN};
use crate::support::browser::{Browser, PASSWORD};
use crate::support::rows::rows;
use crate::support::{Answer, World, both};

both!(with named:
    answers_that_lie_sign_nobody_in,
    a_challenge_is_answered_once_in_time_and_by_its_browser,
    answers_that_lie_make_no_passkey,
    a_copied_passkey_is_noticed,
);
both!(with few_an_address: guessing_is_slowed_down);

fn few_an_address(settings: &mut Settings) {
    named(settings);
    settings.sign_in.address_attempts = 3;
}

/// Everything that an answer can claim wrongly, of either kind.
fn lies() -> Vec<(&'static str, Claims)> {
    let truth = Claims::default;
    vec![
        ("another site", Claims { origin: "https://evil.example".to_owned(), ..truth() }),
        ("over plain HTTP", Claims { origin: "http://evidence.example.org".to_owned(), ..truth() }),
        ("a site below", Claims { origin: "https://x.evidence.example.org".to_owned(), ..truth() }),
        ("another port", Claims { origin: format!("{ORIGIN}:8443"), ..truth() }),
        ("a site that begins alike", Claims { origin: format!("{ORIGIN}.evil.example"), ..truth() }),
        ("in a frame of another site", Claims { is_cross_origin: true, ..truth() }),
        ("another relying party", Claims { rp_id: "evil.example".to_owned(), ..truth() }),
        ("another challenge", Claims { challenge: Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned()), ..truth() }),
        ("no challenge", Claims { challenge: Some(String::new()), ..truth() }),
        ("nobody verified", Claims { is_verified: false, ..truth() }),
        ("the other kind", Claims { kind: Some("payment.get"), ..truth() }),
    ]
}

async fn answers_that_lie_sign_nobody_in(app: TestAppRef) {
    World::new(&app).await;
    let (_, mut amys) = invited(&app, "amy@example.org", 1).await;
    let (_, bobs) = invited(&app, "bob@example.org", 2).await;
    let before = rows(&app).await;
    let mut lies = lies();
    lies.push(("a signature that was tampered with", Claims { spoils_signature: true, ..Claims::default() }));
    lies.push(("another person", Claims { handle: Some(bobs.handle.clone()), ..Claims::default() }));
    lies.push(("nobody at all", Claims { handle: Some(vec![7; 16]), ..Claims::default() }));
    lies.push(("made, not used", Claims { kind: Some("webauthn.create"), ..Claims::default() }));
    for (lie, claims) in lies {
        let mut browser = Browser::new(&app);
        let page = sign_in(&mut browser, &mut amys, &claims).await.page(422);
        assert!(
            page.contains("There is a problem") && page.contains("That passkey is not known here"),
            "{lie}: {page}"
        );
        assert!(browser.cookie.is_none(), "{lie}");
        // Not so often that it is slowed down.
        app.clock.advance(TimeDelta::minutes(16));
    }
    // Bob's key under the name of Amy's, and one that nobody registered.
    let mut mixed = Authenticator { credential_id: amys.credential_id.clone(), handle: amys.handle.clone(), ..bobs };
    sign_in(&mut Browser::new(&app), &mut mixed, &Claims::default()).await.page(422);
    let mut unknown = Authenticator { handle: amys.handle.clone(), ..Authenticator::new(9) };
    sign_in(&mut Browser::new(&app), &mut unknown, &Claims::default()).await.page(422);
    for nonsense in ["", "{}", "null", "[]", "{\"id\": 1}", "\u{0}", &"x".repeat(50_000)] {
        let mut browser = Browser::new(&app);
        let given = begin(&browser, "/sign-in/passkey/start").await;
        answer(&mut browser, "/sign-in/passkey", &given.cookie, &[("answer", nonsense)]).await.page(422);
    }
    assert_eq!(rows(&app).await, before);
    sign_in(&mut Browser::new(&app), &mut amys, &Claims::default()).await.leads();
}

async fn a_challenge_is_answered_once_in_time_and_by_its_browser(app: TestAppRef) {
    World::new(&app).await;
    let (_, mut authenticator) = invited(&app, "amy@example.org", 1).await;
    let path = "/sign-in/passkey";
    let mut browser = Browser::new(&app);
    // Once.
    let given = begin(&browser, "/sign-in/passkey/start").await;
    let proof = authenticator.get(&given.options, &Claims::default());
    answer(&mut browser, path, &given.cookie, &[("answer", &proof)]).await.leads();
    let before = rows(&app).await;
    let mut thief = Browser::new(&app);
    let page = answer(&mut thief, path, &given.cookie, &[("answer", &proof)]).await.page(422);
    assert!(page.contains("sent twice"), "{page}");
    // Spent by an answer that lies, too.
    let given = begin(&thief, "/sign-in/passkey/start").await;
    let lie = authenticator.get(&given.options, &Claims { is_verified: false, ..Claims::default() });
    answer(&mut thief, path, &given.cookie, &[("answer", &lie)]).await.page(422);
    let proof = authenticator.get(&given.options, &Claims::default());
    answer(&mut thief, path, &given.cookie, &[("answer", &proof)]).await.page(422);
    // By the browser that was given it.
    let given = begin(&browser, "/sign-in/passkey/start").await;
    let other = begin(&thief, "/sign-in/passkey/start").await;
    let proof = authenticator.get(&given.options, &Claims::default());
    answer(&mut thief, path, &other.cookie, &[("answer", &proof)]).await.page(422);
    answer(&mut thief, path, "__Host-passkey=", &[("answer", &proof)]).await.page(422);
    let twice = format!("{}; {}", given.cookie, other.cookie);
    answer(&mut thief, path, &twice, &[("answer", &proof)]).await.page(422);
    // In time.
    app.clock.advance(TimeDelta::minutes(5));
    answer(&mut thief, path, &given.cookie, &[("answer", &proof)]).await.page(422);
    assert_eq!(rows(&app).await, before);
    // At the same moment, one counts.
    let given = begin(&thief, "/sign-in/passkey/start").await;
    let proof = authenticator.get(&given.options, &Claims::default());
    let fields = [("answer", proof.as_str())];
    let (mut one, mut two) = (thief.clone(), thief.clone());
    let (first, second) =
        tokio::join!(answer(&mut one, path, &given.cookie, &fields), answer(&mut two, path, &given.cookie, &fields));
    let mut answers = [first.status.as_u16(), second.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 422]);
}

async fn answers_that_lie_make_no_passkey(app: TestAppRef) {
    World::new(&app).await;
    let link = invitation(&app, "amy@example.org").await;
    let (start, path) = (format!("{link}/passkey/start"), format!("{link}/passkey"));
    let mut browser = Browser::new(&app);
    let before = rows(&app).await;
    let mut lies = lies();
    lies.push(("used, not made", Claims { kind: Some("webauthn.get"), ..Claims::default() }));
    for (lie, claims) in lies {
        let given = begin(&browser, &start).await;
        let made = Authenticator::new(1).create(&given.options, &claims);
        let page = answer(&mut browser, &path, &given.cookie, &[("answer", &made)]).await.page(422);
        assert!(page.contains("That passkey is not known here") && page.contains("name=\"again\""), "{lie}: {page}");
    }
    // A challenge for one thing is none for another: not for another link, nor for an account, nor for signing in.
    let others = invitation(&app, "bob@example.org").await;
    let bobs = begin(&browser, &format!("{others}/passkey/start")).await;
    let made = Authenticator::new(1).create(&bobs.options, &Claims::default());
    answer(&mut browser, &path, &bobs.cookie, &[("answer", &made)]).await.page(422);
    let signing_in = begin(&browser, "/sign-in/passkey/start").await;
    answer(&mut browser, &path, &signing_in.cookie, &[("answer", &made)]).await.page(422);
    let after = rows(&app).await;
    assert_eq!((after[3], after[6]), (before[3], before[6]), "no session and no passkey");
    // The link is as good as before, for a passkey or a password.
    browser.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await.leads();
    let mut amy = browser;
    let given = begin(&amy, "/account/passkeys/start").await;
    let made = Authenticator::new(1).create(&given.options, &Claims::default());
    // Another session of the same person has other challenges.
    let mut phone = Browser::new(&app);
    phone.sign_in("amy@example.org", PASSWORD).await.leads();
    let fields = [("answer", made.as_str()), ("name", "Mine")];
    answer(&mut phone, "/account/passkeys/add", &given.cookie, &fields).await.page(422);
    let mut bob = Browser::of(&app, "bob@example.org").await;
    answer(&mut bob, "/account/passkeys/add", &given.cookie, &fields).await.page(422);
    assert_eq!(rows(&app).await[6], before[6]);
    answer(&mut amy, "/account/passkeys/add", &given.cookie, &fields).await.leads();
    // A used link asks for nothing more.
    let over = Answer::of(amy.form(&start, &[])).await;
    over.page(404);
    answer(&mut amy, &path, &given.cookie, &fields).await.page(410);
}

async fn a_copied_passkey_is_noticed(app: TestAppRef) {
    World::new(&app).await;
    let (_, mut authenticator) = invited(&app, "amy@example.org", 1).await;
    let mut copy = authenticator.clone();
    sign_in(&mut Browser::new(&app), &mut authenticator, &Claims::default()).await.leads();
    let before = rows(&app).await;
    // The copy's counter stands where the original's was.
    sign_in(&mut Browser::new(&app), &mut copy, &Claims::default()).await.page(422);
    assert_eq!(rows(&app).await, before);
    sign_in(&mut Browser::new(&app), &mut authenticator, &Claims::default()).await.leads();
}

async fn guessing_is_slowed_down(app: TestAppRef) {
    World::new(&app).await;
    let (_, mut authenticator) = invited(&app, "amy@example.org", 1).await;
    let mut browser = Browser::new(&app);
    // Successes are not counted.
    for _ in 0..4 {
        sign_in(&mut browser, &mut authenticator, &Claims::default()).await.leads();
    }
    let lie = Claims { is_verified: false, ..Claims::default() };
    for _ in 0..3 {
        sign_in(&mut browser, &mut authenticator, &lie).await.page(422);
    }
    let start = Answer::of(browser.form("/sign-in/passkey/start", &[])).await;
    assert!(start.page(429).contains("too many attempts"));
    app.clock.advance(TimeDelta::minutes(15));
    sign_in(&mut browser, &mut authenticator, &Claims::default()).await.leads();
}
