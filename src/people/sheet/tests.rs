//! Lists as people have them, good and bad, and random bytes.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::identifiers::IdentifierError;
use crate::domain::standard::Standard;
use crate::people::Enrolment;

const HEADER: &str = "name,email,employer,started_on,uln\n";

fn standards() -> Standards {
    let text = include_str!("../../../config/standards/st0072-1.1.toml");
    Standards::new(vec![Standard::parse(text).unwrap()]).unwrap()
}

fn of(text: &str) -> Result<Sheet, Unreadable> {
    read(text, &standards(), OrganisationId(Uuid::nil()))
}

/// What is wrong with the only line below the header.
fn faults(line: &str) -> Vec<(&'static str, Wrong)> {
    let sheet = of(&format!("{HEADER}{line}")).unwrap();
    let faults = sheet.lines[0].read.as_ref().err().cloned().unwrap_or_default();
    faults.iter().map(|fault| (fault.column.map_or("", Column::word), fault.wrong)).collect()
}

#[test]
fn a_list_is_read_whatever_its_dress() {
    let plain =
        "name,email,employer,started_on,uln\nAda Field,Ada@Example.org,\"Field, Moss & Co\",2025-09-01,1000000019\n";
    let dressed = [
        plain.to_owned(),
        plain.replace('\n', "\r\n"),
        format!("\n\n{plain}\n,,,,\n"),
        "Full name;E-mail address;EMPLOYER;Start date;ULN\nAda Field;ada@example.org;Field, Moss & Co;1/9/2025;1000000019".into(),
        "Name\tE-Mail\tEmployer\tStarted on\tULN\nAda Field\tada@example.org\tField, Moss & Co\t01/09/2025\t10000 00019".into(),
    ];
    for text in dressed {
        let sheet = of(&text).unwrap();
        assert_eq!(sheet.lines.len(), 1, "{text}");
        let newcomer = sheet.lines[0].read.as_ref().unwrap();
        let Enrolment { apprentice, employer, started_on, standard, version, .. } = &newcomer.enrolment;
        assert_eq!(
            (apprentice.name.to_string(), apprentice.email.to_string()),
            ("Ada Field".into(), "ada@example.org".into())
        );
        assert_eq!((employer.to_string(), started_on.to_string()), ("Field, Moss & Co".into(), "2025-09-01".into()));
        assert_eq!((standard.as_str(), version.as_str()), ("ST0072", "1.1"));
        assert_eq!(apprentice.uln.as_ref().unwrap().to_string(), "1000000019");
    }
}

#[test]
fn formulas_are_text_and_lines_keep_their_numbers() {
    let sheet =
        of(&format!("{HEADER}=1+1,a@b.org,@SUM(A1),2025-09-01,1000000019\n\n+44,b@b.org,x,2025-09-01,\n")).unwrap();
    assert_eq!(sheet.lines[0].read.as_ref().unwrap().enrolment.apprentice.name.to_string(), "=1+1");
    assert_eq!(sheet.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [2, 4]);
}

#[test]
fn every_fault_of_a_line_is_told_by_its_column() {
    assert_eq!(
        faults(",nobody,,2025-02-30,1000200000"),
        [
            ("name", Wrong::Empty),
            ("email", Wrong::NoEmail),
            ("employer", Wrong::Empty),
            ("started_on", Wrong::NoDay),
            ("uln", Wrong::Uln(IdentifierError::UlnCheckDigit)),
        ]
    );
    assert_eq!(faults("A,a@b.org,E,,1000000019"), [("started_on", Wrong::Empty)]);
    assert_eq!(faults("A,a@b.org,E,1/9/25,1000000019"), [("started_on", Wrong::NoDay)]);
    assert_eq!(faults("A,a@b.org,E,2025-09-01,"), [("uln", Wrong::NoUln)]);
    assert_eq!(faults("A,a@b.org,E, Ltd,2025-09-01,1000000019"), [("", Wrong::TooManyCells)]);
    assert_eq!(faults("\"A\nB\",a@b.org,E,2025-09-01,1000000019"), [("name", Wrong::Control)]);
    let long = "x".repeat(201);
    assert_eq!(faults(&format!("A,a@b.org,{long},2025-09-01,1000000019")), [("employer", Wrong::TooLong(200))]);
}

#[test]
fn standards_are_named_or_not() {
    let line = |standard: &str, version: &str| {
        let text = format!(
            "name,email,employer,started_on,uln,standard,version\nA,a@b.org,E,2025-09-01,1000000019,{standard},{version}"
        );
        of(&text).unwrap().lines.remove(0).read.map(|_| ()).map_err(|faults| faults[0].clone())
    };
    assert_eq!((line("ST0072", "1.1"), line("st0072", ""), line("", "")), (Ok(()), Ok(()), Ok(())));
    let fault = |column, wrong| Err(LineFault { column: Some(column), wrong });
    assert_eq!(line("ST0001", ""), fault(Column::Standard, Wrong::NoSuchStandard));
    assert_eq!(line("ST0072", "9"), fault(Column::Version, Wrong::NoSuchStandard));
}

#[test]
fn what_cannot_be_read_at_all() {
    assert_eq!(of("").unwrap_err(), Unreadable::Empty);
    assert_eq!(of(HEADER).unwrap_err(), Unreadable::Empty);
    assert_eq!(of("Ada,ada@example.org\n").unwrap_err(), Unreadable::Missing(NEEDED.to_vec()));
    assert_eq!(of("name,Full Name,email\na,b,c").unwrap_err(), Unreadable::Repeated(Column::Name));
    let many = format!("{HEADER}{}", "A,a@b.org,E,2025-09-01,1\n".repeat(MOST_LINES + 1));
    assert_eq!(of(&many).unwrap_err(), Unreadable::TooManyLines { found: MOST_LINES + 1 });
    let titled = of("name,email,employer,started_on,uln,phone\nA,a@b.org,E,2025-09-01,1000000019,1").unwrap();
    assert_eq!(titled.unread, ["phone"]);
}

#[test]
fn encodings_are_told_apart() {
    let told = |bytes: &[u8]| decode(bytes).map(|decoded| (decoded.text, decoded.was_windows));
    assert_eq!(told("\u{FEFF}Zoë".as_bytes()), Ok(("Zoë".into(), false)));
    assert_eq!(told(b"Zo\xEB \x96 \x80"), Ok(("Zoë – €".into(), true)));
    assert_eq!(told(b"PK\x03\x04rest"), Err(Undecodable::Spreadsheet));
    assert_eq!(told(b"\xFF\xFEa\0"), Err(Undecodable::Utf16));
    assert_eq!(told(b"a\0b"), Err(Undecodable::Binary));
}

proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(decoded) = decode(&bytes) {
            let _ = of(&decoded.text);
            let _ = of(&format!("{HEADER}{}", decoded.text));
        }
    }
}
