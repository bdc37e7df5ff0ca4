//! Files that are refused for what they are.

use serde_json::json;

use exhibit::config::Settings;

use super::{Refusal, each_is_refused, refusal};
use crate::support::app::TestAppRef;
use crate::support::client::Upload;
use crate::support::{World, both, documents, files, hostile};

both!(
    types_that_are_not_accepted,
    content_that_is_not_what_name_or_declaration_say,
    files_behind_a_password,
    damaged_files,
    files_with_macros,
    a_file_without_content,
    hostile_page_trees_are_answered,
);
both!(with at_most_five_pages: too_many_pages);

fn at_most_five_pages(settings: &mut Settings) {
    settings.inspection.max_pages = 5;
}

async fn types_that_are_not_accepted(app: TestAppRef) {
    let world = World::new(&app).await;
    let other = refusal(415, "type_not_accepted", "Upload a PDF");
    let cases = vec![
        ("a program", Upload::new("setup.exe", hostile::exe()), other),
        ("an archive", Upload::new("things.zip", hostile::zip()), other),
        ("a web page", Upload::new("page.html", hostile::html()), other),
        ("a web page without an ending", Upload::new("page", hostile::html()), other),
        ("an old Word file", Upload::new("letter.doc", hostile::ole("WordDocument")), other),
        ("noise", Upload::new("noise", hostile::noise()), other),
        ("noise of an unknown ending", Upload::new("noise.bin", hostile::noise()), other),
        ("text without an ending", Upload::new("notes", b"just text".to_vec()), other),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn content_that_is_not_what_name_or_declaration_say(app: TestAppRef) {
    let world = World::new(&app).await;
    let again = refusal(415, "type_mismatch", "export it again");
    let export = refusal(415, "type_mismatch", "Export it again");
    let ending = refusal(415, "type_mismatch", "Give the file the ending");
    let sent = refusal(415, "type_mismatch", "Send it with the type of its content");
    let (pdf, png) = (files::pdf(1, "mismatch"), files::png("mismatch"));
    let cases = vec![
        ("a program called PDF", Upload::new("a.pdf", hostile::exe()), again),
        ("a program called text", Upload::new("a.txt", hostile::exe()), again),
        ("a picture called PDF", Upload::new("a.pdf", png), export),
        ("a PDF declared a picture", Upload::new("a.pdf", pdf.clone()).declared("image/png"), sent),
        ("a nameless PDF declared a picture", Upload::new("a", pdf.clone()).declared("image/png"), sent),
        ("a PDF with another's ending", Upload::new("a.docx", pdf.clone()), export),
        ("a PDF with an unknown ending", Upload::new("a.xyz", pdf), ending),
        ("a web page called Markdown", Upload::new("a.md", hostile::html()), again),
        ("a web page called a table", Upload::new("a.csv", hostile::html()), again),
        ("a web page in wide letters", Upload::new("a.txt", hostile::wide(&hostile::html())), again),
        ("a text called mail", Upload::new("a.eml", b"just some words".to_vec()), again),
        ("a web page called mail", Upload::new("a.eml", hostile::html()), again),
        ("an XML file called Markdown", Upload::new("a.md", b"<?xml version='1.0'?><svg/>".to_vec()), again),
        ("an archive called Word", Upload::new("a.docx", hostile::zip()), again),
        ("an archive that calls itself a picture", Upload::new("a.png", hostile::zip_as_png()), again),
        ("a Word file called Excel", Upload::new("a.xlsx", files::docx("mismatch")), export),
        ("an old Word file called new", Upload::new("a.docx", hostile::ole("WordDocument")), again),
        ("noise called a recording", Upload::new("a.mp3", hostile::noise()), again),
        ("bytes with NUL called text", Upload::new("a.csv", b"a,b\0c".to_vec()), again),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn files_behind_a_password(app: TestAppRef) {
    let world = World::new(&app).await;
    let locked = refusal(422, "encrypted", "password and upload it again");
    let printed = refusal(422, "encrypted", "print it to a PDF");
    let pdf = Upload::new("a.pdf", hostile::encrypted_pdf("secret", "locked"));
    let cases = vec![
        ("a PDF that needs a password", pdf, locked),
        ("an Office file in its encrypted wrapping", Upload::new("a.docx", hostile::ole("EncryptedPackage")), locked),
        ("an encrypted archive", Upload::new("a.docx", hostile::encrypted_zip()), locked),
        ("an ODF file with encrypted parts", Upload::new("a.odt", hostile::encrypted_odt()), locked),
        ("a mail that only its reader can open", Upload::new("a.eml", documents::encrypted_mail()), printed),
    ];
    each_is_refused(&app, &world, cases).await;
    // Only its owner's password is set: everybody can open it, so an assessor can, too.
    let open = Upload::new("a.pdf", hostile::encrypted_pdf("", "open"));
    let piece = world.apprentice.upload(&world.showcase, open).await.json(201);
    assert_eq!((&piece["pages"], &piece["findings"][0]["code"]), (&json!(2), &json!("owner_password")));
}

async fn damaged_files(app: TestAppRef) {
    let world = World::new(&app).await;
    let scan = refusal(422, "damaged", "upload the new file");
    let (pdf, docx) = (files::pdf(3, "damaged"), files::docx("damaged"));
    let mut part = docx.clone();
    let second = part.windows(4).rposition(|word| word == b"PK\x03\x04").expect("a second entry");
    part[second] = b'X';
    let cases = vec![
        ("the head of a PDF alone", Upload::new("a.pdf", pdf[..9].to_vec()), scan),
        ("a PDF cut before its pages", Upload::new("a.pdf", pdf[..120].to_vec()), scan),
        ("a PDF cut among its pages", Upload::new("a.pdf", pdf[..600].to_vec()), scan),
        ("a PDF without pages", Upload::new("a.pdf", hostile::pdf_without_pages()), scan),
        ("a document cut in half", Upload::new("a.docx", docx[..docx.len() / 2].to_vec()), scan),
        ("a document with a broken part", Upload::new("a.docx", part), scan),
        ("a broken archive of no claim", Upload::new("a", docx[..60].to_vec()), scan),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn files_with_macros(app: TestAppRef) {
    const WORD: &str = "application/vnd.ms-word.document.macroEnabled.main+xml";
    const EXCEL: &str = "application/vnd.ms-excel.sheet.macroEnabled.main+xml";
    let world = World::new(&app).await;
    let macros = refusal(422, "macros", "Save it without macros");
    let cases = vec![
        ("a macro document called plain", Upload::new("a.docx", files::office(WORD, "macros")), macros),
        ("a macro document", Upload::new("a.docm", files::office(WORD, "macros")), macros),
        ("a macro workbook", Upload::new("a.xlsx", files::office(EXCEL, "macros")), macros),
        ("Basic in an ODF file", Upload::new("a.odt", documents::odt_with_basic()), macros),
        ("macros behind a plain part", Upload::new("a.docx", hostile::macros_behind_a_plain_part(WORD)), macros),
        (
            "a program in a plain document",
            Upload::new("a.docx", hostile::macros_behind_a_plain_part("application/vnd.ms-office.vbaProject")),
            macros,
        ),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn a_file_without_content(app: TestAppRef) {
    let world = World::new(&app).await;
    let empty = refusal(422, "empty_file", "Choose the file again");
    let cases = vec![
        ("an empty PDF", Upload::new("a.pdf", Vec::new()), empty),
        ("an empty text", Upload::new("a.txt", Vec::new()), empty),
        ("an empty file without a name", Upload::new("", Vec::new()), empty),
        ("a text of white space", Upload::new("a.txt", b"\xef\xbb\xbf \r\n".to_vec()), empty),
    ];
    each_is_refused(&app, &world, cases).await;
}

async fn too_many_pages(app: TestAppRef) {
    let world = World::new(&app).await;
    let long = refusal(422, "too_complex", "Upload only the pages that are evidence");
    let six = Upload::new("a.pdf", files::pdf(6, "long"));
    each_is_refused(&app, &world, vec![("one page too many", six, long)]).await;
    let five = Upload::new("a.pdf", files::pdf(5, "just right"));
    assert_eq!(world.apprentice.upload(&world.showcase, five).await.json(201)["pages"], 5);
}

/// Page trees that make a careless reader run out of memory, or round in circles for ever.
async fn hostile_page_trees_are_answered(app: TestAppRef) {
    const DAMAGED: Refusal = refusal(422, "damaged", "upload the new file");
    let world = World::new(&app).await;
    let cycle = Upload::new("a.pdf", hostile::pdf_with_a_cycle());
    each_is_refused(&app, &world, vec![("a cycle", cycle, DAMAGED)]).await;
    let lie = Upload::new("a.pdf", hostile::pdf_lying_about_its_pages());
    assert_eq!(world.apprentice.upload(&world.showcase, lie).await.json(201)["pages"], 2);
    let doubling = Upload::new("a.pdf", hostile::pdf_with_a_doubling_tree());
    each_is_refused(&app, &world, vec![("a doubling tree", doubling, DAMAGED)]).await;
    world.apprentice.get("/health/ready").await.expect(200);
}
