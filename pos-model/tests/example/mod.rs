//! The complete file that the README shows.

/// Its text: the first fenced block of JSON.
pub(crate) fn text() -> &'static str {
    let readme = include_str!("../../README.md");
    let block = readme.split_once("```json\n").and_then(|(_, rest)| rest.split_once("```"));
    block.map_or("", |(text, _)| text)
}
