"""What providers' hooks told: kept once, worked by the worker."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey, one_of
from logistics.payments.gateways.gateway import NewsKind


class PaymentNews(Base):
    """One message of a provider about the payment it calls `reference`. `amount`: of a dispute, in minor units."""

    __tablename__ = "payment_news"
    __table_args__ = (
        UniqueConstraint("provider", "news_id"),
        CheckConstraint(one_of("kind", NewsKind), name="kind"),
        Index("ix_payment_news_waiting", "received_at", postgresql_where="worked_at IS NULL"),
        Index("ix_payment_news_reference", "provider", "reference"),
    )

    id: Mapped[PrimaryKey]
    provider: Mapped[str] = mapped_column(String(20))
    news_id: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(String(255))
    amount: Mapped[int]
    received_at: Mapped[datetime]
    worked_at: Mapped[datetime | None]
