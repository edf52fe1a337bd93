"""The columns of files of orders, and the headings by which shops and people call them."""

import re
from dataclasses import replace

from logistics.core import parsing
from logistics.core.language import _, lazy
from logistics.core.money import parse_currency
from logistics.core.refusals import BadValue
from logistics.core.sheets import Column
from logistics.customers.columns import ADDRESS_COLUMNS, EMAIL, PHONE, line

# What may differ from row to row of one order.
GOODS = ("sku", "quantity", "unit_price", "discount", "line_note")


def _read_quantity(text: str) -> int:
    if re.fullmatch(r" *-[0-9]*[1-9][0-9]*", text):
        message = _(
            "Quantity must be a whole number, 1 to 999,999, like 12. Less than none is a credit or a return, and no order: leave the row out."
        )
        raise BadValue("credit", message)
    return parsing.parse_quantity(text)


ORDER = Column(
    "order",
    line(100),
    required=True,
    label=lazy("Order number"),
    also=(
        "order id|order no|external id|order name|invoice no|invoiceno|invoice number|purchase order|po number|订单号|订单编号|单号|外部单号|平台单号"
    ),
)
SKU = Column(
    "sku",
    parsing.parse_code,
    required=True,
    takes="code",
    label=lazy("SKU"),
    also=(
        "product|product code|product id|item|item code|item no|item number|article|article number|stock code|"
        "stockcode|lineitem sku|货号|商品编码|商品编号|商家编码|规格编码|产品编码|物料编码"
    ),
)
QUANTITY = Column(
    "quantity",
    _read_quantity,
    required=True,
    takes="number",
    label=lazy("Quantity"),
    also="qty|units|pieces|amount ordered|lineitem quantity|数量|件数|购买数量|商品数量",
)
UNIT_PRICE = Column("unit_price", line(30), takes="number", label=lazy("Unit price"), also="price|unitprice|lineitem price|单价|价格|商品单价")
DISCOUNT = Column(
    "discount", parsing.parse_percent, default=0, takes="number", label=lazy("Discount in percent"), also="discount percent|折扣|折扣百分比"
)
CURRENCY = Column("currency", parse_currency, label=lazy("Currency"), also="currency code|币种|货币")
# Read with the order's currency, which says how many decimals there are.
ORDER_DISCOUNT = Column(
    "order_discount",
    line(30),
    default="0",
    label=lazy("Discount on all goods, an amount or percent"),
    also="discount amount|total discount|coupon amount|优惠金额|订单优惠|整单优惠|优惠券金额",
)
SHIPPING = Column("shipping", line(30), default="0", takes="number", label=lazy("Shipping charge"), also="freight|shipping cost|postage|运费|邮费")
NOTE = Column("note", parsing.clean_note, default="", label=lazy("Note"), also="notes|comment|remark|message|备注|买家留言|客服备注|留言")
RECIPIENT = Column(
    "name",
    line(200),
    default="",
    label=lazy("Recipient"),
    also=("recipient|ship name|ship to|shipping name|deliver to|full name|customer name|consignee|收件人|收货人|收货人姓名|收件人姓名"),
)
CUSTOMER = Column(
    "customer",
    line(64),
    default="",
    label=lazy("Customer reference"),
    also=("customer id|customerid|customer no|customer number|customer reference|customer code|客户编号|客户代码|会员编号"),
)

COLUMNS = (
    ORDER,
    CUSTOMER,
    Column("buyer", line(200), default="", label=lazy("Customer’s name, if not the recipient’s"), also="buyer|buyer name|billing name|买家|客户姓名"),
    RECIPIENT,
    replace(PHONE, default=""),
    replace(EMAIL, default=""),
    Column("full_address", line(500), default="", label=lazy("Address in one field"), also="shipping address|收货地址|收件地址|完整地址"),
    *(replace(column, default="") for column in ADDRESS_COLUMNS),
    SKU,
    QUANTITY,
    UNIT_PRICE,
    DISCOUNT,
    Column("line_note", line(500), default="", label=lazy("Note on the line"), also="line note|item note|商品备注|规格备注"),
    CURRENCY,
    SHIPPING,
    ORDER_DISCOUNT,
    NOTE,
    Column(
        "priority",
        lambda text: parsing.parse_quantity(text, lowest=0),
        default=0,
        takes="number",
        label=lazy("Priority, 0 to 9"),
        also="urgent|优先级",
    ),
    Column(
        "payment_reference",
        line(100),
        default="",
        label=lazy("Reference of the transfer"),
        also="payment reference|transaction id|付款流水号|支付单号",
    ),
    Column("amount_paid", line(30), takes="number", label=lazy("Amount paid"), also="paid|amount paid|实付金额|已付金额"),
)
