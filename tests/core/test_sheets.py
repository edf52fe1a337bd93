"""Reading CSV files: every row or its exact error (B24, B25, B74-B81)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.parsing import clean_line, parse_code, parse_quantity
from logistics.core.sheets import BadSheet, Column, Sheet, find_repeats, read_sheet

pytestmark = pytest.mark.usefixtures("session")

COLUMNS = [
    Column("sku", parse_code, required=True),
    Column("quantity", parse_quantity, default=1),
    Column("note", lambda text: clean_line(text, longest=200_000), default=""),
]
HEAD = "sku,quantity,note\n"


def test_good_rows_are_read_with_the_numbers_a_spreadsheet_shows() -> None:
    sheet = _read(HEAD + 'LAMP,3,"two, in one"\nSHADE,,\n')

    assert sheet.rows == [(2, {"sku": "LAMP", "quantity": 3, "note": "two, in one"}), (3, {"sku": "SHADE", "quantity": 1, "note": ""})]
    assert sheet.errors == []


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    assert _read("quantity, sku \n3,LAMP\n").rows == [(2, {"sku": "LAMP", "quantity": 3, "note": ""})]


def test_codes_that_look_like_numbers_stay_text() -> None:
    assert [values["sku"] for _row, values in _read("sku\n00123\n3E5\n1-2\n").rows] == ["00123", "3E5", "1-2"]


def test_every_wrong_field_is_named_and_good_rows_are_kept() -> None:
    sheet = _read(HEAD + "LAMP,0,x\n,5,y\nSHADE,2,z\nLÅMP,1_000,\n")

    assert [(error.row, error.column, error.code) for error in sheet.errors] == [
        (2, "quantity", "bad_quantity"),
        (3, "sku", "required"),
        (5, "sku", "bad_code"),
        (5, "quantity", "bad_quantity"),
    ]
    assert [row for row, _values in sheet.rows] == [4]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n....", "not_csv"),
        (b"%PDF-1.7 ....", "not_csv"),
        (b"PK\x03\x04....", "not_csv"),
        (b"  <html><body>", "not_csv"),
        (b"sku,quantity\nLA\x00MP,1\n", "control_character"),
        ("sku\nLAMP\n".encode("utf-16"), "bad_encoding"),
        ("sku\nLAMP\n".encode("utf-16-be"), "not_csv"),
        ("sku,note\nLAMP,Café\n".encode("cp1252"), "bad_encoding"),
        ("sku,note\nLAMP,落地灯\n".encode("gb18030"), "bad_encoding"),
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"sku,quantity,note\n", "no_rows"),
        (b"sku,quantity,note\n\n,,\n", "no_rows"),
        (b"sku;quantity\nLAMP;3\n", "bad_delimiter"),
        (b"sku\tquantity\nLAMP\t3\n", "bad_delimiter"),
        (b"sku,price\nLAMP,3\n", "bad_heading"),
        (b"sku,sku\nLAMP,LAMP\n", "bad_heading"),
        (b"quantity\n3\n", "bad_heading"),
        (b"SKU\nLAMP\n", "bad_heading"),
        (b"LAMP,3,x\n", "bad_heading"),
        (b"sku," + b"x" * 200_000 + b"\nLAMP,1\n", "bad_quotes"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_as_a_whole(content: bytes, code: str) -> None:
    with pytest.raises(BadSheet) as refusal:
        read_sheet(content, COLUMNS)

    assert [error.code for error in refusal.value.errors] == [code]
    assert len(refusal.value.errors[0].message) < 500


def test_a_wrong_heading_says_what_was_expected_and_what_was_found() -> None:
    with pytest.raises(BadSheet) as refusal:
        _read("sku,colour\nLAMP,red\n")

    assert "sku, quantity, note" in str(refusal.value)
    assert "sku, colour" in str(refusal.value)


def test_a_byte_order_mark_and_every_kind_of_line_end_are_fine() -> None:
    for end in ("\n", "\r\n", "\r"):
        sheet = read_sheet(("\ufeff" + HEAD + "LAMP,1,Café 落地灯 😀\nSHADE,2,\n").replace("\n", end).encode(), COLUMNS)
        assert [values["sku"] for _row, values in sheet.rows] == ["LAMP", "SHADE"]
        assert sheet.rows[0][1]["note"] == "Café 落地灯 😀"


def test_a_file_that_is_not_utf_8_is_named_with_its_row() -> None:
    with pytest.raises(BadSheet) as refusal:
        read_sheet(b"sku,note\nLAMP,a\nSHADE,caf\xe9\n", COLUMNS)

    assert refusal.value.errors[0].row == 3


def test_ragged_rows_are_named_and_blank_ones_counted() -> None:
    rows = ["LAMP,1,x"] * 9997 + ["LAMP,1"] + ["", " , , ", "LAMP,1,x,y", "LAMP,1,last"]

    sheet = _read(HEAD + "\n".join(rows) + "\n")

    assert [(error.row, error.code) for error in sheet.errors] == [(9999, "ragged"), (10002, "ragged")]
    assert sheet.blank == 2
    assert sheet.rows[-1] == (10003, {"sku": "LAMP", "quantity": 1, "note": "last"})


@pytest.mark.parametrize("after", [1, 50, 5000, 100_000])
def test_an_unclosed_quote_is_found_in_its_row(after: int) -> None:
    with pytest.raises(BadSheet) as refusal:
        _read(HEAD + 'LAMP,1,good\nSHADE,1,"never closed\n' + "LAMP,1,x\n" * after)

    assert (refusal.value.errors[0].row, refusal.value.errors[0].code) == (3, "bad_quotes")


def test_a_quote_that_another_quote_closes_much_later_is_found_too() -> None:
    with pytest.raises(BadSheet) as refusal:
        _read(HEAD + 'LAMP,1,"open\n' + "LAMP,1,x\n" * 1000 + 'LAMP,1,"closed"\n')

    assert refusal.value.errors[0].row == 2


def test_text_of_several_lines_between_quotes_is_one_field() -> None:
    with pytest.raises(BadSheet):
        _read(HEAD + 'LAMP,1,"stray" quote\n')
    sheet = _read('sku,quantity,note\nLAMP,1,"she said ""yes"""\nSHADE,2,x\n')

    assert sheet.rows[0][1]["note"] == 'she said "yes"'


