//! Reads a query statement. Keywords and names are taken in any case.
//!
//! Neighbours: `token` takes the text apart, `run` answers the statement.

use chrono::NaiveDate;

use super::token::{Token, TokenKind, tokens};
use super::{Condition, Operator, Select, Statement};
use crate::base::fault::{self, Checked};

/// Parses a statement asked today: 4000 when it cannot be read.
pub(crate) fn parse(statement: &str, today: NaiveDate) -> Checked<Statement> {
    let mut reader = Reader { tokens: tokens(statement)?, at: 0, today };
    reader.statement()
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// What CURRENT_DATE stands for.
    today: NaiveDate,
}

impl Reader {
    fn statement(&mut self) -> Checked<Statement> {
        self.keyword("SELECT")?;
        let select = self.select()?;
        self.keyword("FROM")?;
        let entity = self.word("<IDENTIFIER>")?;
        let mut statement = Statement {
            select,
            entity,
            conditions: Vec::new(),
            order: Vec::new(),
            start_position: None,
            max_results: None,
        };
        if self.take("WHERE") {
            statement.conditions.push(self.condition()?);
            while self.take("AND") {
                statement.conditions.push(self.condition()?);
            }
        }
        if self.take("ORDERBY") || self.take("ORDER") && self.keyword("BY").map(|()| true)? {
            statement.order.push(self.order()?);
            while self.take_sign(",") {
                statement.order.push(self.order()?);
            }
        }
        loop {
            if statement.start_position.is_none() && self.take("STARTPOSITION") {
                statement.start_position = Some(self.integer()?);
            } else if statement.max_results.is_none() && self.take("MAXRESULTS") {
                statement.max_results = Some(self.integer()?);
            } else {
                break;
            }
        }
        match self.tokens.get(self.at) {
            None => Ok(statement),
            Some(_) => Err(self.unexpected("<EOF>")),
        }
    }

    fn select(&mut self) -> Checked<Select> {
        if self.peeks("COUNT") {
            self.at += 1;
            for sign in ["(", "*", ")"] {
                self.sign(sign)?;
            }
            return Ok(Select::Count);
        }
        let mut properties = Vec::new();
        let mut all = false;
        loop {
            if self.take_sign("*") {
                all = true;
            } else {
                properties.push(self.word("<IDENTIFIER>")?);
            }
            if !self.take_sign(",") {
                break;
            }
        }
        Ok(if all { Select::All } else { Select::Properties(properties) })
    }

    fn condition(&mut self) -> Checked<Condition> {
        let property = self.word("<IDENTIFIER>")?;
        let mut is_quoted = false;
        let mut literal = |reader: &mut Self| {
            is_quoted |= reader.peeks_quotes();
            reader.literal()
        };
        let (operator, values) = if self.take("LIKE") {
            (Operator::Like, vec![literal(self)?])
        } else if self.take("IN") {
            self.sign("(")?;
            let mut values = vec![literal(self)?];
            while self.take_sign(",") {
                values.push(literal(self)?);
            }
            self.sign(")")?;
            (Operator::In, values)
        } else {
            (self.comparison()?, vec![literal(self)?])
        };
        Ok(Condition { property, operator, values, is_quoted })
    }

    fn comparison(&mut self) -> Checked<Operator> {
        for (sign, operator) in [
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
        ] {
            if self.take_sign(sign) {
                return Ok(operator);
            }
        }
        Err(self.unexpected("\"=\", \"<\", \">\", \"<=\", \">=\", \"in\", \"like\""))
    }

    fn order(&mut self) -> Checked<(String, bool)> {
        let property = self.word("<IDENTIFIER>")?;
        let descending = self.take("DESC");
        if !descending {
            self.take("ASC");
        }
        Ok((property, descending))
    }

    fn literal(&mut self) -> Checked<String> {
        match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(TokenKind::Literal(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case("CURRENT_DATE") => {
                self.at += 1;
                Ok(self.today.to_string())
            }
            Some(TokenKind::Word(word))
                if word.eq_ignore_ascii_case("true")
                    || word.eq_ignore_ascii_case("false")
                    || word.starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
            {
                let word = word.to_ascii_lowercase();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.unexpected("<STRING_LITERAL>, <NUMBER>, \"true\", \"false\"")),
        }
    }

    fn integer(&mut self) -> Checked<i64> {
        let number = match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(TokenKind::Word(word) | TokenKind::Literal(word)) => word.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => {
                self.at += 1;
                Ok(number)
            }
            None => Err(self.unexpected("<INTEGER>")),
        }
    }

