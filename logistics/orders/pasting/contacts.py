"""E-mail addresses, phone numbers and labels in a message."""

import re

from logistics.core.contacts import check_email, check_phone
from logistics.core.places import find_phones
from logistics.orders.pasting.board import TAKEN, Board

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
# A mobile number of China, however it is cut; between Chinese characters there is no space around it.
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_CHINESE_LABEL = (
    "收货人|收件人|联系人|姓名|名字|联系电话|联系方式|手机号码?|手机|电话|收货地址|收件地址|详细地址|所在地区|地址|邮箱|邮编|商品|产品|订单|数量|备注"
)
_ENGLISH_LABEL = (
    "full name|name|phone(?: number)?|telephone|tel|mobile|cell|e-?mail|mail|(?:shipping |delivery )?address|postcode|zip(?: code)?|qty|quantity|"
    "items?|products?|order"
)
_LABEL = re.compile(
    rf"(?P<chinese>{_CHINESE_LABEL})(?:\s*[:：]|(?=[\s，,\x00\d]|$))|\b(?P<english>{_ENGLISH_LABEL})\s*[:：]",
    re.IGNORECASE,
)
_NAMES = ("收货人", "收件人", "联系人", "姓名", "名字", "full name", "name")


def read_emails(board: Board) -> None:
    """Take the e-mail addresses; the first is whose order it is."""
    for match in _EMAIL.finditer(board.text):
        if not board.has("email") and check_email(match[0].rstrip(".")) is None:
            board.take("email", match.start(), match.start() + len(match[0].rstrip(".")))


def read_phones(board: Board, country: str) -> None:
    """Take the first phone number, as it is dialled from this country."""
    if board.has("phone"):
        return
    found = [match.span() for match in _MOBILE.finditer(board.text) if check_phone(match[0], "CN") is None]
    found = found or find_phones(board.text.replace(TAKEN, "|"), country)
    if found:
        board.take("phone", *found[0])


def read_labels(board: Board) -> list[int]:
    """Take the labels ("收件人：", "Phone:"); where names begin behind one."""
    names = []
    for match in _LABEL.finditer(board.text):
        board.take("filler", *match.span())
        if (match["chinese"] or match["english"]).lower() in _NAMES:
            names.append(match.end())
    return names
