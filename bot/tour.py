"""`nuanlin tour`: a day and a morning of a small station, played through the real program.

Every step is done on a phone and looked for on the phones of those who should hear of it; a step
that did not happen ends the tour.
"""

from datetime import time, timedelta

from bot.demo.play import ZONE, NotSeen, Play
from bot.demo.scenes import SCENES, SUNDAY
from bot.demo.telling import Telling, Write
from bot.demo.theatre import opened
from bot.texts import Texts, choose_language
from care.days import moment
from storage import communities


async def run(language: str | None, write: Write) -> int:
    """Play the day; 0 when every step happened, else 1 after saying which did not."""
    tr = Texts(choose_language(language), ZONE)
    start = moment(SUNDAY, time(7, 50), ZONE)
    async with opened(start, tr("Nuanlin").unescape()) as theatre:
        async with theatre.database.write() as tx:
            founded = theatre.clock.now() - timedelta(days=7)
            name = tr("Sunshine Estate").unescape()
            station = await communities.create(tx, founded, name, ZONE.key, tr.language)
        play = Play(theatre, Telling(theatre, write), tr, station)
        try:
            for scene in SCENES:
                await scene(play)
        except NotSeen as error:
            write("")
            write(tr("✗ This did not happen: {what}", what=error).unescape())
            return 1
    write("")
    write(tr("✓ The whole day happened, step by step.").unescape())
    return 0
