//! Rust text without its comments and the insides of its literals, line by line as it was: enough to read names
//! and braces without a parser.

/// The text with every comment, string and character replaced by spaces; newlines stay.
pub fn bare(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut bare = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = opaque_end(&text, at);
        if end > at {
            bare.extend(text[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            bare.push(text[at]);
            at += 1;
        }
    }
    bare
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
fn opaque_end(text: &[char], at: usize) -> usize {
    let rest = &text[at..];
    let after_word = at > 0 && is_word(text[at - 1]);
    match rest {
        ['/', '/', ..] => at + rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => at + block_comment(rest),
        ['"', ..] => at + quoted(rest, '"'),
        ['r', '"' | '#', ..] if !after_word => at + raw_string(rest),
        ['b', 'r', '"' | '#', ..] if !after_word => at + 1 + raw_string(&rest[1..]),
        // A character; anything else after an apostrophe is a lifetime or a label.
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => at + quoted(rest, '\''),
        _ => at,
    }
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    for (at, pair) in rest.windows(2).enumerate() {
        match pair {
            ['/', '*'] => depth += 1,
            ['*', '/'] if depth == 1 => return at + 2,
            ['*', '/'] => depth -= 1,
            _ => {}
        }
    }
    rest.len()
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// `r"…"`, `r#"…"#` and so on; nothing for a raw identifier such as `r#type`.
fn raw_string(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = 2 + hashes;
    let found = rest[body..].windows(close.len()).position(|window| window == close);
    found.map_or(rest.len(), |at| body + at + close.len())
}

/// Whether a character can be part of a name.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[test]
fn comments_and_literals_are_blanked() {
    let text = "a /* { /* } */ */ b // {\n\"{ \\\" {\" 'c' '\\'' '{' r#\"\" {\"# r#type 'static br\"{\" x";
    let bare = bare(text);
    assert!(!bare.contains(['{', '}', '"']), "{bare}");
    assert_eq!(bare.split_whitespace().collect::<Vec<_>>(), ["a", "b", "r#type", "'static", "x"]);
    assert_eq!(bare.lines().count(), 2);
}
