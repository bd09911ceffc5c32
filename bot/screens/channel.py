"""What leaves by the second channel, and what staff read of it afterwards.

Whoever carries it is a stranger: it says how many and what to do, and never who or where.
"""

from markupsafe import Markup

from bot.screen import Screen
from bot.screens.reader import Facts, Reader, lines
from care.channel import Matter
from storage import channel
from storage.tables import Post


async def outside(reader: Reader, facts: Facts) -> Screen | None:
    """To whoever reads the second channel: how many have not been told of in chat, as it is now."""
    untold = await channel.failing(reader.tx, reader.now, reader.station)
    if not untold:
        return None
    tr = reader.tr
    count = {
        matter: len({one.elder_id for one in untold if one.matter is matter}) for matter in Matter
    }
    words = {
        Matter.EMERGENCY: tr("Emergencies nobody has taken: {n}", n=count[Matter.EMERGENCY]),
        Matter.SILENT: tr("Elders not reached today: {n}", n=count[Matter.SILENT]),
        Matter.MISSED: tr("Elders not reached on an earlier day: {n}", n=count[Matter.MISSED]),
    }
    return Screen(
        lines(
            tr("{name}: nobody of the station can be told in chat.", name=reader.station.name),
            *(text for matter, text in words.items() if count[matter]),
            tr("Please open the bot in Telegram and press Start, or call the station now."),
        )
    )


async def spoken(reader: Reader) -> Markup:
    """A line for staff about the last day's use of the second channel; empty when there was none.

    Nobody could be told in chat then, so this is where they hear of it.
    """
    last = await channel.spoken_lately(reader.tx, reader.now, reader.station)
    if last is None:
        return Markup("")
    tr, at = reader.tr, reader.tr.time(last.created_at)
    if last.state is Post.SENT:
        return tr("📵 {time}: nobody could be told in chat. The second channel was told.", time=at)
    if last.state in {Post.WAITING, Post.SENDING}:
        return tr("📵 {time}: nobody could be told in chat. The second channel does not answer.",
                  time=at)  # fmt: skip
    return tr("📵 {time}: nobody could be told, in chat or otherwise.", time=at)
