//! The details of lines, one a kind. Neighbour: `line.rs`, which picks them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::record::record;
use super::reference::{Anything, Party, Reference};
use super::words::{BillableStatus, PostingType};
use crate::{Account, Class, Customer, Department, Item, PaymentMethod, TaxCode, Vendor};

record! {
    /// Something sold.
    SalesItemDetail {
        /// The item; `SHIPPING_ITEM_ID` is QuickBooks' own for shipping.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The price of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The price as a part of a hundred of another.
        rate_percent: Field<Decimal> = "RatePercent",
        /// `TAX`, `NON`, or outside the United States a tax code's id.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// The account that the sale posts to, in newer answers.
        item_account_ref: Field<Reference<Account>> = "ItemAccountRef",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// What the automated tax takes the item for.
        tax_classification_ref: Field<Reference<Anything>> = "TaxClassificationRef",
        /// How much was added to a cost.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The line's amount with its tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// A discount on this line, in percent, outside the United States.
        discount_rate: Field<Decimal> = "DiscountRate",
        /// A discount on this line in money, outside the United States.
        discount_amt: Field<Decimal> = "DiscountAmt",
    }
}

record! {
    /// What is added to a cost that a customer is charged.
    MarkupInfo {
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How much.
        value: Field<Decimal> = "Value",
        /// How many percent.
        percent: Field<Decimal> = "Percent",
        /// The account that it posts to.
        mark_up_income_account_ref: Field<Reference<Account>> = "MarkUpIncomeAccountRef",
        /// The price level that it follows.
        price_level_ref: Field<Reference<Anything>> = "PriceLevelRef",
    }
}

record! {
    /// A line of text.
    DescriptionDetail {
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
    }
}

record! {
    /// A discount on the whole document.
    DiscountDetail {
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How many percent.
        discount_percent: Field<Decimal> = "DiscountPercent",
        /// The account it posts to.
        discount_account_ref: Field<Reference<Account>> = "DiscountAccountRef",
        /// The discount of a list.
        discount_ref: Field<Reference<Anything>> = "DiscountRef",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// The sum of the items; QuickBooks makes it, and it is mostly empty.
    SubTotalDetail {
        /// An item, which some clients write.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// A cost on an account.
    AccountExpenseDetail {
        /// The account.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// The customer it is for.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// Its tax.
        tax_amount: Field<Decimal> = "TaxAmount",
        /// Its amount with the tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// How much is added when the customer is charged.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
    }
}

record! {
    /// A cost of an item bought.
    ItemExpenseDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The cost of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The customer it is for.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// Its amount with the tax, where amounts hold the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// How much is added when the customer is charged.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The price level that it follows.
        price_level_ref: Field<Reference<Anything>> = "PriceLevelRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
    }
}

record! {
    /// A debit or a credit.
    JournalEntryDetail {
        /// Its side.
        posting_type: Field<PostingType> = "PostingType",
        /// Its account.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// Whom it concerns.
        entity: Field<JournalParty> = "Entity",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// `Sales` or `Purchase`.
        tax_applicable_on: Field<String> = "TaxApplicableOn",
        /// Its tax.
        tax_amount: Field<Decimal> = "TaxAmount",
        /// Its amount with the tax.
        tax_inclusive_amt: Field<Decimal> = "TaxInclusiveAmt",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// The journal it stands in, in France.
        journal_code_ref: Field<Reference<Anything>> = "JournalCodeRef",
    }
}

record! {
    /// Whom a line of a journal entry concerns.
    JournalParty {
        /// `Customer`, `Vendor` or `Employee`.
        party_type: Field<String> = "Type",
        /// The party.
        entity_ref: Field<Reference<Party>> = "EntityRef",
    }
}

record! {
    /// Money paid into the bank that is no payment or receipt of its own.
    DepositDetail {
        /// The account it comes from.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// Whom it comes from.
        entity: Field<Reference<Party>> = "Entity",
        /// How it was paid.
        payment_method_ref: Field<Reference<PaymentMethod>> = "PaymentMethodRef",
        /// The check's number.
        check_num: Field<String> = "CheckNum",
        /// The class, where lines have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The kind of document it comes from.
        txn_type: Field<String> = "TxnType",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// `Sales` or `Purchase`.
        tax_applicable_on: Field<String> = "TaxApplicableOn",
    }
}

record! {
    /// A tax of the document.
    TaxDetail {
        /// The rate.
        tax_rate_ref: Field<Reference<super::TaxRate>> = "TaxRateRef",
        /// Whether it is a part of a hundred.
        percent_based: Field<bool> = "PercentBased",
        /// How many percent.
        tax_percent: Field<Decimal> = "TaxPercent",
        /// The amount that is taxed, before a discount.
        net_amount_taxable: Field<Decimal> = "NetAmountTaxable",
        /// The amount with its tax.
        tax_inclusive_amount: Field<Decimal> = "TaxInclusiveAmount",
        /// How far the tax that was sent is from what QuickBooks computed.
        override_delta_amount: Field<Decimal> = "OverrideDeltaAmount",
        /// The day of the service.
        service_date: Field<NaiveDate> = "ServiceDate",
    }
}

record! {
    /// A cost to charge a customer.
    ReimburseDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// The account that charging it posts to.
        item_account_ref: Field<Reference<Account>> = "ItemAccountRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
        /// The price of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// Its tax code.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// How much is added.
        markup_info: Field<MarkupInfo> = "MarkupInfo",
        /// The supplier of the cost.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
    }
}

record! {
    /// A change of stock.
    ItemAdjustmentDetail {
        /// The item.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// How many more; negative for fewer.
        qty_diff: Field<Decimal> = "QtyDiff",
        /// The cost of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The price it sells for.
        sales_price: Field<Decimal> = "SalesPrice",
    }
}
