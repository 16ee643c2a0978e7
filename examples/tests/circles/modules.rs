//! The modules of a library, and which file needs which.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::tokens::{closing, starts, tokens};

/// What the first of two files needs of the second: a name, or a type's method.
#[derive(Debug)]
pub(crate) struct Need(String);

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A path of names: `crate::ids::Id` without its `crate`.
type Names = Vec<String>;

/// One module: a file's, or one written out inside a file.
#[derive(Default)]
struct Module {
    file: usize,
    defines: BTreeSet<String>,
    /// What a name stands for that is imported here.
    imports: BTreeMap<String, Names>,
    /// Modules all of whose names are imported here.
    all_of: Vec<Names>,
}

/// A place in a file where names stand: a module, and inside an `impl` its type.
#[derive(Clone, Default)]
struct Context {
    module: Names,
    itself: Option<Names>,
    /// Whether the `impl` is a trait's: a call of its methods does not say which type is meant.
    is_of_trait: bool,
}

/// Where a path leads.
struct Found {
    file: usize,
    /// The module and the name; none of what the text does not show: something that a macro writes.
    item: Option<(Names, String)>,
    /// What stands behind the name: a variant or a method.
    rest: Names,
}

/// A library, read.
#[derive(Default)]
pub(crate) struct Modules {
    names: Vec<String>,
    modules: BTreeMap<Names, Module>,
    /// The files that write a method of a type, by the type's module and name.
    methods: BTreeMap<(Names, String, String), BTreeSet<usize>>,
    needs: BTreeMap<(usize, usize), Need>,
}

