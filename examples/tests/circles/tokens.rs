//! Rust's text as words and signs, without comments, texts and tests.

/// A word (`use`, `Money`), a sign (`{`) or `::`. Comments, texts, numbers and lifetimes are left out.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        at += match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => 1 + quoted(&rest[1..]),
            ['b' | 'c', '"', ..] => 2 + quoted(&rest[2..]),
            ['r', '"' | '#', ..] if raw(&rest[1..]).is_some() => 1 + raw(&rest[1..]).unwrap_or_default(),
            ['b', 'r', '"' | '#', ..] if raw(&rest[2..]).is_some() => 2 + raw(&rest[2..]).unwrap_or_default(),
            ['\'', '\\', _, ..] => 3 + rest[3..].iter().position(|c| *c == '\'').unwrap_or_default() + 1,
            ['\'', _, '\'', ..] => 3,
            ['\'', ..] => 1 + word(&rest[1..]),
            [':', ':', ..] => {
                found.push("::".to_owned());
                2
            }
            [c, ..] if c.is_alphanumeric() || *c == '_' => {
                let length = word(rest);
                if !c.is_ascii_digit() {
                    found.push(rest[..length].iter().collect());
                }
                length
            }
            [c, ..] => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                1
            }
            [] => 1,
        };
    }
    without_tests(found)
}

fn word(chars: &[char]) -> usize {
    chars.iter().take_while(|c| c.is_alphanumeric() || **c == '_').count()
}

/// The rest of a text, its closing quotation mark included.
fn quoted(chars: &[char]) -> usize {
    let mut at = 0;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// The length of `#"..."#` with any number of hashes; none where it is no raw text.
fn raw(chars: &[char]) -> Option<usize> {
    let hashes = chars.iter().take_while(|c| **c == '#').count();
    if chars.get(hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &chars[hashes + 1..];
    let length = body.windows(end.len()).position(|window| window == end).unwrap_or(body.len());
    Some(hashes + 1 + length + end.len())
}

/// The length of a block comment; they nest.
fn block_comment(chars: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0);
    loop {
        match chars[at..] {
            ['/', '*', ..] => (at, depth) = (at + 2, depth + 1),
            ['*', '/', ..] => (at, depth) = (at + 2, depth - 1),
            [] => return at,
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
}

/// Leaves out each item behind `#[cfg(test)]`.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if starts(&tokens[at..], "# [ cfg ( test ) ]") {
            at += 7;
            while tokens.get(at).is_some_and(|token| token == "#") {
                at = closing(&tokens, at + 1);
            }
            at = end_of_item(&tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Whether the tokens begin with these.
pub(crate) fn starts(tokens: &[String], words: &str) -> bool {
    let words: Vec<&str> = words.split(' ').collect();
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token == word)
}

/// Behind the bracket that closes the one at this place.
pub(crate) fn closing(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// Behind the item that begins at this place: its `;`, or its closing brace.
fn end_of_item(tokens: &[String], start: usize) -> usize {
    let mut at = start;
    while at < tokens.len() {
        match tokens[at].as_str() {
            ";" => return at + 1,
            "{" => return closing(tokens, at),
            "(" | "[" => at = closing(tokens, at),
            _ => at += 1,
        }
    }
    at
}
