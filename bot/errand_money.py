"""The money of an errand in chat: a sum is typed, the other side says with a tap that it is so."""

from datetime import date
from typing import Any

from markupsafe import Markup
from pydantic import BaseModel, Field
from pydantic_core import PydanticCustomError
from telegram import Update

from bot import forms
from bot.forms import Filling, Form, Question
from bot.screens.errand_money import flow_name
from bot.turn import Turn, number_of
from care.access import Right
from care.errand_money import MOST_FEN, Flow, Side, WrongSum, read_yuan, yuan
from care.errands import STEPS, Step
from care.notices import Notice
from care.refusals import NotYours, Stale
from storage import elders, errand_money, errand_offers, errands, families, members
from storage.errand_money import Book, Said
from storage.errand_offers import errand_card
from storage.tables import ErrandMoney

RECEIPT = "photo_id"


def money_card(errand_id: int) -> str:
    """The card name of everything that shows the money of one errand."""
    return f"errand_money:{errand_id}"


class Sum(BaseModel):
    """How much went which way; `corrects` is the row it stands in place of."""

    errand: int
    flow: Flow
    volunteer: bool
    holder: int | None = None
    corrects: int | None = None
    fen: int = Field(ge=0, le=MOST_FEN)
    photo_id: int | None = None
    reason: str | None = Field(default=None, min_length=1, max_length=200)


async def _ask_sum(filling: Filling) -> Markup:
    flow = Flow(filling.answers["flow"])
    tr = filling.tr
    return tr("How much, in yuan? ({what}) E.g. 35.60", what=flow_name(tr, flow))


def _read_sum(_filling: Filling, text: str) -> str:
    try:
        return str(read_yuan(text))
    except WrongSum:
        raise PydanticCustomError("no_sum", "a sum like 35.60") from None


async def _ask_receipt(filling: Filling) -> Markup:
    return filling.tr("Please send a photo of the receipt.")


async def _ask_reason(filling: Filling) -> Markup:
    return filling.tr("Why is it another sum? Both stay in the book.")


async def _said(turn: Turn, said: Sum, _answers: dict[str, Any]) -> None:
    update_id = turn.opening.update.update_id
    row = Said(
        said.flow,
        said.fen,
        f"said:{said.errand}:{update_id}",
        said.volunteer,
        holder=said.holder,
        photo_id=said.photo_id,
        corrects=said.corrects,
        reason=said.reason,
    )
    kept = await errand_money.say(turn.tx, turn.now, turn.me.viewer, said.errand, row)
    await _bought(turn, kept)
    await _after(turn, kept)


FORM = Form(
    "errand_money",
    Sum,
    (
        Question("fen", _ask_sum, write=True, read=_read_sum),
        Question(
            RECEIPT,
            _ask_receipt,
            skip=lambda tr: tr("No receipt").unescape(),
            when=lambda answers: answers.get("flow") == Flow.SPENT,
        ),
        Question(
            "reason", _ask_reason, write=True, when=lambda answers: bool(answers.get("corrects"))
        ),
    ),
    done=_said,
    title=lambda tr: tr("Money"),
)
forms.FORMS.add(FORM)


async def _bought(turn: Turn, row: ErrandMoney) -> None:
    """Whoever has it in hand and has spent something has bought it."""
    if row.flow is not Flow.SPENT or row.corrects is not None:
        return
    whole = await errands.load(turn.tx, row.community_id, row.errand_id)
    me = turn.me.member.id
    if whole.errand.claimed_by == me and whole.errand.state in STEPS[Step.BUY][0]:
        await errands.take_step(turn.tx, turn.now, whole, Step.BUY, me)
        await turn.refresh(errand_card(row.errand_id))
        await errand_offers.tell_circle(turn.tx, turn.now, whole, "bought", turn.me.member)


async def _after(turn: Turn, row: ErrandMoney) -> None:
    """The book is shown, drawn anew wherever it stands, and the other side is asked."""
    await turn.show(Notice.ERRAND_MONEY, money_card(row.errand_id), errand=row.errand_id)
    await turn.refresh(money_card(row.errand_id))
    if row.flow is Flow.SPENT:
        return
    book = await errand_money.access_book(turn.tx, turn.me.viewer, row.errand_id)
    for member_id in await _other_side(turn, book, row):
        await errand_offers.tell(
            turn.tx, turn.now, member_id, book.whole.errand, "money_said", turn.me.member
        )


