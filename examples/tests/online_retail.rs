//! The reading rules of the Online Retail data set, each on a few lines typed for it.

use std::collections::BTreeMap;

use examples::online_retail::read;
use pos_model::PosFile;

const HEAD: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

fn batches(rows: &str) -> Vec<pos_model::Batch> {
    let read = read(format!("{HEAD}{rows}").as_bytes()).unwrap();
    PosFile::try_from(read.file).unwrap().into_parts().0
}

#[test]
fn tax_is_computed_once_and_spread_over_the_lines() {
    let rows = "100005,A1,Tea,3,2010-12-01 08:26:00,0.335,17850,United Kingdom\n\
                100005,POST,,1,2010-12-01 08:26:00,2.00,17850,United Kingdom\n\
                100005,GIFT_01,,1,2010-12-01 08:26:00,10.00,17850,United Kingdom\n";
    let batch = &batches(rows)[0];
    let lines: Vec<_> = (batch.transactions()[0].lines().iter())
        .map(|l| (l.amount().to_string(), l.tax().to_string(), l.tax_code().to_owned()))
        .collect();
    let line = |a: &str, t: &str, c: &str| (a.to_owned(), t.to_owned(), c.to_owned());
    assert_eq!(
        lines,
        [line("1.01", "0.18", "TAX"), line("2.00", "0.35", "TAX"), line("10.00", "0.00", "NON")]
    );
    assert_eq!(batch.transactions()[0].tenders()[0].amount().to_string(), "13.54");
}

#[test]
fn kinds_are_told_apart_in_order() {
    let rows = "A100001,B,Adjust bad debt,1,2010-12-01 08:00:00,-5.00,,United Kingdom\n\
                100002,X,,7,2010-12-01 08:00:00,0.0,,United Kingdom\n\
                C100003,AMAZONFEE,AMAZON FEE,-1,2010-12-01 08:00:00,50.00,,United Kingdom\n\
                100004,CRUK,CRUK,1,2010-12-01 08:00:00,5.00,,United Kingdom\n\
                C100005,X,Cup,-1,2010-12-02 08:00:00,2.00,12345,France\n";
    let read = read(format!("{HEAD}{rows}").as_bytes()).unwrap();
    assert_eq!(
        read.skipped,
        BTreeMap::from([("adjustment".to_owned(), 1), ("stock movement".to_owned(), 1)])
    );
    let batches = PosFile::try_from(read.file).unwrap().into_parts().0;
    let pays: Vec<_> =
        batches[0].pay_ins_and_outs().iter().map(|p| (p.id(), p.signed_amount().to_string())).collect();
    assert_eq!(pays, [(1, "-50.00".to_owned()), (2, "5.00".to_owned())]);
    assert_eq!((batches[0].transactions().len(), batches[1].transactions().len()), (0, 1));
    assert_eq!(batches[1].number(), 2);
}

#[test]
fn customers_pay_their_balance_at_the_start_of_a_month() {
    let rows = "100010,X,Cup,1,2010-12-01 08:00:00,9.00,200,France\n\
                100011,X,Cup,1,2010-12-02 08:00:00,4.00,30,France\n\
                100015,X,Cup,1,2011-01-04 08:00:00,4.00,200,France\n";
    let batch = &batches(rows)[2];
    let paid: Vec<_> = (batch.account_payments().iter())
        .map(|p| (p.id(), p.customer().id().to_owned(), p.tenders()[0].amount().to_string()))
        .collect();
    assert_eq!(paid, [(1, "30".to_owned(), "4.00".to_owned()), (2, "200".to_owned(), "9.00".to_owned())]);
}

#[test]
fn a_bad_value_is_named_with_its_line() {
    let rows = "100001,X,Cup,one,2010-12-01 08:00:00,9.00,200,France\n";
    let error = read(format!("{HEAD}{rows}").as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "line 2, Quantity: \"one\" is not a decimal number; correct it");
    assert!(read(&b"InvoiceNo,StockCode\n1,2\n"[..]).is_err());
    let not_utf8 = [HEAD.as_bytes(), b"100001,X,Caf\xe9,1,2010-12-01 08:00:00,9.00,200,France\n"].concat();
    let error = read(&not_utf8[..]).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("line 2") && cause.contains("field: 2"), "{cause}");
}
