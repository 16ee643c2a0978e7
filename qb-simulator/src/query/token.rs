//! Words, literals and signs of a query statement.
//!
//! Neighbours: `parse` reads the tokens.

use crate::base::fault::{self, Checked};

/// One token and the column it starts at, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) column: usize,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A keyword, a name with dots, a bare number.
    Word(String),
    /// A literal in apostrophes, escapes undone.
    Literal(String),
    /// `=`, `<`, `>`, `<=`, `>=`, `*`, `,`, `(`, `)`.
    Sign(&'static str),
}

impl TokenKind {
    pub(crate) fn shown(&self) -> String {
        match self {
            TokenKind::Word(word) => format!("\" <IDENTIFIER> \"{word} \"\""),
            TokenKind::Literal(text) => format!("\" <STRING_LITERAL> \"'{text}' \"\""),
            TokenKind::Sign(sign) => format!("\" \"{sign}\" \"{sign} \"\""),
        }
    }
}

const SIGNS: &[&str] = &["<=", ">=", "=", "<", ">", "*", ",", "(", ")"];

/// Takes a statement apart.
pub(crate) fn tokens(statement: &str) -> Checked<Vec<Token>> {
    let characters: Vec<char> = statement.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let character = characters[at];
        let column = at + 1;
        if character.is_whitespace() {
            at += 1;
        } else if character == '\'' {
            let (literal, next) = literal(&characters, at)?;
            tokens.push(Token { kind: TokenKind::Literal(literal), column });
            at = next;
        } else if let Some(sign) =
            SIGNS.iter().find(|sign| characters[at..].starts_with(&sign.chars().collect::<Vec<_>>()))
        {
            tokens.push(Token { kind: TokenKind::Sign(sign), column });
            at += sign.len();
        } else if is_word(character) {
            let end = characters[at..].iter().position(|c| !is_word(*c)).map_or(characters.len(), |n| at + n);
            tokens.push(Token { kind: TokenKind::Word(characters[at..end].iter().collect()), column });
            at = end;
        } else {
            return Err(lexical(character, column));
        }
    }
    Ok(tokens)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '.' | '-' | '+' | ':')
}

/// Returns a literal from its opening apostrophe: a backslash takes the next character as it is.
fn literal(characters: &[char], open: usize) -> Checked<(String, usize)> {
    let mut text = String::new();
    let mut at = open + 1;
    while let Some(character) = characters.get(at) {
        match character {
            '\'' => return Ok((text, at + 1)),
            '\\' => {
                at += 1;
                match characters.get(at) {
                    Some(escaped) => text.push(*escaped),
                    None => break,
                }
            }
            other => text.push(*other),
        }
        at += 1;
    }
    Err(fault::query_parser(format!(
        "Lexical error at line 1, column {}.  Encountered: <EOF> after : \"'\"",
        at + 1
    )))
}

fn lexical(character: char, column: usize) -> Box<fault::Fault> {
    fault::query_parser(format!("Lexical error at line 1, column {column}.  Encountered: \"{character}\""))
}
