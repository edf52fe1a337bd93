"""The orders of the demo company's last four weeks: who ordered what, how it was paid, and how far it has come."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """An order to be played: `days` ago, `lines` as "SKU*2 SKU", as far as `reach` (ways.REACH), from this channel of the company.

    `may_wait`: what is short waits for stock, and what is there is shipped before it.
    """

    buyer: str
    lines: str
    days: float
    pay: str
    reach: str
    note: str = ""
    channel: str = "desk"
    may_wait: bool = False

    @property
    def goods(self) -> list[tuple[str, int]]:
        """The lines as (SKU, units)."""
        pairs = [line.partition("*") for line in self.lines.split()]
        return [(sku, int(units or 1)) for sku, _star, units in pairs]


WEB, TRADE = "web", "trade"
PLANS = (
    # Delivered, some of them weeks ago.
    Plan("OWENS", "LAMP-OAK*4 SHADE-LINEN*4 BULB-E27-3*4", 27.3, "balance", "delivered"),
    Plan("MINA", "MUG-SEA*2 TOWEL-LINEN-2", 26.6, "balance", "delivered"),
    Plan("HAFENLICHT", "BAROMETER*3 CLOCK-SHIP*4", 25.8, "balance", "delivered", "Deliver to the back entrance, Monday to Friday."),
    Plan("LI-NA", "TEAPOT-IRON CUP-CELADON-4 TEA-LONGJING*2", 25.4, "balance", "delivered"),
    Plan("FLETCHER", "THROW-WOOL CUSHION-45*2", 24.7, "transfer", "delivered"),
    Plan("CHENJIA", "TEAPOT-IRON*6 TEA-PUER*10 CUP-CELADON-4*8", 23.9, "balance", "delivered", "请在营业时间送货。"),
    Plan("DUBOIS", "CANDLE-PINE*2 CANDLE-FIG*2", 23.5, "balance", "delivered", channel=WEB),
    Plan("KELLER", "LAMP-CLIP NOTEBOOK-A5-3", 22.8, "transfer", "delivered"),
    Plan("TIDEWATER", "MUG-SEA*12 MUG-SAND*12 BOWL-22*6", 22.2, "balance", "delivered", channel=TRADE),
    Plan("WANG-HAO", "SCARF-SILK FAN-SILK*2", 21.6, "transfer", "delivered"),
    Plan("CARTER", "MAP-NORTHSEA PEN-BRASS", 20.9, "balance", "delivered"),
    Plan("DEVRIES", "STOOL-OAK*2", 20.1, "balance", "delivered"),
    Plan("ABBOTT", "BOARD-PINE SPOONS-BEECH-3*2 APRON-DENIM", 19.4, "transfer", "delivered"),
    Plan("SANDSTROM", "CANDLE-PINE*3 SOAP-SEA-2*2", 18.8, "balance", "delivered"),
    Plan("LIU-YANG", "TEA-LONGJING*3 TRAY-BAMBOO", 18.3, "balance", "delivered", "放在小区快递柜即可。"),
    Plan("ROSSI", "JUG-1L PLATE-27-2*2", 17.5, "transfer", "delivered", channel=WEB),
    Plan("MINA", "LAMP-ASH BULB-E27-3", 16.6, "balance", "delivered"),
    Plan("PIERPOINT", "ROPE-DOORSTOP*4 HOOK-BRASS-5*6", 15.9, "transfer", "delivered"),
    Plan("ZHAO-MIN", "CUP-CELADON-4 TEA-PUER", 15.2, "transfer", "delivered"),
    Plan("WINTER", "SHELF-PINE-80*2 HOOK-BRASS-5", 14.4, "transfer", "lost"),
    Plan("MARCHAND", "BASKET-RUSH*3 THROW-COTTON*2", 13.6, "transfer", "returned"),
    Plan("OWENS", "LAMP-ASH*3 SHADE-LINEN*3", 12.5, "balance", "delivered"),
    Plan("LI-NA", "SCARF-SILK*2", 11.7, "balance", "delivered"),
    Plan("BAKKER", "CUSHION-45*8", 10.9, "transfer", "missed"),
    # Two parcels of one order: the tea comes from Hangzhou.
    Plan("OBRIEN", "MUG-SAND*2 TEA-PUER", 10.2, "transfer", "delivered"),
    # Sent on terms: the first was to be paid a week ago, the others are not due yet.
    Plan("PIERPOINT", "BOARD-PINE*4 MUG-SEA*6", 23.2, "terms", "delivered"),
    Plan("BAKKER", "STOOL-OAK*2 CUSHION-45*4", 19.6, "terms", "delivered"),
    Plan("PIERPOINT", "CANDLE-FIG*12", 8.7, "terms", "delivered"),
    # Paid on delivery: of one the money is there, of two the carrier still has it.
    Plan("ZHAO-MIN", "TEA-PUER SCARF-SILK", 14.8, "cod", "settled"),
    Plan("WANG-HAO", "CUP-CELADON-4*2", 7.9, "cod", "delivered", "货到付款，请提前电话联系。"),
    Plan("LIU-YANG", "TEAPOT-IRON", 6.8, "cod", "delivered"),
    # Something was wrong: one got some of the money back, of the other a clerk has asked for it.
    Plan("WINTER", "PLATE-27-2*2", 12.9, "transfer", "refunded"),
    Plan("DUBOIS", "JUG-1L*2", 8.1, "balance", "refund_asked"),
    # On their way, or nearly there.
    Plan("NGUYEN", "MAP-NORTHSEA LANTERN-TIN", 6.4, "transfer", "held_up"),
    Plan("TANAKA", "TEA-LONGJING*4 TRAY-BAMBOO", 5.8, "transfer", "late"),
    Plan("SOUSA", "CANDLE-FIG*2 SOAP-SEA-2", 4.9, "transfer", "attempt_failed", channel=WEB),
    Plan("WANG-HAO", "TEAPOT-IRON", 4.6, "transfer", "ready_for_pickup"),
    Plan("CARTER", "PEN-BRASS*2 NOTEBOOK-A5-3*2", 4.4, "balance", "in_transit"),
    Plan("FLETCHER", "JUG-1L BOWL-22*2", 4.1, "transfer", "out_for_delivery"),
    Plan("CHENJIA", "TEA-LONGJING*20 TRAY-BAMBOO*6", 3.9, "balance", "out_for_delivery"),
    Plan("KELLER", "BULB-E27-3*2", 3.7, "transfer", "out_for_delivery"),
    Plan("ROSSI", "THROW-WOOL", 6.1, "transfer", "returning", channel=WEB),
    Plan("HAFENLICHT", "LAMP-CLIP*4 CLOCK-SHIP*3", 3.3, "balance", "in_transit"),
    Plan("ZHAO-MIN", "FAN-SILK*4", 3.1, "transfer", "in_transit", "周末送货，谢谢。"),
    Plan("DEVRIES", "CANDLE-PINE*2", 2.9, "balance", "unclear"),
    Plan("MARCHAND", "CANDLE-FIG*3", 2.8, "cod", "in_transit"),
    Plan("ABBOTT", "STOOL-OAK", 2.7, "transfer", "shipped"),
    Plan("MINA", "SPOONS-BEECH-3 BOARD-PINE", 2.4, "balance", "shipped"),
    Plan("SANDSTROM", "TOWEL-LINEN-2*2", 2.3, "balance", "shipped", channel=WEB),
    Plan("LIU-YANG", "SCROLL-BOX", 2.1, "balance", "shipped"),
    # The first parcel has left, the second waits at the other end of the world.
    Plan("OWENS", "LAMP-OAK*2 TEA-PUER*2", 2.0, "balance", "partly"),
    Plan("PIERPOINT", "APRON-DENIM*5 FAN-SILK*10", 1.9, "transfer", "partly", channel=TRADE),
    # Being worked on.
    Plan("TIDEWATER", "MUG-SEA*24 JUG-1L*2", 1.5, "balance", "packed"),
    Plan("WINTER", "LAMP-ASH", 1.4, "transfer", "packed"),
    Plan("LI-NA", "TEA-PUER*2 FAN-SILK", 1.3, "balance", "packed"),
    Plan("MARCHAND", "BASKET-RUSH*2", 1.2, "transfer", "picked"),
    Plan("DUBOIS", "CUSHION-45*2 SOAP-SEA-2*3", 1.1, "balance", "picked"),
    Plan("BAKKER", "SHELF-PINE-80 BOARD-PINE*3 HOOK-BRASS-5*2", 1.0, "transfer", "picking"),
    Plan("CHENJIA", "CUP-CELADON-4*12 TEAPOT-IRON*2", 0.9, "balance", "picking"),
    Plan("HAFENLICHT", "BAROMETER*3", 0.8, "balance", "paid"),
    Plan("KELLER", "THROW-COTTON", 0.7, "transfer", "paid", "Please no plastic."),
    Plan("WANG-HAO", "SCROLL-BOX*2 SCARF-SILK", 0.6, "transfer", "held"),
    Plan("BAKKER", "LAMP-OAK*2 SHADE-LINEN*2", 0.65, "terms", "paid"),
    Plan("LI-NA", "TEA-LONGJING*2", 0.55, "cod", "paid"),
    Plan("CARTER", "CANDLE-PINE", 0.5, "balance", "paid", channel=WEB),
    # Paid, and more barometers are promised than there are: two of them wait for the next ones.
    Plan("OWENS", "MAP-NORTHSEA*2 BAROMETER*6", 0.45, "balance", "paid", may_wait=True),
    # Waiting for money: the first has an hour or two left, or a day.
    Plan("MINA", "CANDLE-FIG*3", 2.2, "", "unpaid", channel=WEB),
    Plan("ABBOTT", "LAMP-OAK", 1.7, "part", "unpaid"),
    Plan("SOUSA", "MUG-SEA*4", 0.9, "", "unpaid"),
    Plan("ZHAO-MIN", "TEA-LONGJING*2", 0.6, "", "unpaid"),
    Plan("NGUYEN", "CLOCK-SHIP", 0.4, "", "unpaid"),
    Plan("FLETCHER", "PLATE-27-2*3", 0.2, "", "unpaid", channel=WEB),
    # Taken back.
    Plan("OBRIEN", "STOOL-OAK*2", 8.2, "transfer", "cancelled_by_customer"),
    Plan("ROSSI", "LANTERN-TIN*2", 7.5, "", "timed_out", channel=WEB),
    Plan("TANAKA", "SCROLL-BOX*3", 5.1, "transfer", "cancelled_by_us"),
)
