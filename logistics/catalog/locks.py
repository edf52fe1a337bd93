"""The only row locks of the catalogue: one product or tax rate at a time, by whoever changes it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product, TaxRate
from logistics.core.language import _
from logistics.core.refusals import NotFound


def lock_product(session: Session, product_id: int) -> Product:
    """Lock a product and read it anew. Raises NotFound."""
    product = session.scalar(
        select(Product)
        .where(Product.id == product_id)
        # FOR NO KEY UPDATE: plain FOR UPDATE would wait for every stock level and order line that refers to the row.
        .with_for_update(key_share=True)
        # A row this session has already read would otherwise keep its old version, lock or no lock.
        .execution_options(populate_existing=True)
    )
    if product is None:
        raise NotFound(_("There is no such product."))
    return product


def lock_tax_rate(session: Session, rate_id: int) -> TaxRate | None:
    """Lock a tax rate and read it anew; None where there is none."""
    found: TaxRate | None = session.scalar(
        select(TaxRate).where(TaxRate.id == rate_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    return found
