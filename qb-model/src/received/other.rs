//! What else a company holds: time, files, budgets, stock counts.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::field::Field;
use super::line::Line;
use super::list::List;
use super::parts::CustomField;
use super::record::{entity_record, record};
use super::reference::{Anything, Reference};
use super::words::BillableStatus;
use crate::{Account, Class, Customer, Department, Item, Vendor};

entity_record! {
    /// Time that somebody worked.
    TimeActivity: TimeActivity {
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// `Vendor` or `Employee`.
        name_of: Field<String> = "NameOf",
        /// The employee.
        employee_ref: Field<Reference<super::Employee>> = "EmployeeRef",
        /// The supplier.
        vendor_ref: Field<Reference<Vendor>> = "VendorRef",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// The work.
        item_ref: Field<Reference<Item>> = "ItemRef",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// The class, where documents have one.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The project it is for.
        project_ref: Field<Reference<Customer>> = "ProjectRef",
        /// Whether the customer is charged.
        billable_status: Field<BillableStatus> = "BillableStatus",
        /// Whether it is taxed.
        taxable: Field<bool> = "Taxable",
        /// What the hour is charged at.
        hourly_rate: Field<Decimal> = "HourlyRate",
        /// What the hour costs.
        cost_rate: Field<Decimal> = "CostRate",
        /// Hours.
        hours: Field<i64> = "Hours",
        /// Minutes beside the hours.
        minutes: Field<i64> = "Minutes",
        /// Seconds beside the minutes.
        seconds: Field<i64> = "Seconds",
        /// Hours of the break.
        break_hours: Field<i64> = "BreakHours",
        /// Minutes of the break.
        break_minutes: Field<i64> = "BreakMinutes",
        /// When it began; without an offset in some answers.
        start_time: Field<String> = "StartTime",
        /// When it ended; without an offset in some answers.
        end_time: Field<String> = "EndTime",
        /// What was done.
        description: Field<String> = "Description",
        /// The pay that it is.
        payroll_item_ref: Field<Reference<Anything>> = "PayrollItemRef",
    }
}

entity_record! {
    /// A file, or a note, beside a document.
    Attachable: Attachable {
        /// What it stands beside.
        attachable_ref: List<AttachableRef> = "AttachableRef",
        /// The file's name.
        file_name: Field<String> = "FileName",
        /// Where it lies.
        file_access_uri: Field<String> = "FileAccessUri",
        /// Where it can be had for a short time.
        temp_download_uri: Field<String> = "TempDownloadUri",
        /// Where a small picture of it lies.
        thumbnail_file_access_uri: Field<String> = "ThumbnailFileAccessUri",
        /// Where a small picture of it can be had for a short time.
        thumbnail_temp_download_uri: Field<String> = "ThumbnailTempDownloadUri",
        /// Its size in bytes.
        size: Field<i64> = "Size",
        /// `application/pdf`.
        content_type: Field<String> = "ContentType",
        /// What it is about.
        category: Field<String> = "Category",
        /// Where it was taken.
        place_name: Field<String> = "PlaceName",
        /// Degrees north.
        lat: Field<String> = "Lat",
        /// Degrees east.
        long: Field<String> = "Long",
        /// A word for it.
        tag: Field<String> = "Tag",
        /// The note.
        note: Field<String> = "Note",
    }
}

record! {
    /// What a file stands beside.
    AttachableRef {
        /// The document or list entry.
        entity_ref: Field<Reference<Anything>> = "EntityRef",
        /// The line of it.
        line_info: Field<String> = "LineInfo",
        /// Whether it is sent with the document.
        include_on_send: Field<bool> = "IncludeOnSend",
        /// Whether the link is out of use.
        inactive: Field<bool> = "Inactive",
        /// Whether it is a plain link, with no file to send.
        no_ref_only: Field<bool> = "NoRefOnly",
        /// Its custom fields.
        custom_field: List<CustomField> = "CustomField",
    }
}

entity_record! {
    /// What should be earned and spent.
    Budget: Budget {
        /// Its name.
        name: Field<String> = "Name",
        /// Whether it is in use.
        active: Field<bool> = "Active",
        /// The first day.
        start_date: Field<NaiveDate> = "StartDate",
        /// The last day.
        end_date: Field<NaiveDate> = "EndDate",
        /// `ProfitAndLoss`.
        budget_type: Field<String> = "BudgetType",
        /// `Monthly`, `Quarterly`, `Annually`.
        budget_entry_type: Field<String> = "BudgetEntryType",
        /// Amounts by account and day.
        budget_detail: List<BudgetDetail> = "BudgetDetail",
    }
}

record! {
    /// An amount of a budget.
    BudgetDetail {
        /// The first day of its span.
        budget_date: Field<NaiveDate> = "BudgetDate",
        /// The account.
        account_ref: Field<Reference<Account>> = "AccountRef",
        /// How much.
        amount: Field<Decimal> = "Amount",
        /// The customer.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// The class.
        class_ref: Field<Reference<Class>> = "ClassRef",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
    }
}

entity_record! {
    /// A change of stock that is neither bought nor sold.
    InventoryAdjustment: InventoryAdjustment {
        /// Its number, at most 21 characters.
        doc_number: Field<String> = "DocNumber",
        /// The business day.
        txn_date: Field<NaiveDate> = "TxnDate",
        /// The account of the difference.
        adjust_account_ref: Field<Reference<Account>> = "AdjustAccountRef",
        /// The customer it is for.
        customer_ref: Field<Reference<Customer>> = "CustomerRef",
        /// Its lines; QuickBooks puts them in an order of its own and adds subtotals.
        line: List<Line> = "Line",
        /// A remark that the other side does not see.
        private_note: Field<String> = "PrivateNote",
        /// The location.
        department_ref: Field<Reference<Department>> = "DepartmentRef",
        /// The class.
        class_ref: Field<Reference<Class>> = "ClassRef",
    }
}
