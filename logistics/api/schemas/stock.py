"""Stock, as programs get it."""

from pydantic import Field

from logistics.api.schemas.kinds import Answer, Cursor, Limit, Query, Question, Short


class StockQuery(Query):
    """Whose stock is wanted; by SKU."""

    q: Question = Field("", description="The beginning of a SKU, words of the name or a barcode.")
    warehouse: Short | None = Field(None, description="A warehouse's code: only what lies there is shown and summed.")
    cursor: Cursor = ""
    limit: Limit = 50


class LevelAnswer(Answer):
    """What lies in one warehouse. `open`: whether it serves new orders."""

    warehouse: str
    open: bool
    on_hand: int
    reserved: int
    available: int
    quarantined: int


class StockAnswer(Answer):
    """A product's stock over its warehouses. `available` counts only those that serve new orders."""

    sku: str
    name: str
    on_hand: int
    reserved: int
    available: int
    quarantined: int
    warehouses: list[LevelAnswer]


class StockPage(Answer):
    """A page of stock; `next` is the cursor of the page after it, null at the end."""

    items: list[StockAnswer]
    next: str | None