def test_a_field_beyond_all_measure_is_refused() -> None:
    assert _read(HEAD + f"LAMP,1,{'x' * 131_072}\n").errors == []
    with pytest.raises(BadSheet) as refusal:
        _read(HEAD + f"LAMP,1,{'x' * 131_073}\n")
    assert refusal.value.errors[0].row == 2


def test_too_many_rows_and_too_many_bytes_are_refused_with_the_limit() -> None:
    assert len(_read("sku\n" + "L\n" * 200_000).rows) == 200_000
    with pytest.raises(BadSheet, match="200000 rows"):
        _read("sku\n" + "L\n" * 200_001)
    with pytest.raises(BadSheet, match="10 MB"):
        read_sheet(b"sku\n" + b"L" * 10 * 1024 * 1024, COLUMNS)


def test_one_code_in_two_rows_is_one_error_naming_both() -> None:
    sheet = _read("sku\nLAMP\nSHADE\nlamp\n")

    errors = find_repeats(sheet, lambda values: values["sku"].lower(), "sku")

    assert [(error.row, error.code) for error in errors] == [(2, "repeated")]
    assert "2, 4" in errors[0].message


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for file in (content, HEAD.encode() + content):
        try:
            read_sheet(file, COLUMNS)
        except BadSheet as refusal:
            bad = refusal.errors
            assert all(error.message for error in bad)


def _read(text: str) -> Sheet:
    return read_sheet(text.encode(), COLUMNS)
