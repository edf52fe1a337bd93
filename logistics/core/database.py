"""The database: one declarative base, one Flask-SQLAlchemy extension, and the columns every table shares."""

from datetime import datetime
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Identity, MetaData
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import UserDefinedType

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every model. Subclass this one, not db.Model, so that types check."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: DateTime(timezone=True), int: BigInteger},
    )


class XID8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


PrimaryKey = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


def session() -> Session:
    """The session of this request, task or command."""
    return db.session()


def one_of(column: str, values: type[Any]) -> str:
    """The CHECK text that keeps a text column to the values of a StrEnum (compared with the migrations by a test)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"
