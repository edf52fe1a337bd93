"""CSV files as the world writes them: encodings, signs between fields and decimal commas are found, named, and read once confirmed (B75, B76)."""

import pytest

from logistics.core.delimited import ENCODINGS, guess_layout
from logistics.core.money import parse_money
from logistics.core.parsing import clean_line, parse_code, parse_quantity
from logistics.core.sheets import BadSheet, Column, Layout, Reading, Source, read_sheet

pytestmark = pytest.mark.usefixtures("session")

COLUMNS = [
    Column("sku", parse_code, required=True, takes="code"),
    Column("quantity", parse_quantity, default=1, takes="number"),
    Column("price", lambda text: parse_money(text, "EUR"), takes="number"),
    Column("note", clean_line, default=""),
]
OURS = {name: Source(at) for at, name in enumerate(("sku", "quantity", "price", "note"))}
CHINESE = "货号,数量,备注\nLAMP,1,浙江省杭州市西湖区文三路一百号\nSHADE,2,北京市朝阳区建国路八十八号\n"
FRENCH = "sku,quantity,note\nLAMP,1,Café crème à la carte\nSHADE,2,Où est la forêt\n"


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
    ],
)
def test_the_encoding_is_found_and_only_what_is_certain_is_called_so(text: str, encoding: str, found: str) -> None:
    layout, sure = guess_layout(text.encode(encoding))

    assert layout.encoding == found
    assert sure == found.startswith("utf")
    assert ENCODINGS[found]


@pytest.mark.parametrize(("text", "encoding"), [(FRENCH, "cp1252"), (FRENCH, "utf-16"), (CHINESE, "gb18030")])
def test_a_confirmed_encoding_is_read_without_loss(text: str, encoding: str) -> None:
    layout, _sure = guess_layout(text.encode(encoding))
    reading = Reading(layout, {"sku": Source(0), "note": Source(2)})

    read = read_sheet(text.encode(encoding), COLUMNS, reading=reading)

    assert [values["note"] for _row, values in read.rows] == [line.split(",")[2] for line in text.splitlines()[1:]]


def test_an_unconfirmed_one_is_refused_and_named() -> None:
    with pytest.raises(BadSheet, match="GB 18030"):
        read_sheet(CHINESE.replace("货号,数量,备注", "sku,quantity,note").encode("gb18030"), COLUMNS)


def test_a_nul_in_what_is_text_is_named_with_its_row_and_many_are_no_text() -> None:
    text = FRENCH.replace("Où", "O\x00")
    for content, code, row in (
        (text.encode(), "control_character", 3),
        (FRENCH.encode("utf-16-le"), "not_csv", 0),
        (text.encode("cp1252"), "not_csv", 0),
    ):
        with pytest.raises(BadSheet) as refusal:
            guess_layout(content)
        assert [(error.code, error.row) for error in refusal.value.errors] == [(code, row)]


def test_what_cannot_be_read_so_is_never_guessed_over() -> None:
    with pytest.raises(BadSheet) as refusal:
        read_sheet(CHINESE.encode("gb18030"), COLUMNS, reading=Reading(Layout("utf-8"), OURS))
    assert [error.code for error in refusal.value.errors] == ["bad_encoding"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_fields_is_found(sign: str) -> None:
    text = "sku,quantity,note\nLAMP,1,a; b; c\nSHADE,2,d\n".replace(",", sign) if sign != ";" else 'sku;quantity;note\nLAMP;1;"a, b"\nSHADE;2;c\n'

    assert guess_layout(text.encode())[0].delimiter == sign


def test_a_single_column_is_taken_for_commas() -> None:
    assert guess_layout(b"sku\nLAMP\nSHADE\n")[0] == Layout()


def test_a_decimal_comma_is_found_where_the_fields_leave_room_for_it_and_read_as_a_point() -> None:
    content = b"sku;quantity;price;note\nLAMP;2;12,50;1,5 m\nSHADE;1;3,-;x\nCORD;1;1.234,50;x\nBULB;1;7;x\n"
    layout, _sure = guess_layout(content)

    sheet = read_sheet(content, COLUMNS, reading=Reading(layout, OURS))

    assert layout == Layout(delimiter=";", decimal=",")
    assert [(values["price"], values["note"]) for _row, values in sheet.rows] == [(1250, "1,5 m"), (700, "x")]
    assert [(error.row, error.column, error.code) for error in sheet.errors] == [(3, "price", "bad_amount"), (4, "price", "bad_amount")]


def test_columns_come_from_where_they_are_mapped_to_and_the_others_are_left_alone() -> None:
    sources = {"sku": Source(2), "quantity": Source(0), "note": Source(fixed="from the fair")}

    sheet = read_sheet(b"Menge,Farbe,Artikel\n3,rot,LAMP\n", COLUMNS, reading=Reading(sources=sources))

    assert sheet.rows == [(2, {"sku": "LAMP", "quantity": 3, "price": None, "note": "from the fair"})]


@pytest.mark.parametrize(
    ("content", "sources", "row", "says"),
    [
        (b"a,b\nx,1\n", {"quantity": Source(1)}, 1, "sku"),
        (b"a,b\nx,1\n", {"sku": Source(0), "note": Source(7)}, 1, "note"),
        (b"a,a\nx,1\n", {"sku": Source(0)}, 1, "a"),
        (b"a,b\nx,1\n", {"sku": Source(0), "quantity": Source(fixed="many")}, 0, "12"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_as_a_whole(content: bytes, sources: dict[str, Source], row: int, says: str) -> None:
    with pytest.raises(BadSheet, match=says) as refusal:
        read_sheet(content, COLUMNS, reading=Reading(sources=sources))
    assert refusal.value.errors[0].row == row


def test_the_word_for_nothing_of_databases_is_nothing() -> None:
    sheet = read_sheet(b"sku,quantity,note\nLAMP,NULL,\\N\nNULL,1,x\nSHADE,1,Null\n", COLUMNS)

    assert [(values["quantity"], values["note"]) for _row, values in sheet.rows] == [(1, ""), (1, "Null")]
    assert [(error.row, error.column, error.code) for error in sheet.errors] == [(3, "sku", "required")]


def test_of_a_wrong_row_only_what_cannot_have_been_shifted_is_kept() -> None:
    sheet = read_sheet(b"sku,quantity,note\nLAMP,many,x\nSHADE,1,x,y\n", COLUMNS)

    assert sheet.wrong == {2: {"sku": "LAMP", "note": "x"}, 3: {"sku": "SHADE"}}
