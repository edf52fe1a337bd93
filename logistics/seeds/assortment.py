"""What Harbour & Pine sells, and what came in and was found to be wrong since it opened. Sites are named by their letters in company.SITES."""

from dataclasses import dataclass

from stdnum import ean

from logistics.catalog.models import TaxClass


@dataclass(frozen=True)
class Goods:
    """A product: its price in hundredths, and how many units lie at which site at first ("L" for Leeds, and so on)."""

    sku: str
    name: str
    price: int
    grams: int
    opening: dict[str, int]
    reorder_point: int = 0
    sellable: bool = True
    discontinued: bool = False
    tax_class: TaxClass = TaxClass.STANDARD


GOODS = (
    Goods("LAMP-OAK", "Harbour lamp, oak", 8900, 1450, {"L": 60, "R": 30}, 12),
    Goods("LAMP-ASH", "Harbour lamp, ash", 8900, 1450, {"L": 40, "R": 20}, 12),
    Goods("LAMP-CLIP", "Clip lamp, brass", 4500, 620, {"L": 50, "H": 40}, 10),
    Goods("SHADE-LINEN", "Linen shade, 30 cm", 2900, 310, {"L": 80, "R": 40, "H": 40}, 20),
    Goods("BULB-E27-3", "Warm bulbs E27, box of three", 1450, 210, {"L": 200, "R": 120, "H": 90}, 40),
    Goods("MUG-SEA", "Stoneware mug, sea green", 1650, 380, {"L": 150, "R": 90}, 30),
    Goods("MUG-SAND", "Stoneware mug, sand", 1650, 380, {"L": 140, "R": 80}, 30),
    Goods("BOWL-22", "Stoneware bowl, 22 cm", 2400, 720, {"L": 70, "R": 40}, 15),
    Goods("PLATE-27-2", "Dinner plates 27 cm, pair", 3600, 1500, {"L": 60, "R": 30}, 12),
    Goods("JUG-1L", "Water jug, 1 litre", 3200, 940, {"L": 36, "R": 18}, 10),
    Goods("TEAPOT-IRON", "Cast-iron teapot, 800 ml", 6800, 2100, {"H": 60, "L": 12}, 10),
    Goods("TEA-LONGJING", "Longjing green tea, 100 g 龙井茶", 2200, 130, {"H": 180, "R": 30}, 40, tax_class=TaxClass.REDUCED),
    Goods("TEA-PUER", "Pu’er tea cake, 357 g 普洱茶饼", 3900, 380, {"H": 90}, 20, tax_class=TaxClass.REDUCED),
    Goods("CUP-CELADON-4", "Celadon cups, set of four 青瓷杯", 5200, 640, {"H": 75, "R": 20}, 15),
    Goods("TRAY-BAMBOO", "Bamboo tray, 40 × 28 cm", 2700, 680, {"H": 85, "L": 30}, 15),
    Goods("SCROLL-BOX", "Scroll box, camphor wood", 4400, 520, {"H": 11}, 8),
    Goods("FAN-SILK", "Folding fan, silk 丝绸折扇", 1900, 90, {"H": 160}, 30),
    Goods("SCARF-SILK", "Silk scarf, 90 cm", 5900, 80, {"H": 30, "R": 20}, 25),
    Goods("THROW-WOOL", "Wool throw, 130 × 180 cm", 7900, 1200, {"L": 55, "R": 35}, 15),
    Goods("THROW-COTTON", "Cotton throw, 130 × 170 cm", 4900, 900, {"L": 60, "R": 30}, 15),
    Goods("CUSHION-45", "Cushion cover, 45 cm", 2300, 180, {"L": 120, "R": 60, "H": 40}, 25),
    Goods("TOWEL-LINEN-2", "Linen tea towels, pair", 1800, 160, {"L": 130, "R": 70}, 25),
    Goods("APRON-DENIM", "Denim apron", 3400, 420, {"L": 45, "R": 25}, 10),
    Goods("BOARD-PINE", "Pine chopping board", 2600, 1100, {"L": 65, "R": 35}, 15),
    Goods("SPOONS-BEECH-3", "Beech spoons, set of three", 1250, 140, {"L": 140, "R": 60}, 25),
    Goods("CANDLE-PINE", "Candle, pine and salt, 220 g", 2100, 410, {"L": 160, "R": 90}, 35),
    Goods("CANDLE-FIG", "Candle, fig leaf, 220 g", 2100, 410, {"L": 120, "R": 60}, 30),
    Goods("SOAP-SEA-2", "Sea salt soap, two bars", 1100, 220, {"L": 180, "R": 80}, 40),
    Goods("HOOK-BRASS-5", "Brass hooks, pack of five", 1950, 260, {"L": 90, "R": 45}, 20),
    Goods("CLOCK-SHIP", "Ship’s clock, 20 cm", 9900, 1300, {"L": 14, "R": 8}, 6),
    Goods("BAROMETER", "Aneroid barometer, brass", 11900, 980, {"L": 10}, 4),
    Goods("ROPE-DOORSTOP", "Rope doorstop", 2800, 1600, {"L": 40, "R": 20}, 8),
    Goods("BASKET-RUSH", "Rush basket, large", 3800, 760, {"L": 32, "R": 16}, 8),
    Goods("STOOL-OAK", "Oak stool, 45 cm", 12900, 4200, {"L": 18, "R": 10}, 15),
    Goods("SHELF-PINE-80", "Pine shelf, 80 cm", 5400, 3600, {"L": 24, "R": 14}, 6),
    Goods("NOTEBOOK-A5-3", "A5 notebooks, set of three", 1400, 330, {"L": 220, "R": 120, "H": 80}, 50),
    Goods("PEN-BRASS", "Brass ballpoint pen", 2500, 60, {"L": 110, "H": 60}, 20),
    Goods("MAP-NORTHSEA", "Chart of the North Sea, print", 3000, 240, {"L": 70, "R": 30}, 12),
    Goods("LANTERN-TIN", "Tin lantern", 3300, 830, {"L": 26}, 10, discontinued=True),
    Goods("GIFTBOX-L", "Gift box, large (with orders only)", 600, 190, {"L": 300, "R": 150, "H": 150}, 60, sellable=False),
)

# What came in since (SKU, site, units, days ago), and what somebody found to be wrong (SKU, site, change, reason, days ago).
RECEIPTS = (
    ("MUG-SEA", "L", 60, 19),
    ("MUG-SAND", "L", 60, 19),
    ("TEA-LONGJING", "H", 80, 16),
    ("CUP-CELADON-4", "H", 24, 16),
    ("CANDLE-PINE", "L", 72, 12),
    ("BULB-E27-3", "R", 60, 9),
    ("TEAPOT-IRON", "H", 12, 6),
    ("LAMP-OAK", "L", 20, 5),
)
CORRECTIONS = (
    ("BOWL-22", "L", -2, "damaged", 17),
    ("JUG-1L", "L", -1, "damaged", 11),
    ("NOTEBOOK-A5-3", "L", 6, "found", 8),
    ("SCARF-SILK", "H", -1, "own_use", 4),
)


def gtin(position: int) -> str:
    """A barcode number for the product at this position of GOODS, in the range that GS1 leaves to shops for themselves (20...)."""
    digits = f"2000{position:08d}"
    return digits + str(ean.calc_check_digit(digits))
