"""Northwind's tables as the files that `flask import` takes: columns, country names and payment are mapped here."""

import csv
import io
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

Row = dict[str, str]
COUNTRIES = {
    "Argentina": "AR", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Denmark": "DK", "Finland": "FI",
    "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT", "Mexico": "MX", "Norway": "NO", "Poland": "PL",
    "Portugal": "PT", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "UK": "GB", "USA": "US", "Venezuela": "VE",
}  # fmt: skip
WAREHOUSE = "MAIN"


@dataclass(frozen=True)
class Northwind:
    """The tables, as they are."""

    products: list[Row]
    customers: list[Row]
    orders: list[Row]
    lines: dict[str, list[Row]]
    shippers: list[Row]

    @classmethod
    def read(cls, folder: Path) -> "Northwind":
        lines = defaultdict(list)
        for line in _read(folder / "order-details.csv"):
            lines[line["OrderID"]].append(line)
        tables = [_read(folder / f"{name}.csv") for name in ("products", "customers", "orders", "shippers")]
        return cls(tables[0], tables[1], tables[2], lines, tables[3])

    @property
    def shipped(self) -> list[Row]:
        return [order for order in self.orders if order["ShippedDate"]]

    @property
    def open(self) -> list[Row]:
        return sorted((order for order in self.orders if not order["ShippedDate"]), key=lambda order: int(order["OrderID"]))

    def products_file(self) -> bytes:
        rows = [
            {
                "sku": product["ProductID"],
                "name": product["ProductName"],
                "price": product["UnitPrice"],
                "currency": "USD",
                "description": product["QuantityPerUnit"],
                "discontinued": "yes" if product["Discontinued"] == "1" else "no",
            }
            for product in self.products
        ]
        return _write(rows)

    def stock_file(self) -> bytes:
        """What lay there before the first order: today's stock and all that was shipped since."""
        gone: Counter[str] = Counter()
        for order in self.shipped:
            for line in self.lines[order["OrderID"]]:
                gone[line["ProductID"]] += int(line["Quantity"])
        rows = [
            {
                "warehouse": WAREHOUSE,
                "sku": product["ProductID"],
                "quantity": str(int(product["UnitsInStock"]) + gone[product["ProductID"]]),
                "reorder_point": product["ReorderLevel"],
                "at": "1996-07-01",
            }
            for product in self.products
        ]
        return _write(rows)

    def customers_file(self) -> bytes:
        rows = [
            {
                "reference": customer["CustomerID"],
                "name": customer["CompanyName"],
                "phone": customer["Phone"],
                "line1": customer["Address"],
                "city": customer["City"],
                "region": customer["Region"],
                "postcode": customer["PostalCode"],
                "country": COUNTRIES[customer["Country"]],
            }
            for customer in self.customers
        ]
        return _write(rows)

    def orders_file(self, orders: list[Row]) -> bytes:
        return _write([self._line(order, line) for order in orders for line in self.lines[order["OrderID"]]])

    def _line(self, order: Row, line: Row) -> Row:
        return {
            "order": order["OrderID"],
            "customer": order["CustomerID"],
            "placed_at": order["OrderDate"],
            "name": order["ShipName"],
            "line1": order["ShipAddress"],
            "city": order["ShipCity"],
            "region": order["ShipRegion"],
            "postcode": order["ShipPostalCode"],
            "country": COUNTRIES[order["ShipCountry"]],
            "currency": "USD",
            "shipping": order["Freight"],
            "sku": line["ProductID"],
            "quantity": line["Quantity"],
            "unit_price": line["UnitPrice"],
            "discount": f"{float(line['Discount']) * 100:.0f}",
            "paid_at": order["OrderDate"] if order["ShippedDate"] else "",
            "shipped_at": order["ShippedDate"],
            "carrier": f"shipper-{order['ShipVia']}" if order["ShippedDate"] else "",
        }


def _read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
