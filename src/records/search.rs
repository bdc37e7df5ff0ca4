//! What somebody typed, as a pattern of LIKE: a part of a text, in which no sign means more than itself.

/// The pattern in small letters, for columns that are held against it in small letters too, and as it was typed: SQLite
/// turns only the letters of ASCII into small ones.
pub(super) fn patterns(text: &str) -> [String; 2] {
    let mut pattern = String::from("%");
    for sign in text.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    [pattern.to_lowercase(), pattern]
}

#[cfg(test)]
mod tests {
    use super::patterns;

    #[test]
    fn no_sign_means_more_than_itself() {
        assert_eq!(patterns("Zoë"), ["%zoë%", "%Zoë%"]);
        assert_eq!(patterns("50%_\\")[1], "%50\\%\\_\\\\%");
    }
}
