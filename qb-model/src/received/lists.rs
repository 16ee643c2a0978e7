//! Lists: accounts, items, ways to pay, terms, classes, locations, currencies.

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;

use super::field::Field;
use super::list::List;
use super::parts::Address;
use super::record::{entity_record, record};
use super::reference::{Anything, Currency, Reference};
use super::words::{AccountKind, Classification, ItemKind, JournalKind, MethodKind, TermKind};
use crate::{TaxCode, Vendor};

entity_record! {
    /// An account of the chart of accounts.
    Account: crate::Account {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// `Bank:Checking` of one below another.
        fully_qualified_name: Field<String> = "FullyQualifiedName",
        /// The account above.
        parent_ref: Field<Reference<crate::Account>> = "ParentRef",
        /// Whether it stands below another.
        sub_account: Field<bool> = "SubAccount",
        /// Its number.
        acct_num: Field<String> = "AcctNum",
        /// What it says.
        description: Field<String> = "Description",
        /// Its side of the books.
        classification: Field<Classification> = "Classification",
        /// Its type.
        account_type: Field<AccountKind> = "AccountType",
        /// Its detail type, `UndepositedFunds`.
        account_sub_type: Field<String> = "AccountSubType",
        /// Its balance, debit positive; 0 for income and expense.
        current_balance: Field<Decimal> = "CurrentBalance",
        /// The same with the accounts below.
        current_balance_with_sub_accounts: Field<Decimal> = "CurrentBalanceWithSubAccounts",
        /// Its currency.
        currency_ref: Field<Reference<Currency>> = "CurrencyRef",
        /// The tax code that its lines are given.
        tax_code_ref: Field<Reference<TaxCode>> = "TaxCodeRef",
        /// Another name that it goes by, in France.
        account_alias: Field<String> = "AccountAlias",
        /// Where its lines are taxed, in France.
        txn_location_type: Field<String> = "TxnLocationType",
    }
}

entity_record! {
    /// A product, a service, a bundle or a category.
    Item: crate::Item {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// `Repairs:Labor` of one in a category.
        fully_qualified_name: Field<String> = "FullyQualifiedName",
        /// The category or item above.
        parent_ref: Field<Reference<crate::Item>> = "ParentRef",
        /// Whether it stands below another.
        sub_item: Field<bool> = "SubItem",
        /// How deep it stands; 0 at the top.
        level: Field<i64> = "Level",
        /// What it is.
        item_type: Field<ItemKind> = "Type",
        /// What it is, in some answers.
        item_category_type: Field<String> = "ItemCategoryType",
        /// The number of the goods.
        sku: Field<String> = "Sku",
        /// What a customer reads.
        description: Field<String> = "Description",
        /// What a supplier reads.
        purchase_desc: Field<String> = "PurchaseDesc",
        /// The price of one.
        unit_price: Field<Decimal> = "UnitPrice",
        /// The cost of one.
        purchase_cost: Field<Decimal> = "PurchaseCost",
        /// A price as a part of a hundred.
        rate_percent: Field<Decimal> = "RatePercent",
        /// Whether it is taxed.
        taxable: Field<bool> = "Taxable",
        /// Whether the price holds the tax.
        sales_tax_included: Field<bool> = "SalesTaxIncluded",
        /// Whether the cost holds the tax.
        purchase_tax_included: Field<bool> = "PurchaseTaxIncluded",
        /// The account of its sales.
        income_account_ref: Field<Reference<crate::Account>> = "IncomeAccountRef",
        /// The account of its cost.
        expense_account_ref: Field<Reference<crate::Account>> = "ExpenseAccountRef",
        /// The account of its stock.
        asset_account_ref: Field<Reference<crate::Account>> = "AssetAccountRef",
        /// The account of cost of goods sold, in some answers.
        cogs_account_ref: Field<Reference<crate::Account>> = "COGSAccountRef",
        /// Whether its stock is counted.
        track_qty_on_hand: Field<bool> = "TrackQtyOnHand",
        /// How many there are.
        qty_on_hand: Field<Decimal> = "QtyOnHand",
        /// How many are ordered.
        qty_on_purchase_order: Field<Decimal> = "QtyOnPurchaseOrder",
        /// How many are sold and not delivered.
        qty_on_sales_order: Field<Decimal> = "QtyOnSalesOrder",
        /// At how many to order again.
        reorder_point: Field<Decimal> = "ReorderPoint",
        /// The day from which its stock is counted.
        inv_start_date: Field<NaiveDate> = "InvStartDate",
        /// The supplier that it is bought from.
        pref_vendor_ref: Field<Reference<Vendor>> = "PrefVendorRef",
        /// The tax code of its sales.
        sales_tax_code_ref: Field<Reference<TaxCode>> = "SalesTaxCodeRef",
        /// The tax code of its purchases.
        purchase_tax_code_ref: Field<Reference<TaxCode>> = "PurchaseTaxCodeRef",
        /// What the automated tax takes it for.
        tax_classification_ref: Field<Reference<Anything>> = "TaxClassificationRef",
        /// Its class.
        class_ref: Field<Reference<crate::Class>> = "ClassRef",
        /// Whether a bundle prints what is in it.
        print_grouped_items: Field<bool> = "PrintGroupedItems",
        /// What is in a bundle.
        item_group_detail: Field<ItemGroup> = "ItemGroupDetail",
        /// Whether its income is spread over time.
        deferred_revenue: Field<bool> = "DeferredRevenue",
        /// The kind of service, in France.
        service_type: Field<String> = "ServiceType",
        /// Where it came from.
        source: Field<String> = "Source",
    }
}

