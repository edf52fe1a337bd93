"""Reading a chat message as an order: who, how to reach them, where to, and what. Nothing is asked of the database, nothing is lost.

What was understood says whether it is sure; the rest is given back word for word.
"""

import re

from logistics.orders.pasting.board import Board
from logistics.orders.pasting.chinese import read_chinese_address
from logistics.orders.pasting.contacts import read_emails, read_labels, read_phones
from logistics.orders.pasting.english import read_country, read_english_address
from logistics.orders.pasting.goods import read_goods, read_politeness
from logistics.orders.pasting.names import read_name


def read_message(text: str) -> Board:
    """Understand a message as far as that goes. Never raises; `pieces`, `goods` and `left()` are together every character of it."""
    board = Board(text)
    read_emails(board)
    read_phones(board, "CN" if board.is_chinese else "")
    labelled = read_labels(board)
    if not (board.is_chinese and read_chinese_address(board)):
        _read_elsewhere(board)
    _read_chinese_postcode(board)
    read_name(board, labelled)
    read_goods(board)
    read_politeness(board)
    return board


def _read_elsewhere(board: Board) -> None:
    country = read_country(board)
    code = read_english_address(board, country) or country
    read_phones(board, code)


def _read_chinese_postcode(board: Board) -> None:
    country = board.first("country")
    match = re.search(r"(?<!\d)\d{6}(?!\d)", board.text)
    if match and country and country.value == "CN" and not board.has("postcode"):
        board.take("postcode", *match.span(), sure=bool(re.search(r"邮编\W*$", board.pasted[: match.start()])))
