//! Files that are refused for what they do, or would do to who reads them; and remarks that are set to refuse.

use exhibit::config::Settings;
use exhibit::domain::finding::{FindingCode, Severity};
use exhibit::domain::media_type::MediaType;

use super::{each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::{World, both, documents, files};

both!(
    files_that_start_something,
    documents_that_load_a_part_of_themselves,
    archives_that_are_not_what_they_tell,
    files_that_unpack_without_end,
    files_too_complex_to_check,
    files_that_are_two_things_at_once,
    statements_without_a_field_to_sign_in,
);
both!(with without_tables: types_that_are_switched_off);
both!(with stricter: remarks_that_are_set_to_refuse);

fn without_tables(settings: &mut Settings) {
    settings.inspection.accept.retain(|media_type| *media_type != MediaType::Csv);
}

fn stricter(settings: &mut Settings) {
    for code in [FindingCode::Links, FindingCode::NoSignatureField] {
        settings.inspection.severity.insert(code, Severity::Refuses);
    }
}

async fn files_that_start_something(app: TestAppRef) {
    let world = World::new(&app).await;
    let starts = refusal(422, "active_content", "and upload that");
    let cases = vec![
        ("a PDF that launches", Upload::new("a.pdf", documents::pdf_that_launches()), starts),
        ("a PDF with a program attached", Upload::new("a.pdf", documents::pdf_with_a_program()), starts),
        ("a document with a program inside", Upload::new("a.docx", documents::docx_with("x.bin", "MZ\0\0")), starts),
        ("a mail with a program attached", Upload::new("a.eml", documents::mail_with_a_program()), starts),
        ("a message with a program attached", Upload::new("a.msg", documents::message_with_a_program()), starts),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn documents_that_load_a_part_of_themselves(app: TestAppRef) {
    let world = World::new(&app).await;
    let loads = refusal(422, "external_reference", "Break the link or embed the content");
    let template = documents::docx_related("attachedTemplate", "http://host.test/a.dotm");
    let object = documents::docx_related("oleObject", "http://host.test/a");
    let cases = vec![
        ("a template from elsewhere", Upload::new("a.docx", template), loads),
        ("an object from elsewhere", Upload::new("a.docx", object), loads),
    ];
    each_is_refused(&app, &world, cases).await;
    let local = documents::docx_related("attachedTemplate", "file:///C:/Users/amy/a.dotm");
    let piece = world.apprentice.upload(&world.showcase, Upload::new("a.docx", local)).await.json(201);
    assert_eq!(piece["findings"][0]["code"], "links");
}

async fn archives_that_are_not_what_they_tell(app: TestAppRef) {
    let world = World::new(&app).await;
    let trick = refusal(422, "archive_unsafe", "upload the new file");
    let trailing = [files::docx("told").as_slice(), b"something else"].concat();
    let dtd = "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>";
    let cases = vec![
        ("a way out of the folder", Upload::new("a.docx", documents::docx_with("../../a", "x")), trick),
        ("two parts of one name", Upload::new("a.docx", documents::docx_with("MAIN.xml", "<a/>")), trick),
        ("data behind the end", Upload::new("a.docx", trailing), trick),
        ("a document type in XML", Upload::new("a.docx", documents::docx_with("word/a.xml", dtd)), trick),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn files_that_unpack_without_end(app: TestAppRef) {
    let world = World::new(&app).await;
    let bomb = refusal(422, "bomb", "upload that");
    let cases = vec![
        ("a document", Upload::new("a.docx", documents::docx_of_many_zeros()), bomb),
        ("a PDF", Upload::new("a.pdf", documents::pdf_of_many_blanks()), bomb),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn files_too_complex_to_check(app: TestAppRef) {
    let world = World::new(&app).await;
    let complex = refusal(422, "too_complex", "upload that");
    let deep = ["<a>".repeat(1001), "</a>".repeat(1001)].concat();
    let cases = vec![
        ("deep XML", Upload::new("a.docx", documents::docx_with("word/a.xml", &deep)), complex),
        ("mails in mails", Upload::new("a.eml", documents::mail_of_mails(30)), complex),
        ("a PDF with a hidden script", Upload::new("a.pdf", documents::pdf_with_a_deep_object()), complex),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn files_that_are_two_things_at_once(app: TestAppRef) {
    let world = World::new(&app).await;
    let both = refusal(422, "polyglot", "upload that");
    let file = [files::pdf(1, "both"), files::docx("both")].concat();
    each_is_refused(&app, &world, vec![("a PDF and a document", Upload::new("a.pdf", file), both)]).await;
}

async fn statements_without_a_field_to_sign_in(app: TestAppRef) {
    let world = World::new(&app).await;
    for (kind, findings) in [("witness_statement", 1), ("manager_statement", 1), ("work_product", 0)] {
        let statement = Upload::new("a.pdf", files::pdf(1, kind)).with("kind", kind);
        let piece = world.apprentice.upload(&world.showcase, statement).await.json(201);
        let codes: Vec<_> = piece["findings"].as_array().unwrap().iter().map(|finding| &finding["code"]).collect();
        assert_eq!(codes, ["no_signature_field"][..findings], "{kind}");
        assert_eq!(piece["facts"]["signature_field"], false);
    }
    let signed = Upload::new("a.pdf", documents::pdf_to_sign()).with("kind", "witness_statement");
    let piece = world.apprentice.upload(&world.showcase, signed).await.json(201);
    assert_eq!((&piece["findings"], &piece["facts"]["signature_field"]), (&serde_json::json!([]), &true.into()));
}

async fn types_that_are_switched_off(app: TestAppRef) {
    let world = World::new(&app).await;
    let table = refusal(415, "type_not_accepted", "The file is a CSV table");
    let upload = Upload::new("a.csv", b"a,b\n1,2".to_vec());
    each_is_refused(&app, &world, vec![("a table", upload, table)]).await;
}

async fn remarks_that_are_set_to_refuse(app: TestAppRef) {
    let world = World::new(&app).await;
    let links = refusal(422, "external_reference", "Check its links");
    let unsigned = refusal(422, "damaged", "let its author sign it");
    let file = documents::docx_related("hyperlink", "file://host/a");
    let statement = Upload::new("a.pdf", files::pdf(1, "statement")).with("kind", "witness_statement");
    let cases = vec![
        ("a link to a share", Upload::new("a.docx", file), links),
        ("a statement to sign nowhere", statement, unsigned),
    ];
    each_is_refused(&app, &world, cases).await;
}