async def _other_side(turn: Turn, book: Book, row: ErrandMoney) -> list[int]:
    """Who can say that it is so; nobody when they have said it already."""
    answered = any(
        one.flow is row.flow and one.holder_id == row.holder_id and one.side is not row.side
        and one.fen == row.fen
        for one in book.rows
    )  # fmt: skip
    if answered:
        return []
    if row.side is Side.PAYER:
        return [row.holder_id]
    elder = book.whole.elder
    family = [one.id for one in await families.of_elder(turn.tx, elder)]
    own = [elder.member_id] if elder.member_id is not None else []
    if family or own:
        return [*own, *family]
    return [one.id for one in await errand_offers.keepers(turn.tx, turn.now, book.whole)]


async def show(update: Update, turn: Turn) -> None:
    """`errand_money:<errand>`: the book of one errand."""
    [errand_id] = turn.numbers(1)
    await errand_money.access_book(turn.tx, turn.me.viewer, errand_id)
    await turn.show(Notice.ERRAND_MONEY, money_card(errand_id), errand=errand_id)


async def say(update: Update, turn: Turn) -> None:
    """`money_say:<errand>:<v or p>:<flow>:<holder>`: a sum will be typed."""
    number, word, flow, holder = turn.words(4)
    if word not in {"v", "p"} or flow not in set(Flow):
        raise Stale
    errand_id = number_of(number)
    await errand_money.access_book(turn.tx, turn.me.viewer, errand_id)
    await forms.begin(
        turn, FORM, errand=errand_id, flow=flow, volunteer=word == "v", holder=number_of(holder)
    )


async def bought(update: Update, turn: Turn) -> None:
    """`errand_bought:<errand>`: what it cost."""
    [errand_id] = turn.numbers(1)
    await errands.access_step(turn.tx, turn.me.viewer, errand_id, Step.BUY)
    await forms.begin(turn, FORM, errand=errand_id, flow=Flow.SPENT.value, volunteer=True)


async def agree(update: Update, turn: Turn) -> None:
    """`money_yes:<errand>:<holder>:<flow>:<fen>`: the same as the other side says."""
    *numbers, flow, fen = turn.words(4)
    errand_id, holder = (number_of(one) for one in numbers)
    if flow not in set(Flow):
        raise Stale
    book = await errand_money.access_book(turn.tx, turn.me.viewer, errand_id)
    mine = book.part.claimer and holder == turn.me.member.id
    key = f"yes:{errand_id}:{holder}:{flow}:{fen}:{'v' if mine else 'p'}"
    said = Said(Flow(flow), number_of(fen), key, mine, holder=holder)
    kept = await errand_money.say(turn.tx, turn.now, turn.me.viewer, errand_id, said)
    await _after(turn, kept)
    turn.toast(turn.tr("Thank you. ¥{sum} is written down.", sum=yuan(kept.fen)))


async def correct(update: Update, turn: Turn) -> None:
    """`money_fix:<errand>:<row>`: another sum, with the reason; the first one stays in the book."""
    errand_id, number = turn.numbers(2)
    book = await errand_money.access_book(turn.tx, turn.me.viewer, errand_id)
    for row in book.rows:
        if row.id == number and row.by_id == turn.me.member.id:
            await forms.begin(
                turn,
                FORM,
                errand=errand_id,
                flow=row.flow.value,
                volunteer=row.side is Side.VOLUNTEER,
                holder=row.holder_id,
                corrects=row.id,
                **({RECEIPT: row.photo_id} if row.photo_id is not None else {}),
            )
            return
    raise NotYours


async def send_book(update: Update, turn: Turn) -> None:
    """`errand_book:<elder>:<2026-04>`: the month's book as a file, for the staff."""
    number, month = turn.words(2)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise Stale from None
    elder = await elders.access_elder(turn.tx, turn.me.viewer, number_of(number), Right.SEE_ALL)
    viewer = turn.me.viewer
    await members.audit(turn.tx, turn.now, viewer, "errand_book", f"elder:{elder.id}", month=month)
    await turn.say(Notice.ERRAND_BOOK, elder=elder.id, month=first.isoformat())


PRESSED = {
    "errand_book": send_book,
    "errand_money": show,
    "errand_bought": bought,
    "money_say": say,
    "money_yes": agree,
    "money_fix": correct,
}
