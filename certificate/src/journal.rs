//! The plan as a journal in hledger's text form: a second, independent program adds our books up. It ends with a balance
//! assertion for every control account, the certificate's own figure, which `hledger check` proves or refuses.

use std::fmt::Write;

use exchange::certificate::{AccountFigures, Certificate, DocumentLine, Scope};

/// Returns a certificate's documents as a journal.
#[must_use]
pub fn journal(certificate: &Certificate) -> String {
    let mut text = head(&certificate.accounts);
    certificate.documents.iter().for_each(|document| entry(&mut text, document, &certificate.accounts));
    text.push_str(&foot(certificate));
    text
}

/// What stands before the entries.
pub(crate) fn head(accounts: &[AccountFigures]) -> String {
    let mut text = "; Planned documents, debit positive. Check with: hledger -f FILE check -s\n\
        decimal-mark .\ncommodity 1000.00\n"
        .to_owned();
    for account in accounts {
        let _ = writeln!(text, "account {}", name(&account.name));
    }
    text.push('\n');
    text
}

/// A document; none of one that moves no account.
pub(crate) fn entry(text: &mut String, document: &DocumentLine, accounts: &[AccountFigures]) {
    if document.legs.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "{} * ({}) {}  ; {}",
        document.date,
        document.name.number.replace(['(', ')'], ""),
        plain(&mapping::kind_words(&document.name.kind)),
        plain(&document.event)
    );
    for leg in &document.legs {
        // An account is known by its id: sales tax of several agencies is one control account.
        let known = accounts.iter().find(|account| !account.id.is_empty() && account.id == leg.account_id);
        let account = known.map_or(&leg.account, |account| &account.name);
        let _ = writeln!(text, "    {}  {}", name(account), leg.amount);
    }
    text.push('\n');
}

/// The figures of the control accounts.
pub(crate) fn foot(certificate: &Certificate) -> String {
    let mut text = String::new();
    let date = match &certificate.scope {
        Scope::Period { last, .. } => Some(*last),
        Scope::Day { date } => Some(*date),
        _ => certificate.documents.iter().map(|document| document.date).max(),
    };
    if let Some(date) = date {
        let _ = writeln!(text, "{date} * Certificate {}: the plan's figures", certificate.number);
        for account in &certificate.accounts {
            let _ = writeln!(text, "    {}  0.00 = {}", name(&account.name), account.figures.plan);
        }
    }
    text
}

/// An account's name as hledger takes it: no two blanks, which end a name, no colon, which divides one, nothing that
/// makes the posting a virtual one or a remark.
fn name(account: &str) -> String {
    let words: Vec<&str> = account.split_whitespace().collect();
    let name = words.join(" ").replace(':', "/").replace(';', ",");
    if name.starts_with(['(', '[', '*', '!', '=', '~']) { format!("Account {name}") } else { name }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace([';', '|'], ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_hledger_takes() {
        assert_eq!(name("Cloud POS  Debtor (A/R)"), "Cloud POS Debtor (A/R)");
        assert_eq!(name("(Old) sales: goods; more"), "Account (Old) sales/ goods, more");
    }
}
