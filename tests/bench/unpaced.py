"""`nuanlin serve` without Telegram's limits, for a local server that has none.

The real program never writes faster than Telegram allows, so its speed would not be seen.
"""

from functools import partial

from bot import main, service
from bot.pacer import Pacer

if __name__ == "__main__":
    vars(service)["Pacer"] = partial(Pacer, rate=1e9, unlimited=True)
    main.main()
