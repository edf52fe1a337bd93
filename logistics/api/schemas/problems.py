"""What programs are told when something is wrong (RFC 9457)."""

from pydantic import BaseModel, ConfigDict, Field


class Wrong(BaseModel):
    """One thing wrong. More facts may stand beside, such as `requested` and `available`."""

    model_config = ConfigDict(extra="allow")

    pointer: str = Field(description="Where: a JSON pointer into the body, or the name of a parameter.", examples=["/lines/0/quantity"])
    code: str = Field(description="What, for programs: it stays the same.", examples=["bad_quantity"])
    message: str = Field(description="What, for people, and what would be right; in the language asked for.")


class Problem(BaseModel):
    """Why the request was refused. `code` stays the same, `title` is for people."""

    type: str
    title: str
    status: int
    code: str
    request_id: str
    errors: list[Wrong] = []
