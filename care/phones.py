"""A phone number typed in chat."""

from pydantic_core import PydanticCustomError

from care.roster_lines import Doubt
from care.roster_phones import one_phone


def phone_number(text: str, region: str = "CN") -> str:
    """The number in E.164.

    Raises:
        PydanticCustomError: of type "phone"; not a number one can call.
    """
    try:
        return one_phone(text, region)
    except Doubt:
        raise PydanticCustomError("phone", "not a phone number") from None
