"""Why something was not taken from a roster file, as a sentence that says what to do."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from bot.texts import Texts
from care.roster import Problem, Reason

Sentence = Callable[[Texts, Mapping[str, object]], Markup]

COLUMNS: dict[str, Callable[[Texts], Markup]] = {
    "name": lambda tr: tr.of("roster column", "Name"),
    "number": lambda tr: tr.of("roster column", "Number"),
    "identity": lambda tr: tr.of("roster column", "Identity number"),
    "sex": lambda tr: tr.of("roster column", "Sex"),
    "birth_date": lambda tr: tr.of("roster column", "Birth date"),
    "phone": lambda tr: tr.of("roster column", "Phone"),
    "building": lambda tr: tr.of("roster column", "Building"),
    "address": lambda tr: tr.of("roster column", "Address"),
    "tier": lambda tr: tr.of("roster column", "Tier"),
    "disability": lambda tr: tr.of("roster column", "Disability"),
    "chronic_illness": lambda tr: tr.of("roster column", "Chronic illness"),
    "empty_nest": lambda tr: tr.of("roster column", "Empty nest"),
    "limited_mobility": lambda tr: tr.of("roster column", "Limited mobility"),
    "emergency_name": lambda tr: tr.of("roster column", "Emergency contact"),
    "emergency_relation": lambda tr: tr.of("roster column", "Relation"),
    "emergency_phone": lambda tr: tr.of("roster column", "Emergency contact’s phone"),
    "door_hint": lambda tr: tr.of("roster column", "Door hint"),
    "remark": lambda tr: tr.of("roster column", "Remark"),
}
FILE: dict[Reason, Sentence] = {
    Reason.EMPTY_FILE: lambda tr, facts: tr(
        "The file is empty. Please check that you sent the right one.",
        **facts,
    ),
    Reason.TOO_BIG: lambda tr, facts: tr(
        "The file has {size} MB; at most {limit} MB can be read. Please take pictures out, or "
        "split it.",
        **facts,
    ),
    Reason.UNPACKS_TOO_BIG: lambda tr, facts: tr(
        "Unpacked, the file is far too big for a roster. Please copy the table into a new "
        "workbook and send that.",
        **facts,
    ),
    Reason.TOO_MANY_PARTS: lambda tr, facts: tr(
        "The file consists of far too many parts for a roster. Please copy the table into a "
        "new workbook and send that.",
        **facts,
    ),
    Reason.TOO_MANY_ROWS: lambda tr, facts: tr(
        "The sheet reaches down to row {count}; at most {limit} rows can be read. Please "
        "delete what stands far below the table, or split it.",
        **facts,
    ),
    Reason.TOO_MANY_COLUMNS: lambda tr, facts: tr(
        "The sheet reaches out to column {count}; at most {limit} columns can be read. Please "
        "delete what stands far to the right of the table.",
        **facts,
    ),
    Reason.TOO_SLOW: lambda tr, facts: tr(
        "Reading the file took too long. Please copy only the table into a new workbook and "
        "send that.",
        **facts,
    ),
    Reason.TOO_HEAVY: lambda tr, facts: tr(
        "Reading the file needs too much memory. Please copy only the table into a new "
        "workbook and send that.",
        **facts,
    ),
    Reason.TRUNCATED: lambda tr, facts: tr(
        "The end of the file is missing. Please send it again.",
        **facts,
    ),
    Reason.DAMAGED: lambda tr, facts: tr(
        "The file is damaged and cannot be opened. Please open it in Excel or WPS, save it "
        "anew as .xlsx, and send that.",
        **facts,
    ),
    Reason.ENCRYPTED: lambda tr, facts: tr(
        "The file is protected with a password. Please take the password off and send it again.",
        **facts,
    ),
    Reason.OLD_EXCEL: lambda tr, facts: tr(
        "This is an old Excel or WPS workbook (.xls, .et). Please save it as .xlsx and send that.",
        **facts,
    ),
    Reason.BINARY_EXCEL: lambda tr, facts: tr(
        "This is a binary Excel workbook (.xlsb). Please save it as .xlsx and send that.",
        **facts,
    ),
    Reason.XML_EXCEL: lambda tr, facts: tr(
        "This is an XML spreadsheet. Please save it as .xlsx and send that.",
        **facts,
    ),
    Reason.OPEN_DOCUMENT: lambda tr, facts: tr(
        "This is an OpenDocument file (.ods, .odt). Please save the table as .xlsx and send that.",
        **facts,
    ),
    Reason.NUMBERS: lambda tr, facts: tr(
        "This is an Apple Numbers file. Please export it as Excel (.xlsx) and send that.",
        **facts,
    ),
    Reason.WORD: lambda tr, facts: tr(
        "This is a Word document. Please copy the table into Excel, save it as .xlsx, and send "
        "that.",
        **facts,
    ),
    Reason.OLD_OFFICE: lambda tr, facts: tr(
        "This is an old Office document that is not a workbook. Please copy the table into "
        "Excel, save it as .xlsx, and send that.",
        **facts,
    ),
    Reason.SLIDES: lambda tr, facts: tr(
        "This is a presentation. Please copy the table into Excel, save it as .xlsx, and send "
        "that.",
        **facts,
    ),
    Reason.PDF: lambda tr, facts: tr(
        "This is a PDF. Please send the Excel file it was made from.",
        **facts,
    ),
    Reason.PICTURE: lambda tr, facts: tr(
        "This is a picture. Please send the table as an Excel file.",
        **facts,
    ),
    Reason.WEB_PAGE: lambda tr, facts: tr(
        "This is a web page, although it may be called .xls. Please open it in Excel, save it "
        "as .xlsx, and send that.",
        **facts,
    ),
    Reason.RICH_TEXT: lambda tr, facts: tr(
        "This is a text document (RTF). Please copy the table into Excel, save it as .xlsx, "
        "and send that.",
        **facts,
    ),
    Reason.ARCHIVE: lambda tr, facts: tr(
        "This is a packed archive. Please unpack it and send the Excel file that is in it.",
        **facts,
    ),
    Reason.NOT_TEXT: lambda tr, facts: tr(
        "This is neither Excel nor a text table (CSV). Please save the table as .xlsx and send "
        "that.",
        **facts,
    ),
    Reason.ENCODING: lambda tr, facts: tr(
        "The characters of this text table cannot be made out. Please save it as .xlsx and "
        "send that.",
        **facts,
    ),
    Reason.QUOTES: lambda tr, facts: tr(
        "From row {row} on, the quotation marks of this text table do not match. Please save "
        "it as .xlsx and send that.",
        **facts,
    ),
    Reason.NO_HEADER: lambda tr, facts: tr(
        "No line with column names was found. The table needs a line with 姓名 or Name and at "
        "least one more column.",
        **facts,
    ),
    Reason.NO_ROWS: lambda tr, facts: tr(
        "There are column names, but nobody below them.",
        **facts,
    ),
    Reason.TWO_SHEETS: lambda tr, facts: tr(
        "The sheets “{first}” and “{second}” both look like the roster. Please send a file "
        "with only one of them.",
        **facts,
    ),
}
CELL: dict[Reason, Sentence] = {
    Reason.TWO_COLUMNS: lambda tr, facts: tr(
        "there are several such columns ({value}), so none was read. Please keep one.",
        **facts,
    ),
    Reason.WHOSE_PHONE: lambda tr, facts: tr(
        "it is not clear whose number “{value}” is. Please call the column 本人电话 (own phone) or "
        "联系人电话 (contact’s phone).",
        **facts,
    ),
    Reason.NO_NAME: lambda tr, facts: tr(
        "there is no name. Please fill it in, or delete the row.",
        **facts,
    ),
    Reason.NOT_A_NAME: lambda tr, facts: tr(
        "“{value}” does not look like a name. Please correct it.",
        **facts,
    ),
    Reason.TOO_LONG: lambda tr, facts: tr(
        "the text has {length} characters; at most {limit} are kept. Please shorten it.",
        **facts,
    ),
    Reason.CELL_ERROR: lambda tr, facts: tr(
        "the formula ends in an error ({value}). Please write the value itself.",
        **facts,
    ),
    Reason.BECAME_DATE: lambda tr, facts: tr(
        "Excel has made a date of it ({value}). Please format the cell as text and write it again.",
        **facts,
    ),
    Reason.TIER_UNKNOWN: lambda tr, facts: tr(
        "“{value}” is not a tier. Please write red, yellow or green, or leave it empty if it "
        "is not assessed yet.",
        **facts,
    ),
    Reason.SEX_UNKNOWN: lambda tr, facts: tr(
        "“{value}” is not clear. Please write female or male.",
        **facts,
    ),
    Reason.FLAG_UNKNOWN: lambda tr, facts: tr(
        "“{value}” is neither yes nor no. Please write yes or no.",
        **facts,
    ),
    Reason.DATE_UNKNOWN: lambda tr, facts: tr(
        "“{value}” is not a date. Please write it like 1948-03-05.",
        **facts,
    ),
    Reason.DATE_ORDER: lambda tr, facts: tr(
        "in “{value}” day and month could be swapped. Please write it like 1948-03-05.",
        **facts,
    ),
    Reason.DATE_SHORT_YEAR: lambda tr, facts: tr(
        "in “{value}” the year is not written in full. Please write it like 1948-03-05.",
        **facts,
    ),
    Reason.DATE_NO_DAY: lambda tr, facts: tr(
        "“{value}” is not a whole date. Please write year, month and day, like 1948-03-05.",
        **facts,
    ),
    Reason.DATE_LUNAR: lambda tr, facts: tr(
        "“{value}” is a date of the lunar calendar. Please write the date of the ordinary "
        "calendar, like 1948-03-05.",
        **facts,
    ),
    Reason.NO_SUCH_DAY: lambda tr, facts: tr(
        "there is no such day as “{value}”. Please correct it.",
        **facts,
    ),
    Reason.AGE_NOT_DATE: lambda tr, facts: tr(
        "“{value}” is an age. Please write the birth date, like 1948-03-05.",
        **facts,
    ),
    Reason.BIRTH_IN_FUTURE: lambda tr, facts: tr(
        "“{value}” is in the future. Please correct it.",
        **facts,
    ),
    Reason.TOO_YOUNG: lambda tr, facts: tr(
        "“{value}” would make the person {age} years old, and the roster is for people of "
        "{limit} or more. Please check it.",
        **facts,
    ),
    Reason.TOO_OLD: lambda tr, facts: tr(
        "“{value}” would make the person {age} years old. Please check it.",
        **facts,
    ),
    Reason.PHONE_UNKNOWN: lambda tr, facts: tr(
        "“{value}” is not a phone number in use. Please check it digit by digit.",
        **facts,
    ),
    Reason.PHONE_TOO_SHORT: lambda tr, facts: tr(
        "“{value}” has only {digits} digits. Please complete the mobile number, or the land "
        "line with its area code.",
        **facts,
    ),
    Reason.PHONE_TOO_LONG: lambda tr, facts: tr(
        "“{value}” has {digits} digits, too many for a phone number. Please correct it.",
        **facts,
    ),
    Reason.PHONE_TWO: lambda tr, facts: tr(
        "“{value}” looks like two numbers run together. Please put / between them.",
        **facts,
    ),
    Reason.PHONE_WORDS: lambda tr, facts: tr(
        "“{value}” is not just a phone number. Please leave only the number here, and write "
        "whose it is in its own column.",
        **facts,
    ),
    Reason.PHONE_ROUNDED: lambda tr, facts: tr(
        "Excel has shortened the number to “{value}”. Please format the cell as text and write "
        "it again.",
        **facts,
    ),
    Reason.IDENTITY_LENGTH: lambda tr, facts: tr(
        "an identity number has 18 characters, this one {length}. Please correct it.",
        **facts,
    ),
    Reason.IDENTITY_OLD: lambda tr, facts: tr(
        "this is an old identity number of 15 digits. Please write the one of 18.",
        **facts,
    ),
    Reason.IDENTITY_ROUNDED: lambda tr, facts: tr(
        "Excel has rounded the identity number. Please format the cell as text and write it again.",
        **facts,
    ),
    Reason.IDENTITY_CHECK: lambda tr, facts: tr(
        "the last character of the identity number does not fit the others. Please check it "
        "digit by digit.",
        **facts,
    ),
    Reason.IDENTITY_DATE: lambda tr, facts: tr(
        "the identity number contains a birth date that does not exist. Please check it digit "
        "by digit.",
        **facts,
    ),
    Reason.IDENTITY_AS_NUMBER: lambda tr, facts: tr(
        "this is an identity number, and those are not kept. Please use the station’s own file "
        "number.",
        **facts,
    ),
    Reason.BIRTH_CONTRADICTS: lambda tr, facts: tr(
        "here it is “{value}”, by the identity number {told}. Please check which is right.",
        **facts,
    ),
    Reason.SEX_CONTRADICTS: lambda tr, facts: tr(
        "here it is “{value}”, by the identity number {sex}. Please check which is right.",
        **{**facts, "sex": _sex(tr, str(facts["told"]))},
    ),
}
PERSON: dict[Reason, Sentence] = {
    Reason.TWICE: lambda tr, facts: tr(
        "{value} is already in row {other}. Please delete one of the two.",
        **facts,
    ),
    Reason.NUMBER_TWICE: lambda tr, facts: tr(
        "the number {number} of {value} already stands in row {other}. Please correct one of "
        "the two.",
        **facts,
    ),
    Reason.SAME_NAME: lambda tr, facts: tr(
        "{value} stands in several rows, and nothing tells them apart. Please add birth dates "
        "or numbers.",
        **facts,
    ),
    Reason.TWO_CANDIDATES: lambda tr, facts: tr(
        "on record are {count} people called {name}. Please add a birth date or number, so "
        "that we know which.",
        **facts,
    ),
    Reason.TAKEN: lambda tr, facts: tr(
        "{value} would be the same person on record as row {other}. Please check both rows.",
        **facts,
    ),
    Reason.OTHER_NUMBER: lambda tr, facts: tr(
        "{name} is on record under the number {number}. Please use that number, or correct the "
        "birth date or phone.",
        **facts,
    ),
    Reason.NUMBER_OF_ANOTHER: lambda tr, facts: tr(
        "the number {number} belongs to {name} on record, not to {value}. Please correct it.",
        **facts,
    ),
    Reason.OTHER_PHONE: lambda tr, facts: tr(
        "{name} is on record with another phone, and nothing else tells whether it is the same "
        "person. Please add a birth date or number.",
        **facts,
    ),
}
SENTENCES = {**FILE, **CELL, **PERSON}


def column(tr: Texts, name: str) -> Markup:
    """What the office calls one of our fields."""
    return COLUMNS[name](tr)


def reason(tr: Texts, problem: Problem) -> Markup:
    """The whole sentence: where it is, what is wrong, what to do."""
    what = SENTENCES[problem.reason](tr, {**problem.facts, "value": problem.value})
    place = column(tr, problem.column) if problem.column else ""
    if problem.row is not None and place:
        return tr("Row {row}, {column}: {what}", row=problem.row, column=place, what=what)
    if problem.row is not None:
        return tr("Row {row}: {what}", row=problem.row, what=what)
    return tr("{column}: {what}", column=place, what=what) if place else what


def _sex(tr: Texts, told: str) -> Markup:
    return tr.of("roster sex", "female") if told == "female" else tr.of("roster sex", "male")