record! {
    /// What is in a bundle.
    ItemGroup {
        /// Its items.
        item_group_line: List<ItemGroupLine> = "ItemGroupLine",
    }
}

record! {
    /// An item of a bundle.
    ItemGroupLine {
        /// The item.
        item_ref: Field<Reference<crate::Item>> = "ItemRef",
        /// How many.
        qty: Field<Decimal> = "Qty",
    }
}

entity_record! {
    /// A way to pay.
    PaymentMethod: crate::PaymentMethod {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// Whether it is a card.
        method_type: Field<MethodKind> = "Type",
    }
}

entity_record! {
    /// Terms of payment.
    Term: Term {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// How its days are counted.
        term_type: Field<TermKind> = "Type",
        /// Due after so many days.
        due_days: Field<i64> = "DueDays",
        /// A discount for payment within so many days.
        discount_days: Field<i64> = "DiscountDays",
        /// That discount, in percent.
        discount_percent: Field<Decimal> = "DiscountPercent",
        /// Due on this day of the month.
        day_of_month_due: Field<i64> = "DayOfMonthDue",
        /// A month later, when that day is so many days off or fewer.
        due_next_month_days: Field<i64> = "DueNextMonthDays",
        /// A discount for payment until this day of the month.
        discount_day_of_month: Field<i64> = "DiscountDayOfMonth",
    }
}

entity_record! {
    /// A class.
    Class: crate::Class {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// `Parent:Child` of one below another.
        fully_qualified_name: Field<String> = "FullyQualifiedName",
        /// The class above.
        parent_ref: Field<Reference<crate::Class>> = "ParentRef",
        /// Whether it stands below another.
        sub_class: Field<bool> = "SubClass",
    }
}

entity_record! {
    /// A location.
    Department: crate::Department {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// `Parent:Child` of one below another.
        fully_qualified_name: Field<String> = "FullyQualifiedName",
        /// The location above.
        parent_ref: Field<Reference<crate::Department>> = "ParentRef",
        /// Whether it stands below another.
        sub_department: Field<bool> = "SubDepartment",
        /// Its address.
        address: Field<Address> = "Address",
    }
}

entity_record! {
    /// A currency that the company uses.
    CompanyCurrency: CompanyCurrency {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// `USD`.
        code: Field<String> = "Code",
    }
}

entity_record! {
    /// How much of the home currency one of another is, on a day.
    ExchangeRate: ExchangeRate {
        /// The other currency.
        source_currency_code: Field<String> = "SourceCurrencyCode",
        /// The home currency.
        target_currency_code: Field<String> = "TargetCurrencyCode",
        /// How much.
        rate: Field<Decimal> = "Rate",
        /// The day.
        as_of_date: Field<NaiveDate> = "AsOfDate",
    }
}

entity_record! {
    /// A journal, in France.
    JournalCode: JournalCode {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it can be used.
        active: Field<bool> = "Active",
        /// What it says.
        description: Field<String> = "Description",
        /// What it is for.
        journal_type: Field<JournalKind> = "Type",
        /// When QuickBooks answered, which stands inside this one.
        time: Field<DateTime<FixedOffset>> = "time",
    }
}