    fn word(&mut self, expected: &str) -> Checked<String> {
        match self.tokens.get(self.at).map(|token| &token.kind) {
            Some(TokenKind::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn peeks_quotes(&self) -> bool {
        matches!(self.tokens.get(self.at), Some(Token { kind: TokenKind::Literal(_), .. }))
    }

    fn peeks(&self, keyword: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token { kind: TokenKind::Word(word), .. })
            if word.eq_ignore_ascii_case(keyword))
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.peeks(keyword);
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, keyword: &str) -> Checked<()> {
        if self.take(keyword) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("\"{}\"", keyword.to_lowercase())))
        }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found =
            matches!(self.tokens.get(self.at), Some(Token { kind: TokenKind::Sign(s), .. }) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> Checked<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.unexpected(&format!("\"{sign}\""))) }
    }

    fn unexpected(&self, expected: &str) -> Box<fault::Fault> {
        let (shown, column) = match self.tokens.get(self.at) {
            Some(token) => (token.kind.shown(), token.column),
            None => ("\"<EOF>\"".to_owned(), self.tokens.last().map_or(0, |token| token.column)),
        };
        fault::query_parser(format!(
            "Encountered {shown} at line 1, column {column}. Was expecting one of: {expected}"
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failing test may stop")]
    use super::*;

    fn parse(statement: &str) -> Checked<Statement> {
        super::parse(statement, NaiveDate::from_ymd_opt(2026, 2, 3).unwrap_or_default())
    }

    #[test]
    fn reads_every_clause_in_any_case() {
        let statement = parse(
            "select *  from customer where DisplayName = 'O\\'Hara' AND Active in (true, false) and Balance >= '1' \
             order by DisplayName desc, Id STARTPOSITION 11 maxresults 5 ",
        )
        .unwrap();
        assert_eq!(statement.select, Select::All);
        assert_eq!(statement.entity, "customer");
        assert_eq!(statement.conditions[0].values, ["O'Hara"]);
        assert_eq!(statement.conditions[1].values, ["true", "false"]);
        assert_eq!(statement.conditions[2].operator, Operator::GreaterOrEqual);
        assert_eq!(statement.order, [("DisplayName".into(), true), ("Id".into(), false)]);
        assert_eq!((statement.start_position, statement.max_results), (Some(11), Some(5)));
    }

    #[test]
    fn takes_counts_projections_and_both_orders_of_paging() {
        assert_eq!(parse("SELECT COUNT(*) FROM Item").unwrap().select, Select::Count);
        assert_eq!(parse("SELECT *, Sku FROM Item").unwrap().select, Select::All);
        let statement =
            parse("SELECT Id, Metadata.CreateTime FROM Item MAXRESULTS 2 STARTPOSITION 3").unwrap();
        assert_eq!(statement.select, Select::Properties(vec!["Id".into(), "Metadata.CreateTime".into()]));
        assert_eq!((statement.start_position, statement.max_results), (Some(3), Some(2)));
    }

    #[test]
    fn refuses_what_the_grammar_has_not() {
        for bad in [
            "",
            "DELETE FROM Item",
            "SELECT * FROM Item WHERE Name = 'a' OR Name = 'b'",
            "SELECT * FROM Customer WHERE DisplayName = 'O''Hara'",
            "SELECT * FROM Item WHERE (Name = 'a')",
            "SELECT * FROM Item WHERE Name = 'open",
            "SELECT * FROM Item WHERE Name",
            "SELECT * FROM Item WHERE Name = bare",
            "SELECT * FROM Item minorversion 75",
            "SELECT * FROM Item; x",
            "SELECT * FROM Item MAXRESULTS",
        ] {
            assert_eq!(parse(bad).unwrap_err().code, "4000", "{bad}");
        }
    }
}
