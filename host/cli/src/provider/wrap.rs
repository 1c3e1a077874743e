//! Text of others in a place of its own on the screen.

/// Columns that every terminal has.
const COLUMNS: usize = 78;

/// Fewest columns that text is put into, however far it is indented.
const FEWEST: usize = 20;

/// Text whose first line begins behind `indent` columns and whose further lines are indented so, so
/// that none of it can be taken for what stands on the left.
pub(super) fn wrapped(text: &str, indent: usize) -> String {
    let room = COLUMNS.saturating_sub(indent).max(FEWEST);
    let next = format!("\n{:indent$}", "");
    let (mut lines, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        if used > 0 && used + 1 + columns(word) > room {
            lines.push_str(&next);
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        for letter in word.chars() {
            if used + width(letter) > room {
                lines.push_str(&next);
                used = 0;
            }
            lines.push(letter);
            used += width(letter);
        }
    }
    lines
}

fn columns(word: &str) -> usize {
    word.chars().map(width).sum()
}

/// At most: many letters beyond ASCII take two columns.
fn width(letter: char) -> usize {
    if letter.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, wrapped};

    #[test]
    fn no_line_is_wider_than_a_terminal_and_none_begins_at_its_left() {
        let words = "to keep the token ".repeat(20);
        let long = "x".repeat(400);
        let wide = "漢".repeat(200);
        for text in [words.trim(), &long, &wide] {
            let lines = format!("{:10}{}", "", wrapped(text, 10));
            for line in lines.lines() {
                let columns: usize = line.chars().map(|one| 1 + usize::from(!one.is_ascii())).sum();
                assert!(columns <= COLUMNS && line.starts_with(&" ".repeat(10)), "{line}");
            }
            let joined: String = lines.split_whitespace().collect();
            assert_eq!(joined, text.replace(' ', ""), "nothing is lost");
        }
        assert_eq!(wrapped("short", 10), "short");
    }
}