impl Modules {
    /// Reads every file below `src`, programs left out.
    pub(crate) fn read(src: &Path) -> Self {
        let mut files = Vec::new();
        let mut folders = vec![src.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path: PathBuf = entry.unwrap().path();
                let name = path.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() && name != "bin" {
                    folders.push(path);
                } else if name.ends_with(".rs") && name != "main.rs" {
                    files.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
        files.sort();
        Self::of(files)
    }

    /// The library of these files. A file that no module declares is left out: it belongs to tests.
    pub(crate) fn of(files: Vec<(String, String)>) -> Self {
        let mut library = Self::default();
        let mut texts = BTreeMap::new();
        for (file, (name, text)) in files.into_iter().enumerate() {
            texts.insert(path_of(&name), (file, tokens(&text)));
            library.names.push(name);
        }
        let mut ahead = vec![Names::new()];
        let mut read = Vec::new();
        while let Some(path) = ahead.pop() {
            let Some((file, tokens)) = texts.get(&path) else { continue };
            ahead.extend(library.declare(*file, tokens, &path));
            read.push((*file, tokens, path));
        }
        for (file, tokens, path) in &read {
            let context = Context { module: path.clone(), ..Context::default() };
            library.walk(*file, tokens, &context, &mut Self::note_methods);
        }
        for (file, tokens, path) in &read {
            let context = Context { module: path.clone(), ..Context::default() };
            library.walk(*file, tokens, &context, &mut Self::note_needs);
        }
        library
    }

    /// Which file needs which, with one example.
    pub(crate) fn needs(&self) -> &BTreeMap<(usize, usize), Need> {
        &self.needs
    }

    /// How many files it has.
    pub(crate) fn files(&self) -> usize {
        self.names.len()
    }

    /// A file's name.
    pub(crate) fn name(&self, file: usize) -> &str {
        &self.names[file]
    }

    /// Notes what a module defines and imports, and the modules written out in it. Returns those in files of their own.
    fn declare(&mut self, file: usize, tokens: &[String], path: &Names) -> Vec<Names> {
        let mut module = Module { file, ..Module::default() };
        let mut in_files = Vec::new();
        let mut depth = 0;
        let mut at = 0;
        while at < tokens.len() {
            match (tokens[at].as_str(), tokens.get(at + 1)) {
                ("use", Some(next)) if next != "<" => at = import(tokens, at, &mut module) - 1,
                ("mod", Some(name)) if depth == 0 => {
                    let inner = [path.clone(), vec![name.clone()]].concat();
                    if tokens[at + 2] == "{" {
                        let end = closing(tokens, at + 2);
                        in_files.extend(self.declare(file, &tokens[at + 3..end - 1], &inner));
                        at = end - 1;
                    } else {
                        in_files.push(inner);
                    }
                }
                ("struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static", Some(name))
                    if depth == 0 =>
                {
                    module.defines.insert(name.clone());
                }
                ("macro_rules", _) if depth == 0 => {
                    module.defines.insert(tokens[at + 2].clone());
                }
                ("{" | "(" | "[", _) => depth += 1,
                ("}" | ")" | "]", _) => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        self.modules.insert(path.clone(), module);
        in_files
    }

    /// Goes through a file's tokens and says for each in which module and `impl` it stands.
    fn walk(
        &mut self,
        file: usize,
        tokens: &[String],
        context: &Context,
        visit: &mut impl FnMut(&mut Self, usize, &[String], usize, &Context) -> usize,
    ) {
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at] == "mod" && tokens.get(at + 2).is_some_and(|token| token == "{") {
                let end = closing(tokens, at + 2);
                let module = [context.module.clone(), vec![tokens[at + 1].clone()]].concat();
                self.walk(file, &tokens[at + 3..end - 1], &Context { module, ..Context::default() }, visit);
                at = end;
            } else if let Some((itself, is_of_trait, body)) = block_of_type(tokens, at) {
                let end = closing(tokens, body);
                let inner = Context { module: context.module.clone(), itself: Some(itself), is_of_trait };
                while at < end {
                    at = visit(self, file, tokens, at, &inner);
                }
            } else {
                at = visit(self, file, tokens, at, context);
            }
        }
    }

    /// Notes the functions of an `impl` under its type.
    fn note_methods(&mut self, file: usize, tokens: &[String], at: usize, context: &Context) -> usize {
        if let (Some(itself), false, "fn") = (&context.itself, context.is_of_trait, tokens[at].as_str())
            && let Some(Found { item: Some((module, name)), .. }) = self.find(&context.module, itself, 0)
        {
            self.methods.entry((module, name, tokens[at + 1].clone())).or_default().insert(file);
        }
        at + 1
    }

    /// Notes what the tokens at this place need, and returns the place behind them.
    fn note_needs(&mut self, file: usize, tokens: &[String], at: usize, context: &Context) -> usize {
        let before = at.checked_sub(1).map(|before| tokens[before].as_str());
        match tokens[at].as_str() {
            "use" if tokens[at + 1] != "<" => {
                let mut imported = Module::default();
                let end = import(tokens, at, &mut imported);
                let again = matches!(before, Some("pub" | ")"));
                for path in imported.imports.into_values().chain(imported.all_of) {
                    let found = self.find(&context.module, &path, 0);
                    let is_below =
                        |other: usize| path_of(&self.names[other]).starts_with(&path_of(&self.names[file]));
                    if let Some(found) = found.filter(|found| !(again && is_below(found.file))) {
                        self.note(file, &found);
                    }
                }
                end
            }
            "mod" => at + 2,
            "." if tokens.get(at + 2).is_some_and(|token| token == "(" || token == "::") => {
                let method = &tokens[at + 1];
                if before == Some("self") && (at < 2 || tokens[at - 2] != ".") {
                    self.note_own_method(file, method, context);
                } else {
                    self.note_method(file, method);
                }
                at + 2
            }
            word if is_word(word) => {
                let mut end = at + 1;
                while end + 1 < tokens.len() && tokens[end] == "::" && is_word(&tokens[end + 1]) {
                    end += 2;
                }
                let path: Names = tokens[at..end].iter().filter(|token| *token != "::").cloned().collect();
                if matches!(before, Some("." | "::" | "fn")) {
                    return end;
                }
                if path[0] == "Self" && path.len() > 1 {
                    self.note_own_method(file, &path[1], context);
                } else if let Some(found) = self.find(&context.module, &path, 0) {
                    self.note(file, &found);
                }
                end
            }
            _ => at + 1,
        }
    }

    /// `self.method()` and `Self::method()`.
    fn note_own_method(&mut self, file: usize, method: &str, context: &Context) {
        let Some(itself) = &context.itself else { return };
        if let Some(Found { item: Some((module, name)), .. }) = self.find(&context.module, itself, 0) {
            self.note_methods_of(file, module, name, method);
        }
    }

    /// A method of a value whose type the text does not show. Whoever has the value reaches the file of its type by names, so
    /// only a method that is written elsewhere tells something: where one type has a method of that name, and no usual type.
    fn note_method(&mut self, file: usize, method: &str) {
        let mut types = self.methods.iter().filter(|((_, _, name), _)| name == method);
        if let (Some(((module, name, _), files)), None) = (types.next(), types.next())
            && !files.contains(&self.modules[module].file)
            && !USUAL.contains(&method)
        {
            self.note_methods_of(file, module.clone(), name.clone(), method);
        }
    }

    fn note_methods_of(&mut self, file: usize, module: Names, name: String, method: &str) {
        let need = format!("{name}::{method}");
        let files = self.methods.get(&(module, name, method.to_owned())).cloned().unwrap_or_default();
        // Written in several files (a trait's, for several forms), or here: nobody can say which is meant.
        if let (1, Some(to)) = (files.len(), files.first())
            && *to != file
        {
            self.needs.entry((file, *to)).or_insert(Need(need));
        }
    }

    fn note(&mut self, file: usize, found: &Found) {
        if let (Some((module, name)), Some(method)) = (&found.item, found.rest.first()) {
            self.note_methods_of(file, module.clone(), name.clone(), method);
        }
        if found.file != file {
            let what = found.item.as_ref().map_or("a name", |(_, name)| name);
            self.needs.entry((file, found.file)).or_insert_with(|| Need(what.to_owned()));
        }
    }

    /// Follows a path from a module to the file that defines what it names.
    fn find(&self, from: &Names, path: &[String], steps: u32) -> Option<Found> {
        if steps > 12 {
            return None;
        }
        let mut at = from.clone();
        let mut behind = 0;
        match path.first()?.as_str() {
            "crate" => (at, behind) = (Names::new(), 1),
            "self" => behind = 1,
            _ => {}
        }
        while path.get(behind).is_some_and(|name| name == "super") {
            at.pop();
            behind += 1;
        }
        let mut is_ours = behind > 0;
        for (place, name) in path.iter().enumerate().skip(behind) {
            let module = self.modules.get(&at)?;
            let inner = [at.clone(), vec![name.clone()]].concat();
            if self.modules.contains_key(&inner) {
                (at, is_ours) = (inner, true);
                continue;
            }
            let rest = &path[place + 1..];
            if module.defines.contains(name) {
                return Some(Found {
                    file: module.file,
                    item: Some((at, name.clone())),
                    rest: rest.to_vec(),
                });
            }
            if let Some(import) = module.imports.get(name).filter(|import| import != &path) {
                return self.find(&at, &[import.as_slice(), rest].concat(), steps + 1);
            }
            let all_of = module.all_of.iter().filter_map(|all| {
                self.find(&at, &[all.as_slice(), &path[place..]].concat(), steps + 1)
                    .filter(|found| found.item.is_some())
            });
            let unknown = (is_ours && place > behind).then_some(Found {
                file: module.file,
                item: None,
                rest: Names::new(),
            });
            return all_of.into_iter().next().or(unknown);
        }
        // A module itself: what is named in it by way of this path counts, not this.
        None
    }
}

/// Methods of usual types, which say nothing about ours.
const USUAL: [&str; 5] = ["day", "finish", "join", "month", "year"];

/// `a/b.rs` and `a/b/mod.rs` as `["a", "b"]`; `lib.rs` as nothing.
fn path_of(name: &str) -> Names {
    let name = name.trim_end_matches(".rs");
    name.split('/').filter(|part| !matches!(*part, "lib" | "mod")).map(str::to_owned).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// At an `impl`: the path of its type, whether it is a trait's, and the place of its opening brace.
fn block_of_type(tokens: &[String], at: usize) -> Option<(Names, bool, usize)> {
    let is_item = at == 0 || matches!(tokens[at - 1].as_str(), "}" | ";" | "]" | "{" | "unsafe");
    if tokens[at] != "impl" || !is_item {
        return None;
    }
    let mut path = Names::new();
    let mut is_of_trait = false;
    let (mut angles, mut place) = (0, at + 1);
    while tokens[place] != "{" {
        match tokens[place].as_str() {
            "<" => angles += 1,
            ">" if !starts(&tokens[place - 1..], "- >") => angles -= 1,
            "where" if angles == 0 => break,
            "for" if angles == 0 => (path, is_of_trait) = (Names::new(), true),
            token if angles == 0 && is_word(token) && !matches!(token, "dyn" | "mut" | "const") => {
                path.push(token.to_owned());
            }
            _ => {}
        }
        place += 1;
    }
    while tokens[place] != "{" {
        place += 1;
    }
    Some((path, is_of_trait, place))
}

/// Reads a `use` at this place into a module, and returns the place behind it.
fn import(tokens: &[String], at: usize, module: &mut Module) -> usize {
    let end = at + tokens[at..].iter().position(|token| token == ";").unwrap();
    branch(&tokens[at + 1..end], &Names::new(), module);
    end + 1
}

/// One branch of a `use`: `a::b`, `a::b as c`, `a::*` or `a::{..}`.
fn branch(tokens: &[String], stem: &Names, module: &mut Module) {
    let mut path = stem.clone();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => {}
            "*" => return module.all_of.push(path),
            "as" => {
                module.imports.insert(tokens[at + 1].clone(), path);
                return;
            }
            "{" => {
                let inside = &tokens[at + 1..closing(tokens, at) - 1];
                let (mut from, mut depth) = (0, 0);
                for (place, token) in inside.iter().enumerate() {
                    match token.as_str() {
                        "{" => depth += 1,
                        "}" => depth -= 1,
                        "," if depth == 0 => {
                            branch(&inside[from..place], &path, module);
                            from = place + 1;
                        }
                        _ => {}
                    }
                }
                return branch(&inside[from..], &path, module);
            }
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    if !tokens.is_empty()
        && let Some(name) = path.last()
    {
        module.imports.insert(name.clone(), path.clone());
    }
}
